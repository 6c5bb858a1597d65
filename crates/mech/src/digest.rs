//! Hash functions as operations of their own.

use crate::Digester;
use ck::Digest;

use crate::ffi::DigestContext;

// Hashing takes memory that it has from the start and cannot fail once it has begun; should the library ever say so all
// the same, a wrong digest must not leave, and the caller's panic boundary answers.
const INFALLIBLE: &str = "hash functions do not fail once they have their memory";

/// A hash in the making.
pub(crate) struct Hash(pub(crate) DigestContext);

impl Digester for Hash {
    fn update(&mut self, part: &[u8]) {
        self.0.update(part).expect(INFALLIBLE);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finish().expect(INFALLIBLE)
    }

    fn output_len(&self) -> usize {
        self.0.digest().len()
    }

    fn duplicate(&self) -> Box<dyn Digester> {
        Box::new(Self(self.0.duplicate().expect(INFALLIBLE)))
    }
}

/// The SHA-1 hash of a message, for what the standard defines by it.
pub(crate) fn sha1(message: &[u8]) -> Option<Vec<u8>> {
    DigestContext::hash(Digest::Sha1, message).ok()
}
