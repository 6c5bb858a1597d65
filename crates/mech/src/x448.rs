//! X448 (RFC 7748, 5).

use x448::X448_BASEPOINT_BYTES;
use zeroize::Zeroizing;

use crate::{Error, random};

/// The length in bytes of keys and of what two parties agree on.
const LEN: usize = 56;

/// A private key.
pub(crate) struct X448Private(Zeroizing<[u8; LEN]>);

/// A public key.
pub(crate) struct X448Public([u8; LEN]);

impl X448Private {
    /// Generates a key.
    pub(crate) fn generate() -> Result<Self, Error> {
        let mut private = Zeroizing::new([0; LEN]);
        random(&mut private[..])?;
        Ok(Self(private))
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
    pub(crate) fn public(&self) -> X448Public {
        X448Public(x448::x448_unchecked(*self.0, X448_BASEPOINT_BYTES))
    }

    /// Computes what the two parties agree on; none where that is zero, which is no secret.
    pub(crate) fn agree(&self, other: &X448Public) -> Option<Zeroizing<Vec<u8>>> {
        let secret = Zeroizing::new(x448::x448(*self.0, other.0)?);
        let zero = secret.iter().fold(0, |all, byte| all | byte) == 0;
        (!zero).then(|| Zeroizing::new(secret.to_vec()))
    }
}

impl X448Public {
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
