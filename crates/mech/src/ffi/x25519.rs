//! X25519 (RFC 7748).

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::{Failed, check};

/// The length in bytes of keys and of what two parties agree on.
const LEN: usize = 32;

/// A private key.
pub(crate) struct X25519Private(Zeroizing<[u8; LEN]>);

/// A public key.
pub(crate) struct X25519Public([u8; LEN]);

impl X25519Private {
    /// Generates a key.
    pub(crate) fn generate() -> Self {
        let (mut public, mut private) = ([0; LEN], Zeroizing::new([0; LEN]));
        // SAFETY: both have the length that the function writes: 32 bytes.
        unsafe { c::X25519_keypair(public.as_mut_ptr(), private.as_mut_ptr()) };
        Self(private)
    }

    /// Takes the bytes of a key, unless there are too few or too many.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Zeroizing::new).map(Self)
    }

    /// Returns the bytes of the key.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0[..]
    }

    /// Returns the public key.
    pub(crate) fn public(&self) -> X25519Public {
        let mut public = [0; LEN];
        // SAFETY: both have the length that the function takes: 32 bytes.
        unsafe { c::X25519_public_from_private(public.as_mut_ptr(), self.0.as_ptr()) };
        X25519Public(public)
    }

    /// Computes what the two parties agree on; fails where that is zero, which is no secret.
    pub(crate) fn agree(&self, other: &X25519Public) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let mut secret = Zeroizing::new(vec![0; LEN]);
        // SAFETY: all three have the length that the function takes: 32 bytes.
        let result = unsafe { c::X25519(secret.as_mut_ptr(), self.0.as_ptr(), other.0.as_ptr()) };
        check(result, "X25519").map(|()| secret)
    }
}

impl X25519Public {
    /// The length in bytes.
    pub(crate) const LEN: usize = LEN;

    /// Takes the bytes of a key, unless there are too few or too many. Any are some point, on the curve or its twist.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the bytes of the key.
    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}
