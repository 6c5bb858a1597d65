//! Accounts, users, policies, credentials and request signatures.
//!
//! | module | what it is |
//! |---|---|
//! | [`authentication`] | who calls: from a request's signature or token to a caller with their policies |
//! | [`error`] | what is refused, and the catalogues of the interface's errors |
//! | [`operations`] | the interface: tokens, temporary keys, and administration |
//! | [`password`] | passwords, slowly hashed |
//! | [`sealing`] | secrets at rest |
//! | [`signature`] | verifies the signature of a request, pure |
//! | [`store`] | accounts and everything in them, in the database |

#![forbid(unsafe_code)]

pub mod authentication;
pub mod error;
pub mod operations;
pub mod password;
pub mod sealing;
pub mod signature;
pub mod store;

#[cfg(test)]
mod testing;

use kit::db::Migration;

/// The tables of this service.
pub const MIGRATIONS: &[Migration] = &[Migration {
    service: "iam",
    number: 1,
    sql: include_str!("../migrations/0001_iam.sql"),
}];
