//! The key service: chapter 1 of the guide, behind the operations of its REST contract.
//!
//! A request reaches a function of `operations` with its form checked. The function looks for the key and the
//! permission on it (`access`), asks the key's kind and state, works with the HSM through `vault`, and writes what
//! changes together with its audit trace in one transaction.
//!
//! | module | what it is |
//! |---|---|
//! | `access` | finding a key, and whether the caller may do this with it |
//! | `catalogue`, `choices`, `fields`, `spec`, `state` | the contract as tables |
//! | `header` | ciphertexts: what stands in front, what is authenticated |
//! | `key`, `version`, `moments` | rows of the database |
//! | `operations` | one file per group of operations, and the table of all |
//! | `due` | what happens by itself: rotation, deletion, expiry, the sweep |
//! | `vault` | from a key's row to its material in the HSM |

#![forbid(unsafe_code)]

mod access;
mod catalogue;
mod choices;
mod due;
mod fields;
mod header;
mod key;
mod moments;
mod operations;
mod spec;
mod state;
mod vault;
mod version;

pub use catalogue::CATALOGUE;
pub use due::{Due, SYSTEM_TRACES, Work};
pub use header::key_of;
pub use moments::{Moments, moments};
pub use operations::defaults::{Owner, ensure_default};
pub use operations::{operations, service};
pub use vault::{Settings, Store, Vault};

use kit::db::Migration;

/// The tables of KMS.
pub const MIGRATIONS: &[Migration] = &[Migration {
    service: "kms",
    number: 1,
    sql: include_str!("../migrations/0001_kms.sql"),
}];

/// What the operations work on.
pub struct Kms {
    /// The HSMs.
    pub vault: Vault,
    /// What the configuration says.
    pub settings: Settings,
}
