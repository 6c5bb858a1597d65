//! The store of a single HSM: one SQLite file in a private folder.

mod connection;
mod database;
mod folder;
mod verify;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use self::database::Database;
use self::writer::{Job, QUEUE_MAX, Shared};
use crate::error::StoreError;
use crate::hierarchy::MetaKey;
use crate::kind::Kind;
use crate::marks::Marks;
use crate::row::Row;
use crate::slot::RootSlot;
use crate::store::{Batch, Committed, Head, Store};

/// How many rows are read under one hold of the database: commits wait no longer than these take.
const ROWS_AT_ONCE: usize = 256;

/// How many rows are put in the order of the file: more would take memory, fewer would read pages more often.
const KEYS_AT_ONCE: usize = 65_536;

/// A store whose root key is not known yet: it can show its slots, and nothing else.
pub struct LockedStore {
    folder: PathBuf,
    connection: Connection,
}

impl LockedStore {
    /// Opens the store in a folder and takes its lock. Nothing in it is verified yet.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let database = folder::examine(folder)?;
        let connection = connection::open(folder, &database)?;
        Ok(Self {
            folder: folder.to_owned(),
            connection,
        })
    }

    /// Reads the slots of the root key. One that cannot be read is left out, so that another can still open the
    /// store; verification then names it.
    pub fn root_slots(&self) -> Result<Vec<RootSlot>, StoreError> {
        let explain =
            |error: rusqlite::Error| connection::explain(&self.folder, "records", "slots", &error);
        let mut statement = self
            .connection
            .prepare("SELECT sealed FROM records WHERE kind = ?1 ORDER BY id")
            .map_err(explain)?;
        let blobs: Vec<Vec<u8>> = statement
            .query_map([Kind::RootSlot.number()], |row| row.get(0))
            .and_then(Iterator::collect)
            .map_err(explain)?;
        Ok(blobs
            .iter()
            .filter_map(|blob| RootSlot::decode(blob).ok())
            .collect())
    }

    /// Verifies the whole store under the root key's meta key and puts it to work.
    pub fn unlock(self, meta: &MetaKey) -> Result<SqliteStore, StoreError> {
        let marks = Arc::new(Marks::new(meta));
        let database = Database::verified(&self.folder, self.connection, Arc::clone(&marks))?;
        SqliteStore::start(self.folder, marks, database)
    }
}

/// A store in one SQLite file, with one thread that writes.
pub struct SqliteStore {
    shared: Arc<Shared>,
    queue: Option<SyncSender<Job>>,
    writer: Option<JoinHandle<()>>,
}

impl SqliteStore {
    /// Makes an empty store in a folder that has none, and opens it.
    pub fn create(folder: &Path, meta: &MetaKey) -> Result<Self, StoreError> {
        let unfinished = folder::prepare(folder)?;
        let connection = connection::lay_out(folder, &unfinished)?;
        Database::found(&connection, Arc::new(Marks::new(meta)))
            .map_err(|error| connection::explain(folder, "root", "the only row", &error))?;
        connection
            .close()
            .map_err(|(_, error)| connection::explain(folder, "file", "log", &error))?;
        folder::finish(folder)?;
        Self::open(folder, meta)
    }

    /// Opens the store in a folder after verifying all of it.
    pub fn open(folder: &Path, meta: &MetaKey) -> Result<Self, StoreError> {
        LockedStore::open(folder)?.unlock(meta)
    }

    fn start(folder: PathBuf, marks: Arc<Marks>, database: Database) -> Result<Self, StoreError> {
        let path = folder.clone();
        let shared = Arc::new(Shared::new(folder, marks, database));
        let (queue, jobs) = sync_channel(QUEUE_MAX);
        let for_writer = Arc::clone(&shared);
        let writer = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer::run(&for_writer, &jobs))
            .map_err(|source| StoreError::File {
                doing: "starting the writer of",
                path,
                source,
            })?;
        Ok(Self {
            shared,
            queue: Some(queue),
            writer: Some(writer),
        })
    }
}

impl Store for SqliteStore {
    fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        let (answer, answered) = sync_channel(1);
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue
            .send(Job { batch, answer })
            .map_err(|_| StoreError::Stopped)?;
        answered.recv().map_err(|_| StoreError::Stopped)?
    }

    fn rows(
        &self,
        partition: Option<[u8; 16]>,
        kind: Option<Kind>,
        each: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let mut keys = self
                .shared
                .with(|database| Ok(database.keys_after(after, (partition, kind), KEYS_AT_ONCE)))?;
            let Some((last, _)) = keys.last() else {
                return Ok(());
            };
            after = Some(*last);
            // Neighbours in the file are read together.
            keys.sort_unstable_by_key(|(_, place)| *place);
            for portion in keys.chunks(ROWS_AT_ONCE) {
                let rows = self.shared.with(|database| database.rows_at(portion))?;
                rows.into_iter().try_for_each(&mut *each)?;
            }
        }
    }

    fn row(&self, partition: [u8; 16], id: [u8; 16]) -> Result<Option<Row>, StoreError> {
        self.shared
            .with(|database| database.row_named(&(partition, id)))
    }

    fn count(&self, partition: [u8; 16], kind: Option<Kind>) -> Result<usize, StoreError> {
        self.shared
            .with(|database| Ok(database.count(partition, kind)))
    }

    fn audit(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.shared.with(|database| database.audit(from, limit))
    }

    fn head(&self) -> Result<Head, StoreError> {
        self.shared.with(|database| Ok(database.head()))
    }
}

impl Drop for SqliteStore {
    /// Lets the writer finish what is queued and closes the file.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing left to say.
            let _ = writer.join();
        }
    }
}

#[cfg(test)]
mod tests;
