//! Ed448 (RFC 8032, 5.2): pure and prehashed, each with a context that may be empty.

use ed448_goldilocks::signature::hazmat::PrehashSigner as _;
use ed448_goldilocks::signature::{Signer as _, Verifier as _};
use ed448_goldilocks::{Signature, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::Error;
use crate::ffi::ShakeContext;

/// The length of a signature in bytes.
pub(crate) const SIGNATURE_LEN: usize = 114;
/// The length in bytes of what the prehashed scheme signs: that much output of SHAKE256.
const DIGEST_LEN: usize = 64;

const FAILED: Error = Error::Provider("Ed448");

/// A private key: the seed, and what grows out of it.
pub(crate) struct Ed448Private {
    seed: Zeroizing<[u8; Self::SEED_LEN]>,
    key: SigningKey,
}

/// A public key.
pub(crate) struct Ed448Public {
    bytes: [u8; Self::LEN],
    /// None where the bytes are no point of the curve: such a key verifies nothing.
    key: Option<VerifyingKey>,
}

impl Ed448Private {
    /// The length of a seed in bytes.
    pub(crate) const SEED_LEN: usize = 57;

    /// Makes the key that grows out of a seed, unless its length is wrong.
    pub(crate) fn from_seed(seed: &[u8]) -> Option<Self> {
        let key = SigningKey::try_from(seed).ok()?;
        let seed = Zeroizing::new(seed.try_into().ok()?);
        Some(Self { seed, key })
    }

    /// Returns the seed.
    pub(crate) fn seed(&self) -> &[u8] {
        &self.seed[..]
    }

    /// Returns the public key.
    pub(crate) fn public(&self) -> Ed448Public {
        let key = self.key.verifying_key();
        Ed448Public {
            bytes: key.to_bytes(),
            key: Some(key),
        }
    }

    /// Signs a message or, where the scheme has it so, its digest.
    pub(crate) fn sign(
        &self,
        message: &[u8],
        prehash: bool,
        context: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let key = self.key.with_context(context);
        let signature = if prehash {
            key.sign_prehash(&digest(message)?)
        } else {
            key.try_sign(message)
        };
        Ok(signature.map_err(|_| FAILED)?.to_bytes().to_vec())
    }
}

impl Ed448Public {
    /// The length in bytes.
    pub(crate) const LEN: usize = 57;

    /// Takes the encoding of a point, unless its length is wrong. One that is not on the curve verifies nothing.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; Self::LEN] = bytes.try_into().ok()?;
        let key = has_spare_bits_clear(&bytes)
            .then(|| VerifyingKey::from_bytes(&bytes).ok())
            .flatten();
        Some(Self { bytes, key })
    }

    /// Returns the encoding of the point.
    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Tells whether a signature is one of this message.
    pub(crate) fn verify(
        &self,
        message: &[u8],
        prehash: bool,
        context: &[u8],
        signature: &[u8],
    ) -> Result<bool, Error> {
        let (Some(key), Ok(signature)) = (&self.key, Signature::try_from(signature)) else {
            return Ok(false);
        };
        if !has_spare_bits_clear(signature.r_bytes()) {
            return Ok(false);
        }
        if prehash {
            let context = Some(context);
            let digest = Digested(digest(message)?);
            return Ok(key.verify_prehashed(&signature, context, digest).is_ok());
        }
        Ok(key
            .with_context(context)
            .verify(message, &signature)
            .is_ok())
    }
}

/// Whether the bits of a point's encoding that mean nothing are zero (RFC 8032, 5.2.2); the library does not look at them.
fn has_spare_bits_clear(point: &[u8; Ed448Public::LEN]) -> bool {
    point[Ed448Public::LEN - 1] & 0x7f == 0
}

/// A digest that was computed already.
struct Digested([u8; DIGEST_LEN]);

impl ed448_goldilocks::PreHash for Digested {
    fn fill_bytes(&mut self, out: &mut [u8]) {
        out.copy_from_slice(&self.0);
    }
}

fn digest(message: &[u8]) -> Result<[u8; DIGEST_LEN], Error> {
    let mut digest = [0; DIGEST_LEN];
    let mut hash = ShakeContext::shake256()?;
    hash.update(message)?;
    hash.finish(&mut digest)?;
    Ok(digest)
}
