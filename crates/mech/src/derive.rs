//! Deriving one secret from another, or from a key agreement.

use ck::{Algorithm, Mechanism, Params};
use zeroize::Zeroizing;

use crate::block_cipher::BlockCipher;
use crate::block_kdf::{self, Mode};
use crate::{
    Error, Key, blake2b, dh, digest_derivation, ecdh, encryption_derivation, hkdf, rearrange, tls,
};

/// Derives a secret of `value_len` bytes; without a length, as many as the mechanism has by itself.
///
/// # Errors
///
/// The mechanism does not derive, the key or the parameter does not fit, another's point is not on the curve, or so many
/// bytes cannot be derived.
pub fn derive(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Key,
    value_len: Option<u64>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    derive_beside(mechanism, params, key, &[], value_len)
}

/// The same, with the other keys that the parameters name, in their order.
///
/// # Errors
///
/// Those of [`derive`], or the parameters name a key that is not given.
pub fn derive_beside(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Key,
    others: &[&Key],
    value_len: Option<u64>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let wanted = value_len
        .map(|len| usize::try_from(len).map_err(|_| Error::KeySizeRange))
        .transpose()?;
    let other = others.first().copied();
    let function = match mechanism.algorithm {
        Algorithm::CounterKdf => return block_kdf::derive(Mode::Counter, params, key, wanted),
        Algorithm::FeedbackKdf => return block_kdf::derive(Mode::Feedback, params, key, wanted),
        Algorithm::DoublePipelineKdf => {
            return block_kdf::derive(Mode::DoublePipeline, params, key, wanted);
        }
        Algorithm::TlsMaster { carried, extended } => {
            let kind = tls::Kind { carried, extended };
            return tls::derive_master(kind, params, key, wanted);
        }
        Algorithm::TlsKeys { vectors } => return tls::derive_keys(vectors, params, key, wanted),
        Algorithm::TlsExport => tls::derive_exported,
        Algorithm::Blake2bDerivation { bits } => {
            return blake2b::derive(bits, params, key, wanted);
        }
        Algorithm::DigestDerivation(digest) => {
            return digest_derivation::derive(digest, params, key, wanted);
        }
        Algorithm::ShakeDerivation { bits } => {
            return digest_derivation::derive_by_shake(bits, params, key, wanted);
        }
        Algorithm::AesEncryptData { chained } => {
            return encryption_derivation::derive(BlockCipher::Aes, chained, params, key, wanted);
        }
        Algorithm::Des3EncryptData { chained } => {
            let cipher = BlockCipher::TripleDes;
            return encryption_derivation::derive(cipher, chained, params, key, wanted);
        }
        Algorithm::Dh => dh::derive,
        Algorithm::Ecdh => ecdh::derive,
        Algorithm::Hkdf | Algorithm::HkdfData => {
            return hkdf::derive(params, key, other, wanted);
        }
        Algorithm::Rearrange(kind) => {
            return rearrange::derive(kind, params, key, other, wanted);
        }
        _ => return Err(Error::MechanismInvalid),
    };
    function(params, key, wanted)
}

/// Derives several secrets of these lengths at once.
///
/// # Errors
///
/// The mechanism derives one secret only; otherwise those of [`derive`].
pub fn derive_several(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Key,
    lens: &[u64],
) -> Result<Vec<Zeroizing<Vec<u8>>>, Error> {
    let mode = match mechanism.algorithm {
        Algorithm::CounterKdf => Mode::Counter,
        Algorithm::DoublePipelineKdf => Mode::DoublePipeline,
        Algorithm::FeedbackKdf => Mode::Feedback,
        _ => return Err(Error::MechanismParamInvalid),
    };
    let lens = lens.iter().map(|len| usize::try_from(*len));
    let lens: Vec<_> = lens
        .collect::<Result<_, _>>()
        .map_err(|_| Error::KeySizeRange)?;
    block_kdf::derive_several(mode, params, key, &lens)
}
