//! Reads a whole store and believes none of it before its marks hold.

use std::path::Path;
use std::sync::Arc;

use audit::Why;
use rusqlite::{Connection, OptionalExtension};

use super::connection::{explain, tampered};
use crate::error::StoreError;
use crate::hex::Hex;
use crate::kind::Kind;
use crate::marks::{Marks, RowDigest};
use crate::row::Row;
use crate::state::{Key, State};
use crate::store::Head;

/// The highest place a row can have: far beyond what is ever used, far below where numbers end.
const PLACE_MAX: u64 = 1 << 62;

/// The root row as it stands in the file.
struct Root {
    head: Head,
    mark: Vec<u8>,
    key_check: Vec<u8>,
}

/// Reads and verifies everything, and returns the state that the file is in.
pub(super) fn verify(
    folder: &Path,
    connection: &Connection,
    marks: Arc<Marks>,
) -> Result<State, StoreError> {
    check_pages(folder, connection)?;
    let root = read_root(folder, connection)?;
    if root.key_check != marks.check() {
        return Err(StoreError::WrongKey {
            path: folder.to_owned(),
        });
    }
    let mut state = State::new(marks, root.head.epoch);
    verify_rows(folder, connection, &mut state)?;
    verify_audit(folder, connection, &mut state)?;
    compare(&root, &state)?;
    Ok(state)
}

/// Has SQLite check its pages: rows that cannot be reached, or would be looked for in the wrong place.
fn check_pages(folder: &Path, connection: &Connection) -> Result<(), StoreError> {
    let answer: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| explain(folder, "file", "pages", &error))?;
    if answer == "ok" {
        Ok(())
    } else {
        Err(tampered("file", "pages", answer))
    }
}

fn read_root(folder: &Path, connection: &Connection) -> Result<Root, StoreError> {
    connection
        .query_row(
            "SELECT epoch, seq, rows, audit_head, mark, key_check FROM root",
            [],
            |row| {
                Ok(Root {
                    head: Head {
                        epoch: row.get::<_, i64>(0)?.cast_unsigned(),
                        seq: row.get::<_, i64>(1)?.cast_unsigned(),
                        rows: row.get::<_, i64>(2)?.cast_unsigned(),
                        audit_head: row.get(3)?,
                    },
                    mark: row.get(4)?,
                    key_check: row.get(5)?,
                })
            },
        )
        .optional()
        .map_err(|error| explain(folder, "root", "the only row", &error))?
        .ok_or_else(|| tampered("root", "the only row", "it is missing".to_owned()))
}

fn verify_rows(
    folder: &Path,
    connection: &Connection,
    state: &mut State,
) -> Result<(), StoreError> {
    let damaged = |error: &rusqlite::Error| explain(folder, "records", "all", error);
    let mut statement = connection
        .prepare("SELECT place, partition, id, kind, version, sealed, tag FROM records")
        .map_err(|error| damaged(&error))?;
    let mut rows = statement.query([]).map_err(|error| damaged(&error))?;
    while let Some(found) = rows.next().map_err(|error| damaged(&error))? {
        let stored =
            read_row(found).map_err(|error| explain(folder, "records", &name(found), &error))?;
        let changed = |why: &str| tampered("records", &name(found), why.to_owned());
        let digest = RowDigest::of(&stored.row);
        if !state.marks.tag_matches(&digest, &stored.tag) {
            return Err(changed("it was changed"));
        }
        let place = u64::try_from(stored.place)
            .ok()
            .filter(|place| (1..=PLACE_MAX).contains(place));
        let place = place.ok_or_else(|| changed("it stands in a place that is never used"))?;
        if !state.admit(&stored.row, &digest, place) {
            return Err(changed("it is there twice"));
        }
    }
    Ok(())
}

/// Names a row, by its place if its key cannot be read.
fn name(found: &rusqlite::Row<'_>) -> String {
    match (found.get(1), found.get(2)) {
        (Ok(partition), Ok(id)) => row_name(&(partition, id)),
        _ => format!("the row in place {}", found.get::<_, i64>(0).unwrap_or(0)),
    }
}

/// A row with what is stored beside it.
pub(super) struct Stored {
    place: i64,
    /// The row.
    pub(super) row: Row,
    tag: Vec<u8>,
}

/// Reads a row with what is stored beside it.
pub(super) fn read_row(found: &rusqlite::Row<'_>) -> rusqlite::Result<Stored> {
    let number: i64 = found.get(3)?;
    let kind = u8::try_from(number)
        .ok()
        .and_then(Kind::from_number)
        .ok_or(rusqlite::Error::IntegralValueOutOfRange(3, number))?;
    let row = Row {
        partition: found.get(1)?,
        id: found.get(2)?,
        kind,
        version: found.get::<_, i64>(4)?.cast_unsigned(),
        sealed: found.get(5)?,
    };
    Ok(Stored {
        place: found.get(0)?,
        row,
        tag: found.get(6)?,
    })
}

/// Names a row as errors do.
pub(super) fn row_name((partition, id): &Key) -> String {
    format!("row {}/{}", Hex(partition), Hex(id))
}

fn verify_audit(
    folder: &Path,
    connection: &Connection,
    state: &mut State,
) -> Result<(), StoreError> {
    let mut due = 1;
    let damaged =
        |due: u64, error: &rusqlite::Error| explain(folder, "audit", &entry_name(due), error);
    let mut statement = connection
        .prepare("SELECT seq, entry FROM audit ORDER BY seq")
        .map_err(|error| damaged(due, &error))?;
    let mut entries = statement.query([]).map_err(|error| damaged(due, &error))?;
    while let Some(found) = entries.next().map_err(|error| damaged(due, &error))? {
        let column: i64 = found.get(0).map_err(|error| damaged(due, &error))?;
        let entry: Vec<u8> = found.get(1).map_err(|error| damaged(due, &error))?;
        if column.cast_unsigned() != due {
            let why = Why::Number {
                found: column.cast_unsigned(),
                expected: due,
            };
            return Err(tampered("audit", &entry_name(due), why.to_string()));
        }
        state
            .follow(&entry)
            .map_err(|why| tampered("audit", &entry_name(due), why.to_string()))?;
        due += 1;
    }
    Ok(())
}

fn entry_name(seq: u64) -> String {
    format!("entry {seq}")
}

/// Compares what was read with what the root row vouches for, the nameable differences first.
fn compare(root: &Root, state: &State) -> Result<(), StoreError> {
    let found = state.head();
    if found.rows != root.head.rows {
        let why = format!(
            "{} rows are there, the root row counts {}",
            found.rows, root.head.rows
        );
        return Err(tampered("records", "all", why));
    }
    if found.seq != root.head.seq {
        let why = format!(
            "the log ends at {}, the root row at {}",
            found.seq, root.head.seq
        );
        return Err(tampered(
            "audit",
            &entry_name(found.seq.min(root.head.seq) + 1),
            why,
        ));
    }
    if found.audit_head != root.head.audit_head {
        let why = "it is not the entry the root row ends with".to_owned();
        return Err(tampered("audit", &entry_name(found.seq), why));
    }
    if !state.root_mark_matches(&root.mark) {
        let why = "its mark does not hold: a row was replaced by an older copy of itself, \
                   or the root row was edited";
        return Err(tampered("root", "the only row", why.to_owned()));
    }
    Ok(())
}
