//! What the HSM keeps, and how: sealed records, the key hierarchy over them, the slots of the root key, and stores.
//!
//! From the top: a [`slot`] opens the [`hierarchy::RootKey`]; from it come the key that vouches for
//! the store's state, the PIN pepper and the key that wraps partition keys; a partition key seals each [`record`],
//! alone or together with the user key that a PIN opens. A [`Store`] keeps the sealed rows and the audit log, commits
//! both in one transaction, and refuses to open when either was changed behind its back.
#![forbid(unsafe_code)]

mod error;
mod hex;
pub mod hierarchy;
mod kind;
mod marks;
mod memory;
pub mod record;
mod row;
mod sealing;
mod secret;
pub mod slot;
mod sqlite;
mod state;
mod store;
mod wrap;

pub use error::{SealError, StoreError};
pub use kind::Kind;
pub use memory::{Fault, MemoryStore};
pub use row::Row;
pub use sqlite::{LockedStore, SqliteStore};
pub use store::{Batch, CHANGES_MAX, Change, Committed, Head, Store};

#[cfg(test)]
mod vectors;
