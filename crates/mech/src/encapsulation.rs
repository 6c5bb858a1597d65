//! Encapsulating and decapsulating: a fresh secret, and what lets the holder of a private key come to it (PKCS#11 3.2, 5.18.8).

use std::sync::Arc;

use ck::{Algorithm, AttributeType, Mechanism, Params};
use zeroize::Zeroizing;

use crate::key::LONGEST_SECRET;
use crate::{Error, Key, decryptor, ecdh, encryptor, ml_kem, random, wrap};

/// A fresh secret and what it is encapsulated in.
pub struct Encapsulated {
    /// What the holder of the private key is sent.
    pub ciphertext: Vec<u8>,
    /// The secret.
    pub secret: Zeroizing<Vec<u8>>,
}

/// Encapsulates a secret of `value_len` bytes; without a length, as many as the mechanism has by itself.
///
/// # Errors
///
/// The mechanism does not encapsulate, the key or the parameter does not fit, or there is no secret of so many bytes.
pub fn encapsulate(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    value_len: Option<u64>,
) -> Result<Encapsulated, Error> {
    let wanted = wanted(value_len)?;
    match mechanism.algorithm {
        Algorithm::Ecdh => ecdh::encapsulate(params, key, wanted),
        Algorithm::MlKem => ml_kem::encapsulate(params, key, wanted),
        Algorithm::RsaOaep => transport(mechanism, params, key, wanted),
        _ => Err(Error::MechanismInvalid),
    }
}

/// Returns the length in bytes of what [`encapsulate`] would give as the ciphertext.
///
/// # Errors
///
/// The mechanism does not encapsulate, or the key or the parameter does not fit.
pub fn encapsulated_len(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
) -> Result<usize, Error> {
    match mechanism.algorithm {
        Algorithm::Ecdh => ecdh::ciphertext_len(params, key),
        Algorithm::MlKem => ml_kem::ciphertext_len(params, key),
        Algorithm::RsaOaep => {
            encryptor(mechanism, params, key)?;
            Ok(key.rsa_public()?.modulus_len())
        }
        _ => Err(Error::MechanismInvalid),
    }
}

/// Returns the secret of a ciphertext, `value_len` bytes of it where the mechanism gives any number.
///
/// # Errors
///
/// The mechanism does not decapsulate, the key or the parameter does not fit, the ciphertext is not one for this key, or there
/// is no secret of so many bytes. ML-KEM gives a secret of every ciphertext that has the right length.
pub fn decapsulate(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    ciphertext: &[u8],
    value_len: Option<u64>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let wanted = wanted(value_len)?;
    match mechanism.algorithm {
        Algorithm::Ecdh => ecdh::decapsulate(params, key, ciphertext, wanted),
        Algorithm::MlKem => ml_kem::decapsulate(params, key, ciphertext, wanted),
        Algorithm::RsaOaep => wrap::run(decryptor(mechanism, params, key)?, ciphertext),
        _ => Err(Error::MechanismInvalid),
    }
}

fn wanted(value_len: Option<u64>) -> Result<Option<usize>, Error> {
    value_len
        .map(|len| usize::try_from(len).map_err(|_| Error::KeySizeRange))
        .transpose()
}

/// Draws a secret and encrypts it.
fn transport(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    wanted: Option<usize>,
) -> Result<Encapsulated, Error> {
    let cipher = encryptor(mechanism, params, key)?;
    let len = wanted.ok_or(Error::TemplateIncomplete(AttributeType::VALUE_LEN))?;
    if !(1..=LONGEST_SECRET).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    let mut secret = Zeroizing::new(vec![0; len]);
    random(&mut secret)?;
    // The data is a key here.
    let sealed = wrap::run(cipher, &secret).map_err(|error| match error {
        Error::DataLenRange => Error::KeySizeRange,
        other => other,
    });
    let ciphertext = std::mem::take(&mut *sealed?);
    Ok(Encapsulated { ciphertext, secret })
}

/// Takes the first bytes of a secret.
pub(crate) fn truncate(
    mut secret: Zeroizing<Vec<u8>>,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let len = wanted.unwrap_or(secret.len());
    if !(1..=secret.len()).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    secret.truncate(len);
    Ok(secret)
}
