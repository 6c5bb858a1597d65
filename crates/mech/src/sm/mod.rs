//! The algorithms of the Chinese standards, from a row of the mechanism table to their code.
//!
//! The C library has none of them, so they come from RustCrypto. SM4 there looks its S-box up in a table: whoever shares the
//! processor's cache may learn of the key. The curve of SM2 is computed on in constant time.

mod sm2;
mod sm2_cipher;
mod sm2_signature;
mod sm3;
mod sm4;
mod sm4_ctr;
mod sm4_gcm;

use std::sync::Arc;

use ::sm4::Sm4;
use ck::{KeyType, Params, Sm};
use cmac::Cmac;
use hmac::Hmac;

pub(crate) use self::sm2::{Sm2Private, Sm2Public};
use self::sm2_cipher::{Opening, Sealing};
use self::sm2_signature::Signature;
use self::sm3::Sm3;
use self::sm4::Blocks;
pub(crate) use self::sm4::check_value;
use self::sm4_ctr::Counter;
use self::sm4_gcm::Gcm;
use crate::cbc_pad::{PadDecryption, PadEncryption};
use crate::ffi::Direction;
use crate::mac::Mac;
use crate::{Cipher, Digester, Error, Key, Signer, Verifier, param};

/// Starts a hash.
pub(crate) fn digester(sm: Sm, params: &Params<'_>) -> Result<Box<dyn Digester>, Error> {
    match sm {
        Sm::Sm3 => {
            param::none(params)?;
            Ok(Box::new(Sm3::new()))
        }
        _ => Err(Error::MechanismInvalid),
    }
}

/// Starts a signature or MAC.
pub(crate) fn signer(
    sm: Sm,
    params: &Params<'_>,
    key: &Arc<Key>,
) -> Result<Box<dyn Signer>, Error> {
    match sm {
        Sm::Sm3Hmac { general } => Ok(Box::new(hmac(general, params, key)?)),
        Sm::Sm4Cmac { general } => Ok(Box::new(cmac(general, params, key)?)),
        Sm::Sm2 | Sm::Sm2Sm3 => {
            let public = key.sm2_private()?.public();
            Ok(Box::new(Signature::new(sm, params, key, public)?))
        }
        _ => Err(Error::MechanismInvalid),
    }
}

/// Starts the verification of a signature or MAC.
pub(crate) fn verifier(
    sm: Sm,
    params: &Params<'_>,
    key: &Arc<Key>,
) -> Result<Box<dyn Verifier>, Error> {
    match sm {
        Sm::Sm3Hmac { general } => Ok(Box::new(hmac(general, params, key)?)),
        Sm::Sm4Cmac { general } => Ok(Box::new(cmac(general, params, key)?)),
        Sm::Sm2 | Sm::Sm2Sm3 => {
            let public = key.sm2_public()?;
            Ok(Box::new(Signature::new(sm, params, key, public)?))
        }
        _ => Err(Error::MechanismInvalid),
    }
}

/// Starts an encryption or a decryption.
pub(crate) fn cipher(
    sm: Sm,
    params: &Params<'_>,
    key: &Arc<Key>,
    direction: Direction,
) -> Result<Box<dyn Cipher>, Error> {
    Ok(match sm {
        Sm::Sm4Cbc { padded } => {
            let blocks = Blocks::new(key, Some(param::block(params)?), direction)?;
            match (padded, direction) {
                (false, _) => Box::new(blocks),
                (true, Direction::Decrypt) => Box::new(PadDecryption::of(blocks)),
                (true, Direction::Encrypt) => Box::new(PadEncryption(blocks)),
            }
        }
        Sm::Sm4Ctr => Box::new(Counter::new(key, params)?),
        Sm::Sm4Ecb => {
            param::none(params)?;
            Box::new(Blocks::new(key, None, direction)?)
        }
        Sm::Sm4Gcm => Box::new(Gcm::start(key, params, direction)?),
        Sm::Sm2Encrypt => {
            param::none(params)?;
            match direction {
                Direction::Decrypt => Box::new(Opening::start(key)?),
                Direction::Encrypt => Box::new(Sealing::start(key)?),
            }
        }
        _ => return Err(Error::MechanismInvalid),
    })
}

fn hmac(general: bool, params: &Params<'_>, key: &Key) -> Result<Mac<Hmac<::sm3::Sm3>>, Error> {
    Mac::new(general, params, || key.mac(KeyType::DEW_SM3_HMAC))
}

fn cmac(general: bool, params: &Params<'_>, key: &Key) -> Result<Mac<Cmac<Sm4>>, Error> {
    Mac::new(general, params, || key.sm4())
}
