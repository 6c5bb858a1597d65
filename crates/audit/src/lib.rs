//! The audit log: what an event says, how it is written down, and how the chain of entries is verified.
//!
//! Pure: no IO, no clock, no randomness. Who keeps the entries (the store, a witness, an auditor's file) decides
//! where the bytes go; this crate decides what they are and whether they still hang together.
//!
//! Each entry carries the hash of the one before it and its own, so an entry that was changed, removed, moved or
//! cut off is found and named by [`verify`]. Nothing secret can be written: an event holds numbers, identifiers and
//! [`Text`], never byte strings of a caller's choosing.
#![forbid(unsafe_code)]

mod chain;
mod codec;
mod entry;
mod event;
mod json;

pub use chain::{Broken, Chain, Why, verify, verify_from};
pub use entry::{Entry, EntryError, HASH_LEN};
pub use event::{
    Actor, Event, Outcome, SIGNATURE_MAX, Signature, SignatureTooLong, TEXT_MAX, Text,
};

#[cfg(test)]
mod tests;
