//! SQLite: one connection that writes, several that read.

mod connection;
mod door;
mod group;
pub(super) mod statement;

use rusqlite::Connection;

use super::pool::Pool;
use super::{Error, Tx};
use connection::Source;
use door::Door;
use group::Group;

/// How many transactions can read at once. Each holds a cache of pages; more than the machine has cores gains nothing
/// but a few reads that wait for the disk.
const READERS: usize = 16;

/// An open SQLite database.
pub(super) struct Sqlite {
    source: Source,
    group: Group,
    readers: Pool<Connection>,
    /// A database in memory has no log beside it, so there readers and writers take turns.
    turns: Option<Door<()>>,
}

impl Sqlite {
    /// Opens a file, or `:memory:`.
    pub(super) fn open(file: &str) -> Result<Self, Error> {
        let source = Source::new(file)?;
        let memory = source.is_memory();
        Ok(Self {
            group: Group::new(source.writer()?, memory),
            source,
            readers: Pool::new(READERS),
            turns: memory.then(|| Door::new(())),
        })
    }

    /// Reads one moment of the database.
    pub(super) fn read<T, E: From<Error>>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.turns.as_ref().map(Door::enter).transpose()?;
        let lease = self.readers.take(|| self.source.reader())?;
        statement::control(&lease, "BEGIN DEFERRED")?;
        let outcome = Tx::on_sqlite(&lease).run(&mut work);
        statement::control(&lease, "ROLLBACK")?;
        lease.keep();
        outcome
    }

    /// Writes, together with whoever else writes now.
    pub(super) fn write<T, E: From<Error>>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.turns.as_ref().map(Door::enter).transpose()?;
        self.group.write(work)
    }

    /// Counts the commits so far.
    pub(super) fn commits(&self) -> u64 {
        self.group.commits()
    }
}
