//! A changed file is refused, or the change did not matter: every row reads back as it was.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use store::hierarchy::MetaKey;
use store::{Head, Row, SqliteStore, Store, StoreError};

use crate::common::{PARTITION, all_rows, delete, id, make_store, meta_key, put};

const ROWS: u64 = 200;
const FLIPS: usize = 5_000;

/// A folder in memory where there is one: thousands of copies are written here, and none needs to last.
fn memory_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// A store of 200 rows, some rewritten and some deleted, and what it holds.
struct Sample {
    _folder: tempfile::TempDir,
    path: PathBuf,
    meta: MetaKey,
    bytes: Vec<u8>,
    rows: Vec<Row>,
    head: Head,
    entries: Vec<Vec<u8>>,
}

impl Sample {
    fn new() -> Self {
        let folder = memory_folder();
        let path = folder.path().join("store");
        let meta = meta_key();
        make_store(&path, &meta, ROWS + 10);
        let store = SqliteStore::open(&path, &meta).unwrap();
        for number in 0..20 {
            store.commit(put(number, 2)).unwrap();
        }
        for number in ROWS..ROWS + 10 {
            store.commit(delete(number)).unwrap();
        }
        let (rows, head) = (all_rows(&store), store.head().unwrap());
        let entries = store.audit(1, usize::MAX).unwrap();
        drop(store);
        let bytes = fs::read(path.join("hsm.db")).unwrap();
        Self {
            _folder: folder,
            path,
            meta,
            bytes,
            rows,
            head,
            entries,
        }
    }

    fn open(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path, &self.meta)
    }

    /// Puts the file back as it was.
    fn restore(&self) {
        self.write(&self.bytes);
    }

    fn write(&self, bytes: &[u8]) {
        for companion in ["hsm.db-wal", "hsm.db-shm", "hsm.db-journal"] {
            let _ = fs::remove_file(self.path.join(companion));
        }
        fs::write(self.path.join("hsm.db"), bytes).unwrap();
    }

    /// Whether the store as it stands is refused. If it opens, it must be as it was, wholly.
    fn is_refused(&self, what: &str) -> bool {
        let store = match self.open() {
            Err(error) => {
                let refused = matches!(
                    error,
                    StoreError::Tampered { .. }
                        | StoreError::WrongKey { .. }
                        | StoreError::Schema { .. }
                );
                assert!(refused, "{what}: {error}");
                return true;
            }
            Ok(store) => store,
        };
        assert_eq!(all_rows(&store), self.rows, "{what}");
        assert_eq!(store.head().unwrap(), self.head, "{what}");
        assert_eq!(store.audit(1, usize::MAX).unwrap(), self.entries, "{what}");
        false
    }

    /// Changes the file by SQL, as a thief with a database tool would, and returns the refusal.
    fn edit(&self, sql: &str) -> StoreError {
        self.restore();
        edit(&self.path, sql);
        self.open()
            .err()
            .unwrap_or_else(|| panic!("{sql} went unseen"))
    }
}

