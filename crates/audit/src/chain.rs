//! The chain: the writer's end of it, and the verifier.

use crate::entry::{Entry, EntryError, HASH_LEN};
use crate::event::Event;

/// The end of a chain: how many entries there are and the hash of the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// The number of the last entry; 0 when there is none.
    pub seq: u64,
    /// The hash of the last entry; zeros when there is none.
    pub head: [u8; HASH_LEN],
}

impl Chain {
    /// Adds an event to the chain and returns the entry's bytes, to be kept.
    pub fn append(&mut self, event: &Event) -> Vec<u8> {
        let entry = Entry::new(self.seq + 1, self.head, event.clone());
        self.advance(&entry);
        entry.encode()
    }

    /// Moves the chain's end over an entry that is already written, if it follows.
    pub fn follow(&mut self, bytes: &[u8]) -> Result<Entry, Why> {
        let entry = Entry::decode(bytes)?;
        if entry.seq != self.seq + 1 {
            return Err(Why::Number {
                found: entry.seq,
                expected: self.seq + 1,
            });
        }
        if entry.prev != self.head {
            return Err(Why::Link);
        }
        self.advance(&entry);
        Ok(entry)
    }

    fn advance(&mut self, entry: &Entry) {
        self.seq = entry.seq;
        self.head = entry.hash;
    }
}

/// Verifies a log from its first entry and, when its end is known from elsewhere, that nothing is missing there.
pub fn verify<I>(entries: I, expected: Option<Chain>) -> Result<Chain, Broken>
where
    I: IntoIterator,
    I::Item: AsRef<[u8]>,
{
    verify_from(Chain::default(), entries, expected)
}

/// Verifies the part of a log that follows a verified end.
pub fn verify_from<I>(start: Chain, entries: I, expected: Option<Chain>) -> Result<Chain, Broken>
where
    I: IntoIterator,
    I::Item: AsRef<[u8]>,
{
    let mut chain = start;
    for bytes in entries {
        let seq = chain.seq + 1;
        if expected.is_some_and(|end| seq > end.seq) {
            return Err(Broken {
                seq,
                why: Why::Extra,
            });
        }
        chain
            .follow(bytes.as_ref())
            .map_err(|why| Broken { seq, why })?;
    }
    match expected {
        Some(end) if end.seq > chain.seq => Err(Broken {
            seq: chain.seq + 1,
            why: Why::Missing,
        }),
        Some(end) if end != chain => Err(Broken {
            seq: chain.seq,
            why: Why::Head,
        }),
        _ => Ok(chain),
    }
}

/// Names the first entry at which a log does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("audit entry {seq} does not verify: {why}")]
pub struct Broken {
    /// The number that the entry should have; the first is 1.
    pub seq: u64,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with an entry's place in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The entry itself is not whole.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// It comes after the known end of the log.
    #[error("the log should have ended before it")]
    Extra,
    /// It is the last one, and its hash is not the one the log is known to end with.
    #[error("it is not the entry the log is known to end with")]
    Head,
    /// It does not carry the hash of the entry before it.
    #[error("it does not follow the entry before it")]
    Link,
    /// The log ends before it.
    #[error("it is missing: the log was cut")]
    Missing,
    /// Another entry stands in its place.
    #[error("entry {found} stands where entry {expected} should")]
    Number {
        /// The number found.
        found: u64,
        /// The number due.
        expected: u64,
    },
}
