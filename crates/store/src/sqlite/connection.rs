//! Connections to the database: settings that make a commit durable and the file unshared, and the schema's check.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row};

use crate::error::StoreError;

const SCHEMA: &str = include_str!("schema.sql");

/// The number of the layout in `schema.sql`.
const SCHEMA_VERSION: i64 = 1;

/// Each setting and what SQLite must answer. A setting it silently ignores would be a promise broken later.
const SETTINGS: [(&str, &str, &str); 8] = [
    // One process, one connection: nobody changes the file while we hold it. First, so that the log's index stays in
    // memory and not in a shared file.
    ("locking_mode", "exclusive", "exclusive"),
    ("journal_mode", "wal", "wal"),
    // Every commit is flushed before it is acknowledged.
    ("synchronous", "full", "2"),
    // Nothing of ours in temporary files or mappings.
    ("temp_store", "memory", "2"),
    ("mmap_size", "0", "0"),
    // Freed space is overwritten.
    ("secure_delete", "on", "1"),
    ("trusted_schema", "off", "0"),
    ("cell_size_check", "on", "1"),
];

/// The log is cut back to this after a burst, in bytes.
const LOG_SIZE_LIMIT: i64 = 16 << 20;

/// Opens the database of an existing store and takes the lock on it.
pub(super) fn open(folder: &Path, database: &Path) -> Result<Connection, StoreError> {
    let connection = connect(folder, database)?;
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| explain(folder, "file", "header", &error))?;
    if found != SCHEMA_VERSION {
        let path = folder.to_owned();
        return Err(StoreError::Schema {
            path,
            found,
            expected: SCHEMA_VERSION,
        });
    }
    check_schema(folder, &connection)?;
    settle_log(folder, &connection)?;
    Ok(connection)
}

/// Lays out a new database in an empty file.
pub(super) fn lay_out(folder: &Path, database: &Path) -> Result<Connection, StoreError> {
    let connection = connect(folder, database)?;
    connection
        .execute_batch(SCHEMA)
        .and_then(|()| connection.pragma_update(None, "user_version", SCHEMA_VERSION))
        .map_err(|error| explain(folder, "file", "schema", &error))?;
    Ok(connection)
}

fn connect(folder: &Path, database: &Path) -> Result<Connection, StoreError> {
    let explain = |error: rusqlite::Error| explain(folder, "file", "header", &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(database, flags).map_err(explain)?;
    connection
        .busy_timeout(std::time::Duration::ZERO)
        .map_err(explain)?;
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        connection.set_db_config(setting, value).map_err(explain)?;
    }
    for (name, value, answer) in SETTINGS {
        connection
            .pragma_update(None, name, value)
            .map_err(explain)?;
        let found = connection
            .pragma_query_value(None, name, text)
            .map_err(explain)?;
        if found != answer {
            let why = format!("the database answers {found} to the setting {name} = {value}");
            return Err(tampered("file", "settings", why));
        }
    }
    connection
        .pragma_update(None, "journal_size_limit", LOG_SIZE_LIMIT)
        .map_err(explain)?;
    Ok(connection)
}

fn text(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get::<_, rusqlite::types::Value>(0)
        .map(|value| match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            _ => String::new(),
        })
}

/// Compares the schema with ours, word for word: an added trigger, view, index or constraint is a change like any.
fn check_schema(folder: &Path, connection: &Connection) -> Result<(), StoreError> {
    let found = schema_of(connection).map_err(|error| explain(folder, "schema", "all", &error))?;
    let expected = Connection::open_in_memory()
        .and_then(|memory| {
            memory
                .execute_batch(SCHEMA)
                .and_then(|()| schema_of(&memory))
        })
        .map_err(|error| read_failed("laying out a schema to compare with", &error))?;
    if found == expected {
        return Ok(());
    }
    Err(tampered(
        "schema",
        "all",
        "it is not the one this version lays out".to_owned(),
    ))
}

fn schema_of(connection: &Connection) -> rusqlite::Result<Vec<[Option<String>; 3]>> {
    connection
        .prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")?
        .query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?
        .collect()
}

/// Moves what is in the log into the database and flushes both. After a failed flush the pages of the log that the
/// system shows us may not be on disk, although they look so; writing them again is what makes it true (R29).
fn settle_log(folder: &Path, connection: &Connection) -> Result<(), StoreError> {
    let busy: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(|error| explain(folder, "file", "log", &error))?;
    if busy == 0 {
        Ok(())
    } else {
        Err(StoreError::Busy {
            path: folder.to_owned(),
        })
    }
}

/// Says what an error of the database means for a store that is being opened or read: the lock is taken, the system
/// failed, or what is in the file is not what we wrote.
pub(super) fn explain(
    folder: &Path,
    table: &'static str,
    row: &str,
    error: &rusqlite::Error,
) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy {
            path: folder.to_owned(),
        },
        Some(
            ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly,
        ) => read_failed("reading the store", error),
        _ => tampered(table, row, error.to_string()),
    }
}

pub(super) fn tampered(table: &'static str, row: &str, why: String) -> StoreError {
    StoreError::Tampered {
        table,
        row: row.to_owned(),
        why,
    }
}

fn read_failed(doing: &'static str, error: &rusqlite::Error) -> StoreError {
    StoreError::Read {
        doing,
        reason: error.to_string(),
    }
}