fn edit(folder: &Path, sql: &str) {
    Connection::open(folder.join("hsm.db"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

/// A small generator with a fixed seed: the same flips every time, and the seed is the test's name.
struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

#[test]
fn every_flipped_byte_is_refused_or_harmless() {
    let sample = Sample::new();
    let mut random = Xorshift(0x9E37_79B9_7F4A_7C15);
    let mut refused = 0;
    for _ in 0..FLIPS {
        let position = random.below(sample.bytes.len());
        let flip = u8::try_from(1 + random.below(255)).unwrap();
        let mut bytes = sample.bytes.clone();
        bytes[position] ^= flip;
        sample.write(&bytes);
        refused += usize::from(sample.is_refused(&format!("byte {position} ^ {flip:#x}")));
    }
    // Most of a file is content; a run in which nothing was refused would have tested nothing.
    assert!(
        refused > FLIPS / 2,
        "only {refused} of {FLIPS} flips were refused"
    );
}

#[test]
fn every_cut_is_refused() {
    let sample = Sample::new();
    for length in (0..sample.bytes.len()).step_by(4_096) {
        sample.write(&sample.bytes[..length]);
        assert!(
            sample.is_refused(&format!("cut to {length}")),
            "cut to {length} opened"
        );
    }
}

#[test]
fn swapped_rows_are_refused() {
    let sample = Sample::new();
    // Every 41st pair through the file; that every pair is told apart is a matter of the marks, tested beside them.
    let columns = ["sealed", "tag", "sealed, tag"];
    let connection = || Connection::open(sample.path.join("hsm.db")).unwrap();
    let mut checked = 0;
    for pair in (0..ROWS * ROWS).step_by(41) {
        let (first, second) = (pair / ROWS, pair % ROWS);
        if first >= second {
            continue;
        }
        let column = columns[checked % columns.len()];
        swap(&connection(), column, first, second);
        assert!(sample.is_refused(&format!("{column} of {first} and {second}")));
        swap(&connection(), column, first, second);
        checked += 1;
    }
    assert!(!sample.is_refused("all swapped back"));
}

fn swap(connection: &Connection, columns: &str, first: u64, second: u64) {
    let read = |number: u64| -> (Vec<u8>, Vec<u8>) {
        connection
            .query_row(
                "SELECT sealed, tag FROM records WHERE partition = ?1 AND id = ?2",
                (PARTITION, id(number)),
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap()
    };
    let (one, other) = (read(first), read(second));
    for (number, (sealed, tag)) in [(first, other), (second, one)] {
        let key = (PARTITION, id(number));
        if columns.contains("sealed") {
            let sql = "UPDATE records SET sealed = ?1 WHERE partition = ?2 AND id = ?3";
            connection.execute(sql, (sealed, key.0, key.1)).unwrap();
        }
        if columns.contains("tag") {
            let sql = "UPDATE records SET tag = ?1 WHERE partition = ?2 AND id = ?3";
            connection.execute(sql, (tag, key.0, key.1)).unwrap();
        }
    }
}

#[test]
fn edits_are_refused_by_the_name_of_the_row() {
    let sample = Sample::new();
    let row = "07070707070707070707070707070707/00000000000000000000000000000005";
    let at = "WHERE id = x'00000000000000000000000000000005'";
    for column in [
        "kind = 4",
        "kind = 99",
        "version = 3",
        "sealed = x'00'",
        "tag = zeroblob(32)",
    ] {
        let message = sample
            .edit(&format!("UPDATE records SET {column} {at}"))
            .to_string();
        assert!(
            message.contains("«records»") && message.contains(row),
            "{message}"
        );
        assert!(
            message.contains("restore the store from a backup"),
            "{message}"
        );
    }
}

#[test]
fn removed_and_added_things_are_refused() {
    let sample = Sample::new();
    let five = "id = x'00000000000000000000000000000005'";
    let cases = [
        (format!("DELETE FROM records WHERE {five}"), "«records»"),
        ("DELETE FROM audit WHERE seq = 7".to_owned(), "entry 7"),
        (
            "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)".to_owned(),
            "entry 240",
        ),
        (
            "UPDATE audit SET entry = x'00' WHERE seq = 9".to_owned(),
            "entry 9",
        ),
        (
            "UPDATE audit SET seq = 1000 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; \
             UPDATE audit SET seq = 4 WHERE seq = 1000"
                .to_owned(),
            "entry 3",
        ),
        ("DELETE FROM root".to_owned(), "«root»"),
        ("UPDATE root SET epoch = 2".to_owned(), "«root»"),
        ("UPDATE root SET seq = seq - 1".to_owned(), "«audit»"),
        ("UPDATE root SET mark = zeroblob(32)".to_owned(), "«root»"),
        (
            "UPDATE root SET key_check = zeroblob(32)".to_owned(),
            "another root key",
        ),
        ("PRAGMA user_version = 2".to_owned(), "layout 2"),
        ("CREATE TABLE extra (a)".to_owned(), "«schema»"),
        (
            "CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM records; END".to_owned(),
            "«schema»",
        ),
        ("CREATE INDEX i ON records (kind)".to_owned(), "«schema»"),
    ];
    for (sql, named) in cases {
        let message = sample.edit(&sql).to_string();
        assert!(message.contains(named), "{sql}: {message}");
    }
}

#[test]
fn an_older_copy_of_a_row_is_refused() {
    let sample = Sample::new();
    let connection = Connection::open(sample.path.join("hsm.db")).unwrap();
    let key = (PARTITION, id(5));
    let old: (i64, Vec<u8>, Vec<u8>) = connection
        .query_row(
            "SELECT version, sealed, tag FROM records WHERE partition = ?1 AND id = ?2",
            key,
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    drop(connection);
    let store = sample.open().unwrap();
    store.commit(put(5, 3)).unwrap();
    drop(store);
    Connection::open(sample.path.join("hsm.db"))
        .unwrap()
        .execute(
            "UPDATE records SET version = ?3, sealed = ?4, tag = ?5 WHERE partition = ?1 AND id = ?2",
            (key.0, key.1, old.0, old.1, old.2),
        )
        .unwrap();
    let message = sample
        .open()
        .err()
        .expect("the replay went unseen")
        .to_string();
    assert!(message.contains("older copy"), "{message}");
}

#[test]
fn another_root_key_is_told_apart_from_a_changed_store() {
    let sample = Sample::new();
    let answer = SqliteStore::open(&sample.path, &meta_key());
    assert!(matches!(answer, Err(StoreError::WrongKey { .. })));
    assert!(!sample.is_refused("the right key"));
}

/// SQLite's log ends, for it, at the first frame whose checksum does not hold: so a changed log can hide the last
/// commits, but never tear one or mix two states. That some are missing is for an anchor outside to notice (R19).
#[test]
fn a_changed_log_hides_whole_commits_at_most() {
    const COMMITS: u64 = 30;
    let folder = memory_folder();
    let path = folder.path().join("store");
    let copy = folder.path().join("copy");
    let meta = meta_key();
    let store = SqliteStore::create(&path, &meta).unwrap();
    for number in 0..COMMITS {
        store.commit(put(number, 1)).unwrap();
    }
    let (rows, entries) = (all_rows(&store), store.audit(1, usize::MAX).unwrap());
    fs::create_dir(&copy).unwrap();
    fs::set_permissions(&copy, fs::metadata(&path).unwrap().permissions()).unwrap();
    let log = fs::read(path.join("hsm.db-wal")).unwrap();
    let mut random = Xorshift(0xD1B5_4A32_D192_ED03);
    let mut shorter = 0;
    for _ in 0..200 {
        let position = random.below(log.len());
        fs::copy(path.join("hsm.db"), copy.join("hsm.db")).unwrap();
        fs::copy(path.join("hsm.db-wal"), copy.join("hsm.db-wal")).unwrap();
        let mut changed = log.clone();
        changed[position] ^= 0x10;
        fs::write(copy.join("hsm.db-wal"), changed).unwrap();
        let opened = SqliteStore::open(&copy, &meta).unwrap();
        let left = usize::try_from(opened.head().unwrap().seq).unwrap();
        assert_eq!(all_rows(&opened), rows[..left], "byte {position}");
        assert_eq!(
            opened.audit(1, usize::MAX).unwrap(),
            entries[..left],
            "byte {position}"
        );
        shorter += usize::from(left < rows.len());
    }
    assert!(shorter > 0, "no flip met a frame");
}
