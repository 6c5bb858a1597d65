//! The message of an operation on a whole message: hashed as it comes, or kept if it is short.

use ck::Digest;
use zeroize::Zeroizing;

use crate::Error;
use crate::ffi::DigestContext;

/// Takes the parts of a message.
pub(crate) enum Accumulator {
    /// Hashes them.
    Hashed(DigestContext),
    /// Keeps them, up to a limit.
    Kept {
        /// What came so far; where it may be secret, its capacity is the limit, so that it never moves.
        bytes: Zeroizing<Vec<u8>>,
        /// The longest that it may become.
        limit: usize,
        /// What to answer if it becomes longer.
        too_long: Error,
    },
}

impl Accumulator {
    /// Hashes the message.
    pub(crate) fn hashed(digest: Digest) -> Result<Self, Error> {
        Ok(Self::Hashed(DigestContext::new(digest)?))
    }

    /// Keeps a message of at most `limit` bytes.
    pub(crate) fn kept(limit: usize, too_long: Error) -> Self {
        Self::Kept {
            bytes: Zeroizing::new(Vec::with_capacity(limit)),
            limit,
            too_long,
        }
    }

    /// Keeps a message that is usually far below its limit, and public.
    pub(crate) fn growing(limit: usize, too_long: Error) -> Self {
        Self::Kept {
            bytes: Zeroizing::new(Vec::new()),
            limit,
            too_long,
        }
    }

    /// Takes the next part.
    pub(crate) fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        match self {
            Self::Hashed(context) => Ok(context.update(part)?),
            Self::Kept {
                bytes,
                limit,
                too_long,
            } => {
                if part.len() > *limit - bytes.len() {
                    return Err(*too_long);
                }
                bytes.extend_from_slice(part);
                Ok(())
            }
        }
    }

    /// Returns how many bytes are kept.
    pub(crate) fn kept_len(&self) -> usize {
        match self {
            Self::Hashed(_) => 0,
            Self::Kept { bytes, .. } => bytes.len(),
        }
    }

    /// Returns the digest of the message, or the message.
    pub(crate) fn finish(self) -> Result<Zeroizing<Vec<u8>>, Error> {
        match self {
            Self::Hashed(context) => Ok(Zeroizing::new(context.finish()?)),
            Self::Kept { bytes, .. } => Ok(bytes),
        }
    }
}
