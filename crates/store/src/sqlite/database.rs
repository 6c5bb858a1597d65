//! An open, verified database: the connection and the state that goes with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::verify::{read_row, row_name, verify};
use super::{connection, folder};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::marks::{Marks, RowDigest};
use crate::row::Row;
use crate::state::{Key, State};
use crate::store::{Batch, Change, Committed, Head};

/// An open, verified database.
pub(super) struct Database {
    folder: PathBuf,
    pub(super) connection: Connection,
    state: State,
}

/// The answers to the batches of one group, in order.
pub(super) type Answers = Vec<Result<Committed, StoreError>>;

impl Database {
    /// Opens and verifies the database in a folder.
    pub(super) fn open(folder: &Path, marks: Arc<Marks>) -> Result<Self, StoreError> {
        let database = folder::examine(folder)?;
        Self::verified(folder, connection::open(folder, &database)?, marks)
    }

    /// Verifies a database that is open.
    pub(super) fn verified(
        folder: &Path,
        connection: Connection,
        marks: Arc<Marks>,
    ) -> Result<Self, StoreError> {
        let state = verify(folder, &connection, marks)?;
        Ok(Self {
            folder: folder.to_owned(),
            connection,
            state,
        })
    }

    /// Writes the root row of an empty store.
    pub(super) fn found(connection: &Connection, marks: Arc<Marks>) -> rusqlite::Result<()> {
        let check = marks.check();
        let state = State::new(marks, 1);
        let Head {
            epoch,
            seq,
            rows,
            audit_head,
        } = state.head();
        connection.execute(
            "INSERT INTO root VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                epoch.cast_signed(),
                seq.cast_signed(),
                rows.cast_signed(),
                audit_head,
                state.root_mark(),
                check
            ],
        )?;
        Ok(())
    }

    /// Commits a group of batches with one flush. A batch that may not follow is refused by itself, before it touches
    /// the database; an error of the database fails the group, and then this value must not be used again.
    pub(super) fn commit(&mut self, batches: &[Batch]) -> rusqlite::Result<Answers> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut answers = Vec::with_capacity(batches.len());
        for batch in batches {
            if let Err(refusal) = self.state.check(batch) {
                answers.push(Err(refusal));
                continue;
            }
            for change in &batch.changes {
                let place = self.state.apply(change);
                write_change(&transaction, &self.state.marks, change, place)?;
            }
            let entry = self.state.append(&batch.event);
            let seq = self.state.head().seq;
            transaction
                .prepare_cached("INSERT INTO audit (seq, entry) VALUES (?1, ?2)")?
                .execute(params![seq.cast_signed(), entry])?;
            answers.push(Ok(Committed { seq }));
        }
        if answers.iter().any(Result::is_ok) {
            write_root(&transaction, &self.state)?;
            transaction.commit()?;
        }
        Ok(answers)
    }

    /// The rows that follow a key, up to a number of them, of one partition or of all, of one kind or of all, in order.
    pub(super) fn keys_after(
        &self,
        after: Option<Key>,
        (partition, kind): (Option<[u8; 16]>, Option<Kind>),
        limit: usize,
    ) -> Vec<(Key, u64)> {
        let keys = self.state.keys_after(after, partition, kind);
        keys.take(limit).collect()
    }

    /// Reads rows, each compared with what the state knows of it; those that have gone meanwhile are left out.
    pub(super) fn rows_at(&self, keys: &[(Key, u64)]) -> Result<Vec<Row>, StoreError> {
        keys.iter()
            .filter(|(key, place)| self.state.place_of(key) == Some(*place))
            .map(|(key, place)| self.row(key, *place))
            .collect()
    }

    /// Reads one row, compared with what the state knows of it.
    pub(super) fn row_named(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        let place = self.state.place_of(key);
        place.map(|place| self.row(key, place)).transpose()
    }

    /// Counts the rows of a partition, of one kind or of all.
    pub(super) fn count(&self, partition: [u8; 16], kind: Option<Kind>) -> usize {
        self.state.count(partition, kind)
    }

    fn row(&self, key: &Key, place: u64) -> Result<Row, StoreError> {
        let tampered = |why: &str| connection::tampered("records", &row_name(key), why.to_owned());
        let stored = self
            .connection
            .prepare_cached(
                "SELECT place, partition, id, kind, version, sealed, tag FROM records \
                 WHERE place = ?1",
            )
            .and_then(|mut statement| {
                statement
                    .query_row([place.cast_signed()], read_row)
                    .optional()
            })
            .map_err(|error| connection::explain(&self.folder, "records", &row_name(key), &error))?
            .ok_or_else(|| tampered("it is missing"))?;
        let row = stored.row;
        if (row.partition, row.id) == *key && self.state.knows(&row) {
            Ok(row)
        } else {
            Err(tampered("it was changed"))
        }
    }

    /// Reads entries of the audit log.
    pub(super) fn audit(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        self.connection
            .prepare_cached("SELECT entry FROM audit WHERE seq >= ?1 ORDER BY seq LIMIT ?2")
            .and_then(|mut statement| {
                statement
                    .query_map(params![from, limit], |row| row.get(0))?
                    .collect()
            })
            .map_err(|error| connection::explain(&self.folder, "audit", "entries", &error))
    }

    pub(super) fn head(&self) -> Head {
        self.state.head()
    }
}

/// Writes one change. The state says that the row is there or not; a database that disagrees is an error of its own.
fn write_change(
    connection: &Connection,
    marks: &Marks,
    change: &Change,
    place: u64,
) -> rusqlite::Result<()> {
    let sql = match change {
        Change::Put(row) if row.version == 1 => {
            "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        }
        Change::Put(_) => {
            "UPDATE records SET kind = ?4, version = ?5, sealed = ?6, tag = ?7 \
             WHERE place = ?1 AND partition = ?2 AND id = ?3 AND version = ?5 - 1"
        }
        Change::Delete { .. } => {
            "DELETE FROM records WHERE place = ?1 AND partition = ?2 AND id = ?3"
        }
    };
    let mut statement = connection.prepare_cached(sql)?;
    let changed = match change {
        Change::Put(row) => statement.execute(params![
            place.cast_signed(),
            row.partition,
            row.id,
            row.kind.number(),
            row.version.cast_signed(),
            row.sealed,
            marks.tag(&RowDigest::of(row))
        ])?,
        Change::Delete { partition, id } => {
            statement.execute(params![place.cast_signed(), partition, id])?
        }
    };
    if changed == 1 {
        Ok(())
    } else {
        Err(rusqlite::Error::StatementChangedRows(changed))
    }
}

fn write_root(connection: &Connection, state: &State) -> rusqlite::Result<()> {
    let Head {
        epoch,
        seq,
        rows,
        audit_head,
    } = state.head();
    let changed = connection
        .prepare_cached(
            "UPDATE root SET epoch = ?1, seq = ?2, rows = ?3, audit_head = ?4, mark = ?5",
        )?
        .execute(params![
            epoch.cast_signed(),
            seq.cast_signed(),
            rows.cast_signed(),
            audit_head,
            state.root_mark()
        ])?;
    if changed == 1 {
        Ok(())
    } else {
        Err(rusqlite::Error::StatementChangedRows(changed))
    }
}
