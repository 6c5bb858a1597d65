//! The HSM's core: partitions, sessions, login, objects, attribute rules, policy and active operations.
//!
//! An [`Hsm`] is shared by all connections. Each initialised module instance is an [`Application`]; a [`Caller`] serves
//! its calls as the [`proto::Handler`]. Time and randomness come in through [`Env`], storage through [`store::Store`]:
//! the crate reads no clock, opens no file and starts no thread, so a whole HSM can be simulated in a test.
//!
//! Locks are taken in one order: a session's state; an object's change; a counter; the number of a partition's sessions; the
//! occupancy of a tenancy; the vault; the ledger; the objects. No lock that several sessions share is held while a key
//! is made or data is signed; while a PIN is hashed, only C_InitToken holds one.

#![forbid(unsafe_code)]

mod administration;
mod application;
mod attributes;
mod calls;
mod catalogue;
mod draft;
mod env;
mod error;
mod hsm;
mod identifier;
mod journal;
mod keeping;
mod ledger;
mod lock;
mod login;
mod object;
mod objects;
mod operation;
mod otp;
mod partition;
mod pin;
pub mod policy;
mod record;
mod replies;
mod rules;
mod saved;
mod session;
mod standing;
mod templates;
mod tenancy;
#[cfg(test)]
mod tests;
mod ticket;
mod users;
mod vault;

pub use administration::{PartitionInfo, TokenSetup};
pub use application::{Access, Application, Reach};
pub use attributes::{Attributes, BodyError};
pub use calls::Caller;
pub use env::{Env, PinCost, PinHashFailed, argon2id};
pub use error::Error;
pub use hsm::{Hsm, Keys};
pub use identifier::PartitionId;
pub use policy::Profile;
pub use replies::{CallId, Prior};
pub use ticket::Ticket;
pub use users::NewUser;
