//! What every store does.

use audit::Event;

use crate::error::StoreError;
use crate::kind::Kind;
use crate::row::Row;

/// The most changes one batch may make: more than any one call of PKCS#11 needs; imports send several batches.
pub const CHANGES_MAX: usize = 4_096;

/// A change to one row.
#[derive(Clone, Debug)]
pub enum Change {
    /// Writes a row whose version is one more than the stored one, or 1 for a new row.
    Put(Row),
    /// Removes a row.
    Delete {
        /// Its partition.
        partition: [u8; 16],
        /// Its id.
        id: [u8; 16],
    },
}

impl Change {
    /// The partition and id of the row it changes.
    pub(crate) fn key(&self) -> ([u8; 16], [u8; 16]) {
        match self {
            Self::Put(row) => (row.partition, row.id),
            Self::Delete { partition, id } => (*partition, *id),
        }
    }
}

/// Changes that happen together or not at all, and the event that tells of them.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The changes; none for an event that changes nothing, such as a refused login.
    pub changes: Vec<Change>,
    /// What the audit log will say.
    pub event: Event,
}

/// A batch is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The number of the store's state with this batch in it, which is also the number of its audit entry.
    pub seq: u64,
}

/// The store's state in a few numbers: what an anchor outside remembers, to know an older copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many times an older store was knowingly accepted; the first epoch is 1.
    pub epoch: u64,
    /// How many batches were committed.
    pub seq: u64,
    /// How many rows there are.
    pub rows: u64,
    /// The hash of the last audit entry.
    pub audit_head: [u8; audit::HASH_LEN],
}

/// A store of sealed rows and of the audit log.
///
/// Calls block until done; an acknowledged batch is durable. All methods may be called from several threads.
pub trait Store: Send + Sync {
    /// Commits a batch and its audit entry in one transaction, and returns when both are on disk.
    ///
    /// Refused batches leave nothing behind. After [`StoreError::Interrupted`] whether the batch is on disk is not
    /// known; the store reopens and verifies itself before the next commit, and the caller should read again.
    fn commit(&self, batch: Batch) -> Result<Committed, StoreError>;

    /// Hands over the rows of one partition, or all rows, of one kind or of all, in no order, each checked.
    ///
    /// Rows are read in portions; a batch committed meanwhile may show in later portions.
    fn rows(
        &self,
        partition: Option<[u8; 16]>,
        kind: Option<Kind>,
        each: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Reads one row, checked; none where there is no such row.
    fn row(&self, partition: [u8; 16], id: [u8; 16]) -> Result<Option<Row>, StoreError>;

    /// Counts the rows of one partition, of one kind or of all.
    fn count(&self, partition: [u8; 16], kind: Option<Kind>) -> Result<usize, StoreError>;

    /// Reads up to `limit` entries of the audit log from number `from` on; the first entry is 1.
    fn audit(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Returns the store's state in numbers.
    fn head(&self) -> Result<Head, StoreError>;
}
