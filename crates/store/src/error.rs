//! What can go wrong, each with where and what to do.

use std::io;
use std::path::PathBuf;

use crate::hex::Hex;
use crate::kind::Kind;

/// Why something sealed does not open, or cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A record of this kind wants other keys than were given.
    #[error("a record of kind «{kind}» is sealed {}; give exactly those keys", keys_of(*.kind))]
    Keys {
        /// The kind.
        kind: Kind,
    },
    /// A file that should hold a slot's key cannot be used.
    #[error("key file {path}: {why}")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// Sealed bytes do not have the layout they should.
    #[error("{what}: {why}; restore it from a backup")]
    Malformed {
        /// What the bytes should be.
        what: &'static str,
        /// What is wrong with them.
        why: &'static str,
    },
    /// A record is whole but belongs elsewhere: rows were swapped or a column was edited.
    #[error(
        "record of {} stands in the place of {}; restore the store from a backup",
        found,
        expected
    )]
    Misplaced {
        /// Where the record says it belongs.
        found: String,
        /// Where it was found.
        expected: String,
    },
    /// A passphrase slot asks for more work than this version accepts.
    #[error(
        "root slot asks for Argon2id with {memory_kib} KiB, {passes} passes, {lanes} lanes, beyond the limits"
    )]
    Cost {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes over the memory.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// The random generator failed.
    #[error("the random generator failed, so nothing can be sealed; restart the HSM")]
    Random,
    /// The key is not the right one, or the sealed bytes were changed: by design the two look alike.
    #[error("{what} does not open: the key, PIN or passphrase is wrong, or its bytes were changed")]
    Refused {
        /// What does not open.
        what: String,
    },
    /// A body, label or secret is too long.
    #[error("{what} has {length} bytes; the limit is {limit}")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The most there may be.
        limit: usize,
    },
}

fn keys_of(kind: Kind) -> &'static str {
    if kind.needs_user_key() {
        "under the partition key and the user key"
    } else {
        "under the partition key alone"
    }
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the store.
    #[error("store {path} is held by another process; stop it first")]
    Busy {
        /// The store's folder.
        path: PathBuf,
    },
    /// Someone else changed the row in between, or it was never read.
    #[error(
        "row {} of partition {} is at version {found}, so version {offered} cannot follow; read it again",
        Hex(.id), Hex(.partition)
    )]
    Conflict {
        /// The row's partition.
        partition: [u8; 16],
        /// The row's id.
        id: [u8; 16],
        /// The version it has; 0 when there is no such row.
        found: u64,
        /// The version offered.
        offered: u64,
    },
    /// A store stands where a new one was to be made.
    #[error("a store already exists in {path}; open it, or choose another folder")]
    Exists {
        /// The store's folder.
        path: PathBuf,
    },
    /// The operating system refused a file operation.
    #[error("{doing} {path} failed; check the disk and the folder's permissions, then restart")]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A change could not be written; whether it is on disk is not known until the store has verified itself.
    #[error(
        "{doing} failed: {reason}; the change may or may not be on disk, the store verifies itself before the next"
    )]
    Interrupted {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        reason: String,
    },
    /// A row to delete does not exist.
    #[error("there is no row {} in partition {}", Hex(.id), Hex(.partition))]
    Missing {
        /// The row's partition.
        partition: [u8; 16],
        /// The row's id.
        id: [u8; 16],
    },
    /// There is no store in the folder.
    #[error("there is no store in {path}; create one, or correct the path")]
    NoStore {
        /// The store's folder.
        path: PathBuf,
    },
    /// A file or folder of the store can be reached by others.
    #[error("{path} {why}; make it private to the HSM's user (chmod {mode:o}, chown)")]
    Permissions {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
        /// The mode it should have.
        mode: u32,
    },
    /// A read failed; nothing was changed.
    #[error("{doing} failed: {reason}")]
    Read {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        reason: String,
    },
    /// The store's layout is of another version of Dew.
    #[error(
        "store {path} has layout {found}, this version reads {expected}; use the matching version"
    )]
    Schema {
        /// The store's folder.
        path: PathBuf,
        /// The layout found.
        found: i64,
        /// The layout this version reads.
        expected: i64,
    },
    /// Something could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store's thread has ended.
    #[error("the store is closed; restart the HSM")]
    Stopped,
    /// The store was changed by something other than the HSM.
    #[error("store table «{table}», {row}: {why}; restore the store from a backup")]
    Tampered {
        /// The table.
        table: &'static str,
        /// The row, or what stands for it.
        row: String,
        /// What does not hold.
        why: String,
    },
    /// A batch or a row is larger than the store accepts.
    #[error("{what}: {found} is over the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        found: usize,
        /// The most there may be.
        limit: usize,
    },
    /// One batch changes the same row twice.
    #[error("one batch changes row {} of partition {} twice; make it one change", Hex(.id), Hex(.partition))]
    Twice {
        /// The row's partition.
        partition: [u8; 16],
        /// The row's id.
        id: [u8; 16],
    },
    /// The store failed earlier and does not open again.
    #[error("the store failed and does not open again: {reason}")]
    Unusable {
        /// Why it does not open.
        reason: String,
    },
    /// The root key is not the one this store was made under.
    #[error("store {path} was made under another root key; open the slot that belongs to it")]
    WrongKey {
        /// The store's folder.
        path: PathBuf,
    },
}
