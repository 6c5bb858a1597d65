//! From a row of the mechanism table to its implementation.
//!
//! A row without its place here does not pass the tests: they ask for known answers of every operation that a row names.

use std::sync::Arc;

use ck::{Algorithm, Mechanism, Params};

use crate::aes_ccm::Ccm;
use crate::aes_ctr::Counter;
use crate::aes_cts::Stealing;
use crate::aes_feedback::Feedback;
use crate::aes_gcm::{GcmDecryption, GcmEncryption};
use crate::aes_gmac::Gmac;
use crate::aes_key_wrap::{KeyWrap, Padding};
use crate::aes_xts::Xts;
use crate::block_cipher::BlockCipher;
use crate::blocks::Blocks;
use crate::cbc_mac::CbcMac;
use crate::cbc_pad::{PadDecryption, PadEncryption};
use crate::chacha20::ChaCha20;
use crate::chacha20_poly1305::ChaCha20Poly1305;
use crate::cmac::Cmac;
use crate::digest::Hash;
use crate::ffi::{DigestContext, Direction};
use crate::hmac::Hmac;
use crate::hotp::Hotp;
use crate::ml_dsa::Form;
use crate::poly1305::OneTimeMac;
use crate::rsa_cipher::{RsaDecryption, RsaEncryption};
use crate::rsa_oaep::Oaep;
use crate::rsa_pkcs1::{self, Pkcs1};
use crate::rsa_raw::{self, Raw};
use crate::rsa_recovery::{self, Recovery};
use crate::tls::Finished;
use crate::{
    Cipher, Digester, Error, Key, Signer, Verifier, blake2b, dsa, ecdsa, eddsa, ml_dsa, param,
    rsa_pss, slh_dsa, sm,
};

/// Starts a signature or MAC.
///
/// # Errors
///
/// The mechanism does not sign, or its parameter or the key does not fit.
pub fn signer(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
) -> Result<Box<dyn Signer>, Error> {
    match mechanism.algorithm {
        Algorithm::AesCmac { general } => {
            Ok(Box::new(Cmac::new(BlockCipher::Aes, general, params, key)?))
        }
        Algorithm::AesGmac => Ok(Box::new(Gmac::new(params, key)?)),
        Algorithm::AesMac { general } => Ok(Box::new(CbcMac::new(
            BlockCipher::Aes,
            general,
            params,
            key,
        )?)),
        Algorithm::AesXcbcMac { short } => Ok(Box::new(CbcMac::xcbc(short, params, key)?)),
        Algorithm::Blake2bHmac { bits, general } => blake2b::signer(bits, general, params, key),
        Algorithm::Des3Cmac { general } => Ok(Box::new(Cmac::new(
            BlockCipher::TripleDes,
            general,
            params,
            key,
        )?)),
        Algorithm::Des3Mac { general } => Ok(Box::new(CbcMac::new(
            BlockCipher::TripleDes,
            general,
            params,
            key,
        )?)),
        Algorithm::Dsa(digest) => {
            param::none(params)?;
            dsa::signer(key, digest)
        }
        Algorithm::Ecdsa(digest) => {
            param::none(params)?;
            ecdsa::signer(key, digest)
        }
        Algorithm::Eddsa => eddsa::signer(key, params),
        Algorithm::Hmac { digest, general } => {
            Ok(Box::new(Hmac::new(digest, general, params, key)?))
        }
        Algorithm::Hotp(digest) => Ok(Box::new(Hotp::new(digest, params, key)?)),
        Algorithm::Poly1305 => Ok(Box::new(OneTimeMac::new(params, key)?)),
        Algorithm::RsaPkcs1(digest) => {
            param::none(params)?;
            rsa_pkcs1::signer(key, digest)
        }
        Algorithm::SlhDsa => slh_dsa::signer(key, Form::Pure, params),
        Algorithm::HashSlhDsa(prehash) => slh_dsa::signer(key, Form::of(prehash), params),
        Algorithm::MlDsa => ml_dsa::signer(key, Form::Pure, params),
        Algorithm::HashMlDsa(prehash) => ml_dsa::signer(key, Form::of(prehash), params),
        Algorithm::RsaPss(digest) => rsa_pss::signer(key, digest, params),
        Algorithm::RsaRaw => {
            param::none(params)?;
            rsa_raw::signer(key)
        }
        Algorithm::Sm(sm) => sm::signer(sm, params, key),
        Algorithm::TlsMac => Ok(Box::new(Finished::new(params, key)?)),
        _ => Err(Error::MechanismInvalid),
    }
}

