//! One face over SQLite and PostgreSQL: statements, rows, transactions.
//!
//! Rules are closures over a transaction ([`Tx`]) and run unchanged on both. The SQL is what both understand: the
//! placeholders are `$1`, `$2`; the types TEXT, BIGINT and BYTEA; a flag is the BIGINT 0 or 1; `INSERT .. ON CONFLICT` and
//! `RETURNING` are there.
//!
//! A closure may run more than once and must have no other effect than its statements. It must not begin another on
//! the same database: on SQLite that is [`Error::Nested`].
//!
//! | | SQLite | PostgreSQL |
//! |---|---|---|
//! | read | a snapshot, on one of several connections | `REPEATABLE READ READ ONLY` |
//! | write | one after another, many in one commit | `SERIALIZABLE`, tried again when others were faster |
//! | append | as write | `READ COMMITTED`: what only inserts needs no more |

mod error;
mod migrate;
mod pool;
mod postgres;
mod row;
mod sqlite;
mod tx;
mod value;

use std::sync::Arc;

pub use error::Error;
pub use migrate::Migration;
pub use row::Row;
pub use tx::Tx;
pub use value::Value;

use postgres::{Mode, Postgres};
use sqlite::Sqlite;

/// Reads a statement of the folder `sql` of the crate that asks, by its name.
#[macro_export]
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $name, ".sql"))
    };
}

/// A database. Clones are the same database.
#[derive(Clone)]
pub struct Database {
    engine: Arc<Engine>,
}

enum Engine {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file of this machine.
    Sqlite,
    /// A server that several machines share.
    Postgres,
}

impl Database {
    /// Opens the database at an address and runs the migrations that are missing: all of them or none.
    ///
    /// The addresses are `sqlite:FILE` (the folder must exist), `sqlite::memory:` (gone with the last clone) and
    /// `postgres://USER@HOST:PORT/NAME`. A database that a newer program has migrated is refused.
    pub fn open(url: &str, migrations: &[Migration]) -> Result<Self, Error> {
        let engine = match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => Engine::Postgres(Postgres::open(url)?),
            Some(("sqlite", file)) => Engine::Sqlite(Sqlite::open(file)?),
            _ => {
                return Err(Error::Address {
                    why: "names no database that this program knows".to_owned(),
                });
            }
        };
        let database = Self {
            engine: Arc::new(engine),
        };
        database.append(|tx| migrate::run(tx, migrations))?;
        Ok(database)
    }

    /// Reads: the work sees one moment of the database, and changes nothing.
    pub fn read<T, E: From<Error>>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &*self.engine {
            Engine::Postgres(postgres) => postgres.run(Mode::Read, work),
            Engine::Sqlite(sqlite) => sqlite.read(work),
        }
    }

    /// Reads and changes as if nobody else were there. What it changed is on disk when this returns `Ok`; on `Err` nothing
    /// of this work is left, save after [`Error::Undecided`].
    pub fn write<T, E: From<Error>>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &*self.engine {
            Engine::Postgres(postgres) => postgres.run(Mode::Write, work),
            Engine::Sqlite(sqlite) => sqlite.write(work),
        }
    }

    /// Inserts, as durable as [`write`](Self::write), for work that reads nothing and so collides with nobody.
    pub fn append<T, E: From<Error>>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &*self.engine {
            Engine::Postgres(postgres) => postgres.run(Mode::Append, work),
            Engine::Sqlite(sqlite) => sqlite.write(work),
        }
    }

    /// Tells which database it is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match &*self.engine {
            Engine::Postgres(_) => Backend::Postgres,
            Engine::Sqlite(_) => Backend::Sqlite,
        }
    }

    /// Counts the commits of this handle and its clones. On SQLite several writes share one.
    #[must_use]
    pub fn commits(&self) -> u64 {
        match &*self.engine {
            Engine::Postgres(postgres) => postgres.commits(),
            Engine::Sqlite(sqlite) => sqlite.commits(),
        }
    }
}

#[cfg(test)]
mod tests;
