//! The first frame each way on every connection: which versions of the protocol a peer speaks.

use crate::codec::{DecodeError, Reader, Writer};

/// The lowest protocol version this build speaks.
pub const OLDEST: u32 = 1;
/// The highest protocol version this build speaks.
pub const NEWEST: u32 = 2;
/// The first version in which an application attaches, and finds its sessions again ([`crate::attach`]).
pub const ATTACHES: u32 = 2;

/// What a peer says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The lowest version it speaks.
    pub oldest: u32,
    /// The highest version it speaks.
    pub newest: u32,
}

impl Hello {
    /// What this build says.
    pub const OURS: Self = Self {
        oldest: OLDEST,
        newest: NEWEST,
    };

    /// Writes the payload.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        writer.u32(self.oldest);
        writer.u32(self.newest);
    }

    /// Reads the payload. Bytes behind the known fields are a newer peer's and are passed over.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] where the known fields are cut.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            oldest: reader.u32("hello")?,
            newest: reader.u32("hello")?,
        })
    }

    /// Picks the highest version that both speak.
    #[must_use]
    pub fn agree(&self, other: &Self) -> Option<u32> {
        let version = self.newest.min(other.newest);
        (version >= self.oldest && version >= other.oldest).then_some(version)
    }
}
