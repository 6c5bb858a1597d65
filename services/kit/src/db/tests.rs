//! The contract of a database, which both keep, and what only one of them promises.

mod contract;
mod durability;
mod postgres;
mod sqlite;

use super::{Database, Error, Migration};

/// A table of each kind of column, and a counter.
pub(super) const TABLES: &[Migration] = &[Migration {
    service: "test",
    number: 1,
    sql: "CREATE TABLE things (
              id BIGINT PRIMARY KEY,
              name TEXT UNIQUE,
              bytes BYTEA,
              live BIGINT NOT NULL DEFAULT 1
          );
          CREATE TABLE parts (
              thing BIGINT NOT NULL REFERENCES things (id)
          );
          CREATE TABLE counters (
              name TEXT PRIMARY KEY,
              value BIGINT NOT NULL
          );
          INSERT INTO counters (name, value) VALUES ('hits', 0);",
}];

/// The error of a rule: the database's, or one that the rule made itself.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    Database(Error),
    Rule,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// Adds a thing with that number.
pub(super) fn add(database: &Database, id: i64) -> Result<u64, Error> {
    database.write(|tx| tx.execute("INSERT INTO things (id) VALUES ($1)", &[id.into()]))
}

/// Counts the things.
pub(super) fn count(database: &Database) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM things";
    let counted = database.read(|tx| tx.count(sql, &[]));
    counted.unwrap()
}

/// Counts a hit: reads, then writes what it read plus one.
pub(super) fn hit(database: &Database) -> Result<i64, Error> {
    database.write(|tx| {
        let row = tx.row(
            "SELECT value FROM counters WHERE name = $1",
            &["hits".into()],
        )?;
        let next = row.expect("it is there").int("value")? + 1;
        tx.execute(
            "UPDATE counters SET value = $2 WHERE name = $1",
            &["hits".into(), next.into()],
        )?;
        Ok(next)
    })
}