/// Starts the verification of a signature or MAC.
///
/// # Errors
///
/// The mechanism does not verify, or its parameter or the key does not fit.
pub fn verifier(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
) -> Result<Box<dyn Verifier>, Error> {
    match mechanism.algorithm {
        Algorithm::AesCmac { general } => {
            Ok(Box::new(Cmac::new(BlockCipher::Aes, general, params, key)?))
        }
        Algorithm::AesGmac => Ok(Box::new(Gmac::new(params, key)?)),
        Algorithm::AesMac { general } => Ok(Box::new(CbcMac::new(
            BlockCipher::Aes,
            general,
            params,
            key,
        )?)),
        Algorithm::AesXcbcMac { short } => Ok(Box::new(CbcMac::xcbc(short, params, key)?)),
        Algorithm::Blake2bHmac { bits, general } => blake2b::verifier(bits, general, params, key),
        Algorithm::Des3Cmac { general } => Ok(Box::new(Cmac::new(
            BlockCipher::TripleDes,
            general,
            params,
            key,
        )?)),
        Algorithm::Des3Mac { general } => Ok(Box::new(CbcMac::new(
            BlockCipher::TripleDes,
            general,
            params,
            key,
        )?)),
        Algorithm::Dsa(digest) => {
            param::none(params)?;
            dsa::verifier(key, digest)
        }
        Algorithm::Ecdsa(digest) => {
            param::none(params)?;
            ecdsa::verifier(key, digest)
        }
        Algorithm::Eddsa => eddsa::verifier(key, params),
        Algorithm::Hmac { digest, general } => {
            Ok(Box::new(Hmac::new(digest, general, params, key)?))
        }
        Algorithm::Hotp(digest) => Ok(Box::new(Hotp::new(digest, params, key)?)),
        Algorithm::Poly1305 => Ok(Box::new(OneTimeMac::new(params, key)?)),
        Algorithm::RsaPkcs1(digest) => {
            param::none(params)?;
            rsa_pkcs1::verifier(key, digest)
        }
        Algorithm::SlhDsa => slh_dsa::verifier(key, Form::Pure, params),
        Algorithm::HashSlhDsa(prehash) => slh_dsa::verifier(key, Form::of(prehash), params),
        Algorithm::MlDsa => ml_dsa::verifier(key, Form::Pure, params),
        Algorithm::HashMlDsa(prehash) => ml_dsa::verifier(key, Form::of(prehash), params),
        Algorithm::RsaPss(digest) => rsa_pss::verifier(key, digest, params),
        Algorithm::RsaRaw => {
            param::none(params)?;
            rsa_raw::verifier(key)
        }
        Algorithm::Sm(sm) => sm::verifier(sm, params, key),
        Algorithm::TlsMac => Ok(Box::new(Finished::new(params, key)?)),
        _ => Err(Error::MechanismInvalid),
    }
}

/// Starts the recovery of the data from a signature that [`signer`] made with the same mechanism: the signature goes in,
/// the data comes out.
///
/// # Errors
///
/// The mechanism's signatures do not give their data back, or its parameter or the key does not fit.
pub fn recoverer(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
) -> Result<Box<dyn Cipher>, Error> {
    let form = match mechanism.algorithm {
        Algorithm::RsaPkcs1(None) => rsa_recovery::Form::Pkcs1,
        Algorithm::RsaRaw => rsa_recovery::Form::Raw,
        _ => return Err(Error::MechanismInvalid),
    };
    param::none(params)?;
    Ok(Box::new(Recovery::new(key, form)?))
}

/// Starts an encryption.
///
/// # Errors
///
/// The mechanism does not encrypt, or its parameter or the key does not fit.
pub fn encryptor(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
) -> Result<Box<dyn Cipher>, Error> {
    Ok(match mechanism.algorithm {
        Algorithm::AesGcm => Box::new(GcmEncryption::new(key, params)?),
        Algorithm::AesCbc { padded: true } => Box::new(PadEncryption::new(
            BlockCipher::Aes,
            key,
            param::block(params)?,
        )?),
        Algorithm::Des3Cbc { padded: true } => {
            let iv = param::vector(params, BlockCipher::TripleDes.block_len())?;
            Box::new(PadEncryption::new(BlockCipher::TripleDes, key, iv)?)
        }
        Algorithm::RsaOaep => Box::new(RsaEncryption::new(key, Oaep::new(params)?)?),
        Algorithm::RsaPkcs1(None) => {
            param::none(params)?;
            Box::new(RsaEncryption::new(key, Pkcs1(None))?)
        }
        Algorithm::RsaRaw => {
            param::none(params)?;
            Box::new(RsaEncryption::new(key, Raw)?)
        }
        Algorithm::Sm(sm) => return sm::cipher(sm, params, key, Direction::Encrypt),
        _ => return symmetric(mechanism, params, key, Direction::Encrypt),
    })
}

