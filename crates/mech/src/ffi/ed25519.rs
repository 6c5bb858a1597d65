//! Ed25519 (RFC 8032): pure, with a context, and prehashed.

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::{Failed, check};

/// The length of a signature in bytes.
const SIGNATURE_LEN: usize = 64;
/// The length of a SHA-512 digest, which the prehashed scheme signs.
const DIGEST_LEN: usize = 64;

/// Which of the three schemes of RFC 8032 (5.1) is meant.
#[derive(Clone, Copy)]
pub(crate) enum Scheme<'a> {
    /// Ed25519: the message itself.
    Pure,
    /// Ed25519ctx: the message itself, in a context of 1 to 255 bytes.
    Context(&'a [u8]),
    /// Ed25519ph: the SHA-512 digest of the message, in a context of up to 255 bytes.
    Prehashed(&'a [u8]),
}

/// A private key: the seed and the public key, side by side.
pub(crate) struct Ed25519Private(Zeroizing<[u8; 64]>);

/// A public key.
pub(crate) struct Ed25519Public([u8; Self::LEN]);

impl Ed25519Private {
    /// The length of a seed in bytes.
    pub(crate) const SEED_LEN: usize = 32;

    /// Makes the key that grows out of a seed, unless its length is wrong.
    pub(crate) fn from_seed(seed: &[u8]) -> Option<Self> {
        if seed.len() != Self::SEED_LEN {
            return None;
        }
        let (mut public, mut private) = ([0; Ed25519Public::LEN], Zeroizing::new([0; 64]));
        // SAFETY: all three have the lengths that the function takes: 32, 64 and 32 bytes.
        unsafe {
            c::ED25519_keypair_from_seed(public.as_mut_ptr(), private.as_mut_ptr(), seed.as_ptr());
        }
        Some(Self(private))
    }

    /// Returns the seed.
    pub(crate) fn seed(&self) -> &[u8] {
        &self.0[..Self::SEED_LEN]
    }

    /// Returns the public key.
    pub(crate) fn public(&self) -> Ed25519Public {
        let mut bytes = [0; Ed25519Public::LEN];
        bytes.copy_from_slice(&self.0[Self::SEED_LEN..]);
        Ed25519Public(bytes)
    }

    /// Signs a message or, where the scheme has it so, its digest.
    pub(crate) fn sign(&self, message: &[u8], scheme: Scheme<'_>) -> Result<Vec<u8>, Failed> {
        const FUNCTION: &str = "ED25519_sign";
        let mut signature = vec![0; SIGNATURE_LEN];
        let (out, key) = (signature.as_mut_ptr(), self.0.as_ptr());
        // SAFETY: signature and key have the lengths that the functions take, message and context are valid for theirs,
        // and a digest is as long as it must be.
        let result = unsafe {
            match scheme {
                Scheme::Pure => c::ED25519_sign(out, message.as_ptr(), message.len(), key),
                Scheme::Context(context) => c::ED25519ctx_sign(
                    out,
                    message.as_ptr(),
                    message.len(),
                    key,
                    context.as_ptr(),
                    context.len(),
                ),
                Scheme::Prehashed(_) if message.len() != DIGEST_LEN => 0,
                Scheme::Prehashed(context) => c::ED25519ph_sign_digest(
                    out,
                    message.as_ptr(),
                    key,
                    context.as_ptr(),
                    context.len(),
                ),
            }
        };
        check(result, FUNCTION).map(|()| signature)
    }
}

impl Ed25519Public {
    /// The length in bytes.
    pub(crate) const LEN: usize = 32;

    /// Takes the encoding of a point, unless its length is wrong. One that is not on the curve verifies nothing.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the encoding of the point.
    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Tells whether a signature is one of this message or digest.
    pub(crate) fn verify(&self, message: &[u8], scheme: Scheme<'_>, signature: &[u8]) -> bool {
        if signature.len() != SIGNATURE_LEN {
            return false;
        }
        let (signature, key) = (signature.as_ptr(), self.0.as_ptr());
        // SAFETY: signature and key have the lengths that the functions take, message and context are valid for theirs,
        // and a digest is as long as it must be.
        let result = unsafe {
            match scheme {
                Scheme::Pure => c::ED25519_verify(message.as_ptr(), message.len(), signature, key),
                Scheme::Context(context) => c::ED25519ctx_verify(
                    message.as_ptr(),
                    message.len(),
                    signature,
                    key,
                    context.as_ptr(),
                    context.len(),
                ),
                Scheme::Prehashed(_) if message.len() != DIGEST_LEN => 0,
                Scheme::Prehashed(context) => c::ED25519ph_verify_digest(
                    message.as_ptr(),
                    signature,
                    key,
                    context.as_ptr(),
                    context.len(),
                ),
            }
        };
        check(result, "ED25519_verify").is_ok()
    }
}
