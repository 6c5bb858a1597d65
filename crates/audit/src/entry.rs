//! An entry: an event at its place in the chain.

use aws_lc_rs::digest::{self, SHA256};

use crate::codec::{Reader, write_event};
use crate::event::Event;

/// The length of an entry's hash: SHA-256.
pub const HASH_LEN: usize = 32;

/// The only layout there is so far.
const FORMAT: u8 = 1;

/// What every hash of this log starts with, so that no other hash of ours can be taken for one of it. The zero byte
/// in front is the leaf prefix of RFC 6962 section 2.1.
const LEAF: &[u8] = b"\x00dew/audit/entry/v1";

/// An event at its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; the first entry is 1.
    pub seq: u64,
    /// The hash of the entry before it; zeros for the first.
    pub prev: [u8; HASH_LEN],
    /// What happened.
    pub event: Event,
    /// The hash over everything above.
    pub hash: [u8; HASH_LEN],
}

impl Entry {
    /// Puts an event after the entry whose hash is `prev`.
    pub(crate) fn new(seq: u64, prev: [u8; HASH_LEN], event: Event) -> Self {
        let mut entry = Self {
            seq,
            prev,
            event,
            hash: [0; HASH_LEN],
        };
        entry.hash = leaf_hash(&entry.body());
        entry
    }

    /// Writes the entry's canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.body();
        bytes.extend_from_slice(&self.hash);
        bytes
    }

    /// Reads an entry and checks its own hash. Whether it follows the one before it is for [`crate::verify`] to say.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        let (body, hash) = bytes
            .split_last_chunk::<HASH_LEN>()
            .ok_or(EntryError::Short)?;
        if leaf_hash(body) != *hash {
            return Err(EntryError::Hash);
        }
        let mut reader = Reader::new(body);
        if reader.byte()? != FORMAT {
            return Err(EntryError::Unknown { what: "format" });
        }
        let entry = Self {
            seq: reader.number()?,
            prev: reader.array()?,
            event: reader.event()?,
            hash: *hash,
        };
        reader.finish()?;
        Ok(entry)
    }

    fn body(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes.extend_from_slice(&self.prev);
        write_event(&mut bytes, &self.event);
        bytes
    }
}

fn leaf_hash(body: &[u8]) -> [u8; HASH_LEN] {
    let mut context = digest::Context::new(&SHA256);
    context.update(LEAF);
    context.update(body);
    let mut hash = [0; HASH_LEN];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// Why bytes are not an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The entry does not hash to its own hash.
    #[error("its bytes do not match its hash")]
    Hash,
    /// The bytes end inside a field.
    #[error("it ends too early")]
    Short,
    /// A signature is longer than [`crate::SIGNATURE_MAX`].
    #[error("its signature is too long")]
    Signature,
    /// A text is too long, not UTF-8, or has control characters.
    #[error("one of its texts is not a bounded line of UTF-8")]
    Text,
    /// Bytes follow the last field.
    #[error("bytes follow its last field")]
    Trailing,
    /// A field holds a number that this version does not know.
    #[error("this version does not know its {what}")]
    Unknown {
        /// The field.
        what: &'static str,
    },
}
