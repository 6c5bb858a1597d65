//! Accounts and everything in them, in the database.
//!
//! Everything here works inside a transaction of the caller's, so that a change and its audit trace are kept together.
//! Each change of what callers are made of raises the epoch ([`epoch`]).

pub mod access_key;
pub mod account;
pub mod attachment;
pub mod epoch;
pub mod failure;
pub mod group;
pub mod project;
pub mod role;
pub mod temporary;
pub mod token;
pub mod user;

use aws_lc_rs::digest;

/// Digests a token: who reads the database cannot use what stands there.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes())
        .as_ref()
        .to_vec()
}
