//! SLH-DSA of the library (FIPS 205), which has a module for each parameter set.

use std::num::NonZeroU32;

use fips205::{CryptoRng, RngCore, RngError};
use zeroize::Zeroizing;

use crate::{Error, random};

const FAILED: Error = Error::Provider("SLH-DSA");

/// What is signed, with its context: a message, or a digest and the DER of what names its function.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    Message(&'a [u8]),
    Digest { digest: &'a [u8], oid: &'a [u8] },
}

/// Makes the parameter sets and, for each, functions of its own: signatures lie on the stack, and one frame for all sets would
/// have room for each of them.
macro_rules! parameter_sets {
    ($($set:ident = $name:ident $module:ident;)*) => {
        /// A parameter set (FIPS 205, 11).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum SlhSet {
            $($set,)*
        }

        $(mod $name {
            use fips205::$module::{PK_LEN, PrivateKey, PublicKey, SIG_LEN, SK_LEN, try_keygen_with_rng};
            use fips205::traits::{SerDes, Signer as _, Verifier as _};
            use zeroize::Zeroizing;

            use super::{Content, FAILED, Random};
            use crate::Error;

            pub(super) const LENGTHS: (usize, usize, usize) = (PK_LEN, SK_LEN, SIG_LEN);

            #[inline(never)]
            pub(super) fn generate() -> Result<Zeroizing<Vec<u8>>, Error> {
                let (_, key) = try_keygen_with_rng(&mut Random).map_err(|_| FAILED)?;
                let bytes = Zeroizing::new(key.into_bytes());
                Ok(Zeroizing::new(bytes.to_vec()))
            }

            #[inline(never)]
            pub(super) fn sign(
                key: &[u8],
                content: Content<'_>,
                context: &[u8],
                hedged: bool,
            ) -> Result<Vec<u8>, Error> {
                let bytes = <[u8; SK_LEN]>::try_from(key).map(Zeroizing::new);
                let key = PrivateKey::try_from_bytes(*bytes.map_err(|_| FAILED)?);
                let key = key.map_err(|_| FAILED)?;
                let signature = match content {
                    Content::Message(message) => {
                        key.try_sign_with_rng(&mut Random, message, context, hedged)
                    }
                    Content::Digest { digest, oid } => {
                        key.try_hash_sign_with_rng(&mut Random, digest, context, oid, hedged)
                    }
                };
                signature.map(|signature| signature.to_vec()).map_err(|_| FAILED)
            }

            #[inline(never)]
            pub(super) fn verify(
                key: &[u8],
                content: Content<'_>,
                context: &[u8],
                signature: &[u8],
            ) -> Result<bool, Error> {
                let bytes = <[u8; PK_LEN]>::try_from(key).map_err(|_| FAILED)?;
                let key = PublicKey::try_from_bytes(bytes).map_err(|_| FAILED)?;
                let Ok(signature) = <&[u8; SIG_LEN]>::try_from(signature) else {
                    return Ok(false);
                };
                Ok(match content {
                    Content::Message(message) => key.verify(message, signature, context),
                    Content::Digest { digest, oid } => {
                        key.hash_verify(digest, signature, context, oid)
                    }
                })
            }
        })*

        impl SlhSet {
            /// The lengths in bytes of a public key, a private key and a signature.
            const fn lengths(self) -> (usize, usize, usize) {
                match self {
                    $(Self::$set => $name::LENGTHS,)*
                }
            }

            /// Generates a private key.
            pub(crate) fn generate(self) -> Result<Zeroizing<Vec<u8>>, Error> {
                match self {
                    $(Self::$set => $name::generate(),)*
                }
            }
        }

        /// Signs with a private key of this set.
        pub(crate) fn sign(
            set: SlhSet,
            key: &[u8],
            content: Content<'_>,
            context: &[u8],
            hedged: bool,
        ) -> Result<Vec<u8>, Error> {
            match set {
                $(SlhSet::$set => $name::sign(key, content, context, hedged),)*
            }
        }

        /// Tells whether a signature is one by the private half of this public key.
        pub(crate) fn verify(
            set: SlhSet,
            key: &[u8],
            content: Content<'_>,
            context: &[u8],
            signature: &[u8],
        ) -> Result<bool, Error> {
            match set {
                $(SlhSet::$set => $name::verify(key, content, context, signature),)*
            }
        }
    };
}

parameter_sets! {
    Sha2s128 = sha2_128s slh_dsa_sha2_128s;
    Shake128s = shake_128s slh_dsa_shake_128s;
    Sha2f128 = sha2_128f slh_dsa_sha2_128f;
    Shake128f = shake_128f slh_dsa_shake_128f;
    Sha2s192 = sha2_192s slh_dsa_sha2_192s;
    Shake192s = shake_192s slh_dsa_shake_192s;
    Sha2f192 = sha2_192f slh_dsa_sha2_192f;
    Shake192f = shake_192f slh_dsa_shake_192f;
    Sha2s256 = sha2_256s slh_dsa_sha2_256s;
    Shake256s = shake_256s slh_dsa_shake_256s;
    Sha2f256 = sha2_256f slh_dsa_sha2_256f;
    Shake256f = shake_256f slh_dsa_shake_256f;
}

impl SlhSet {
    /// Returns the length of a public key in bytes.
    pub(crate) const fn public_len(self) -> usize {
        self.lengths().0
    }

    /// Returns the length of a private key in bytes.
    pub(crate) const fn private_len(self) -> usize {
        self.lengths().1
    }

    /// Returns the length of a signature in bytes.
    pub(crate) const fn signature_len(self) -> usize {
        self.lengths().2
    }
}

/// The generator of this crate, with the library's face.
struct Random;

impl RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// The library asks by [`RngCore::try_fill_bytes`] alone.
    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.try_fill_bytes(out)
            .expect("without entropy the process does not start");
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), RngError> {
        random(out).map_err(|_| RngError::from(NonZeroU32::MIN))
    }
}

impl CryptoRng for Random {}
