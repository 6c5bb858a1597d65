//! Statements on one connection, and what SQLite's errors mean.

use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql, ffi};

use super::super::{Error, Row, Value};

/// Runs a statement that begins or ends something.
pub(super) fn control(connection: &Connection, sql: &str) -> Result<(), Error> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.raw_execute())
        .map_err(|error| explain(sql, &error))?;
    Ok(())
}

/// Runs several statements that take no values.
pub(crate) fn batch(connection: &Connection, sql: &str) -> Result<(), Error> {
    connection
        .execute_batch(sql)
        .map_err(|error| explain(sql, &error))
}

/// Runs a statement and tells how many rows it touched.
pub(crate) fn execute(connection: &Connection, sql: &str, values: &[Value]) -> Result<u64, Error> {
    let mut statement = prepare(connection, sql, values)?;
    let touched = if statement.column_count() == 0 {
        statement.raw_execute()
    } else {
        collect(&mut statement).map(|rows| rows.len())
    };
    let touched = touched.map_err(|error| explain(sql, &error))?;
    Ok(u64::try_from(touched).unwrap_or(u64::MAX))
}

/// Runs a statement and returns the rows that it found.
pub(crate) fn rows(
    connection: &Connection,
    sql: &str,
    values: &[Value],
) -> Result<Vec<Row>, Error> {
    let mut statement = prepare(connection, sql, values)?;
    collect(&mut statement).map_err(|error| explain(sql, &error))
}

/// Prepares a statement and binds its values.
///
/// To SQLite `$2` is a name, not a number, so each placeholder is asked for its name.
fn prepare<'a>(
    connection: &'a Connection,
    sql: &str,
    values: &[Value],
) -> Result<CachedStatement<'a>, Error> {
    let mut statement = connection
        .prepare_cached(sql)
        .map_err(|error| explain(sql, &error))?;
    let places = statement.parameter_count();
    if places != values.len() {
        let why = format!("it has {places} placeholders for {} values", values.len());
        return Err(Error::sql(sql, why));
    }
    for place in 1..=places {
        let value = statement
            .parameter_name(place)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|number| number.parse::<usize>().ok())
            .and_then(|number| values.get(number.checked_sub(1)?))
            .ok_or_else(|| Error::sql(sql, "its placeholders are not $1, $2 and so on"))?;
        statement
            .raw_bind_parameter(place, value)
            .map_err(|error| explain(sql, &error))?;
    }
    Ok(statement)
}

fn collect(statement: &mut CachedStatement<'_>) -> rusqlite::Result<Vec<Row>> {
    let names: Arc<[String]> = statement
        .column_names()
        .into_iter()
        .map(ToOwned::to_owned)
        .collect();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let values = (0..names.len())
            .map(|column| row.get_ref(column).map(owned))
            .collect::<rusqlite::Result<_>>()?;
        found.push(Row::new(Arc::clone(&names), values));
    }
    Ok(found)
}

/// Copies a value out of SQLite. A REAL, which no table of ours has, becomes its text.
fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Text(number.to_string()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Says what an error means for whoever ran a statement.
pub(super) fn explain(sql: &str, error: &rusqlite::Error) -> Error {
    let Some(failure) = error.sqlite_error() else {
        return Error::sql(sql, error.to_string());
    };
    let why = match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        _ => failure.to_string(),
    };
    match failure.code {
        ErrorCode::ConstraintViolation if is_unique(failure.extended_code) => Error::Conflict {
            constraint: why
                .rsplit_once(": ")
                .map_or_else(|| why.clone(), |(_, columns)| columns.to_owned()),
        },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Error::Broken { why },
        ErrorCode::DiskFull => Error::Full { why },
        ErrorCode::CannotOpen
        | ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::OperationInterrupted
        | ErrorCode::OutOfMemory
        | ErrorCode::SystemIoFailure => Error::Unavailable { why },
        _ => Error::sql(sql, why),
    }
}

fn is_unique(extended: std::ffi::c_int) -> bool {
    matches!(
        extended,
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID
            | ffi::SQLITE_CONSTRAINT_UNIQUE
    )
}