/// Starts a decryption.
///
/// # Errors
///
/// The mechanism does not decrypt, or its parameter or the key does not fit.
pub fn decryptor(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
) -> Result<Box<dyn Cipher>, Error> {
    Ok(match mechanism.algorithm {
        Algorithm::AesGcm => Box::new(GcmDecryption::new(key, params)?),
        Algorithm::AesCbc { padded: true } => Box::new(PadDecryption::new(
            BlockCipher::Aes,
            key,
            param::block(params)?,
        )?),
        Algorithm::Des3Cbc { padded: true } => {
            let iv = param::vector(params, BlockCipher::TripleDes.block_len())?;
            Box::new(PadDecryption::new(BlockCipher::TripleDes, key, iv)?)
        }
        Algorithm::RsaOaep => Box::new(RsaDecryption::new(key, Oaep::new(params)?)?),
        Algorithm::RsaPkcs1(None) => {
            param::none(params)?;
            Box::new(RsaDecryption::new(key, Pkcs1(None))?)
        }
        Algorithm::RsaRaw => {
            param::none(params)?;
            Box::new(RsaDecryption::new(key, Raw)?)
        }
        Algorithm::Sm(sm) => return sm::cipher(sm, params, key, Direction::Decrypt),
        _ => return symmetric(mechanism, params, key, Direction::Decrypt),
    })
}

/// Starts a cipher that works alike in both directions.
fn symmetric(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    direction: Direction,
) -> Result<Box<dyn Cipher>, Error> {
    Ok(match mechanism.algorithm {
        Algorithm::AesCbc { padded: false } => {
            let iv = param::block(params)?;
            Box::new(Blocks::new(BlockCipher::Aes, key, Some(iv), direction)?)
        }
        Algorithm::AesCcm => Box::new(Ccm::start(key, params, direction)?),
        Algorithm::AesCtr => Box::new(Counter::new(key, params)?),
        Algorithm::AesCts => Box::new(Stealing::start(key, params, direction)?),
        Algorithm::AesKeyWrap { padded } => {
            let padding = if padded { Padding::Own } else { Padding::None };
            Box::new(KeyWrap::new(key, padding, params, direction)?)
        }
        Algorithm::AesKeyWrapPkcs7 => {
            Box::new(KeyWrap::new(key, Padding::Pkcs7, params, direction)?)
        }
        Algorithm::AesEcb => {
            param::none(params)?;
            Box::new(Blocks::new(BlockCipher::Aes, key, None, direction)?)
        }
        Algorithm::ChaCha20 => Box::new(ChaCha20::new(key, params)?),
        Algorithm::ChaCha20Poly1305 => Box::new(ChaCha20Poly1305::start(key, params, direction)?),
        Algorithm::AesCfb { bits } => Box::new(Feedback::cfb(bits, key, params, direction)?),
        Algorithm::AesOfb => Box::new(Feedback::ofb(key, params, direction)?),
        Algorithm::Des3Cbc { padded: false } => {
            let iv = param::vector(params, BlockCipher::TripleDes.block_len())?;
            Box::new(Blocks::new(
                BlockCipher::TripleDes,
                key,
                Some(iv),
                direction,
            )?)
        }
        Algorithm::Des3Ecb => {
            param::none(params)?;
            Box::new(Blocks::new(BlockCipher::TripleDes, key, None, direction)?)
        }
        Algorithm::AesXts => Box::new(Xts::start(key, params, direction)?),
        _ => return Err(Error::MechanismInvalid),
    })
}

/// Starts a hash.
///
/// # Errors
///
/// The mechanism does not hash, or was given a parameter.
pub fn digester(mechanism: &Mechanism, params: &Params<'_>) -> Result<Box<dyn Digester>, Error> {
    match mechanism.algorithm {
        Algorithm::Digest(digest) => {
            param::none(params)?;
            Ok(Box::new(Hash(DigestContext::new(digest)?)))
        }
        Algorithm::Blake2b { bits } => blake2b::digester(bits, params),
        Algorithm::Sm(sm) => sm::digester(sm, params),
        _ => Err(Error::MechanismInvalid),
    }
}
