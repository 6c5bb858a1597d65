//! A transaction, as the rules of the services see it.

use super::postgres::Session;
use super::sqlite::statement;
use super::{Error, Row, Value};
use crate::sql;

/// The number of the lock under which tables change; any will do that nobody else uses.
const TABLES_LOCK: i64 = 0x6465_7720_6462;

/// A transaction: statements that are kept together or not at all.
///
/// A statement that fails ends it, on both databases: later statements get the same error, and the work cannot succeed
/// any more even if it hides the error. Where a row may be there already, say `ON CONFLICT DO NOTHING`.
pub struct Tx<'a> {
    connection: Connection<'a>,
    failure: Option<Error>,
}

enum Connection<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut Session),
}

impl<'a> Tx<'a> {
    /// Runs a statement and tells how many rows it touched.
    pub fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, Error> {
        self.step(|connection| match connection {
            Connection::Sqlite(connection) => statement::execute(connection, sql, values),
            Connection::Postgres(session) => session.execute(sql, values),
        })
    }

    /// Runs a statement and returns the rows that it found.
    pub fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Error> {
        self.step(|connection| match connection {
            Connection::Sqlite(connection) => statement::rows(connection, sql, values),
            Connection::Postgres(session) => session.rows(sql, values),
        })
    }

    /// Runs a statement that finds at most one row, and returns that.
    pub fn row(&mut self, sql: &str, values: &[Value]) -> Result<Option<Row>, Error> {
        let mut rows = self.rows(sql, values)?;
        if rows.len() > 1 {
            let error = Error::sql(sql, "it found several rows where one was expected");
            return self.step(|_| Err(error));
        }
        Ok(rows.pop())
    }

    /// Runs a statement that counts, and returns what it names `n`.
    pub fn count(&mut self, sql: &str, values: &[Value]) -> Result<i64, Error> {
        let row = self.row(sql, values)?;
        row.map_or(Ok(0), |row| row.int("n"))
    }

    /// Opens the face over a connection on which a transaction has begun.
    pub(super) fn on_sqlite(connection: &'a rusqlite::Connection) -> Self {
        Self {
            connection: Connection::Sqlite(connection),
            failure: None,
        }
    }

    /// Opens the face over a connection to a server on which a transaction has begun.
    pub(super) fn on_postgres(session: &'a mut Session) -> Self {
        Self {
            connection: Connection::Postgres(session),
            failure: None,
        }
    }

    /// Runs the work. It has succeeded only if it says so and no statement failed.
    pub(super) fn run<T, E: From<Error>>(
        &mut self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let outcome = work(self)?;
        match &self.failure {
            None => Ok(outcome),
            Some(failure) => Err(failure.clone().into()),
        }
    }

    /// The error that ended the transaction.
    pub(super) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Runs several statements that take no values.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.step(|connection| match connection {
            Connection::Sqlite(connection) => statement::batch(connection, sql),
            Connection::Postgres(session) => session.batch(sql),
        })
    }

    /// Keeps other programs from changing the tables until this transaction ends.
    pub(super) fn lock_tables(&mut self) -> Result<(), Error> {
        match self.connection {
            // A transaction that writes is alone.
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(_) => {
                self.batch("SET LOCAL lock_timeout = 0")?;
                self.execute(sql!("lock_postgres_tables"), &[TABLES_LOCK.into()])?;
                Ok(())
            }
        }
    }

    fn step<T>(
        &mut self,
        run: impl FnOnce(&mut Connection<'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        run(&mut self.connection).inspect_err(|error| self.failure = Some(error.clone()))
    }
}
