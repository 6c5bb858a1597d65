//! Identifiers of partitions and objects.

use std::fmt;

use store::hierarchy::TicketKey;

use crate::Env;

/// Names a partition for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionId(pub [u8; 16]);

impl PartitionId {
    /// The system's own partition, whose records are not objects.
    pub(crate) const SYSTEM: Self = Self([0; 16]);
}

impl fmt::Display for PartitionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&uuid_text(self.0))
    }
}

/// Names an object for good: its row in the store, its `CKA_UNIQUE_ID`, and what the audit log calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ObjectId(pub(crate) [u8; 16]);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&uuid_text(self.0))
    }
}

/// Draws a random identifier (RFC 9562, version 4).
pub(crate) fn draw(env: &dyn Env) -> [u8; 16] {
    let mut bytes = [0; 16];
    env.random(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    bytes
}

/// Names an object after the call that makes it (RFC 9562, version 8).
pub(crate) fn of_call(
    key: &TicketKey,
    application: &[u8; 16],
    call: u64,
    place: usize,
) -> ObjectId {
    let mut bytes = key.name(application, call, u8::try_from(place).unwrap_or(u8::MAX));
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    ObjectId(bytes)
}

fn uuid_text(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for nibble in [byte >> 4, byte & 0x0f] {
            text.push(char::from_digit(nibble.into(), 16).unwrap_or('0'));
        }
    }
    text
}
