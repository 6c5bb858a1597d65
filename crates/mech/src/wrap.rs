//! Wrapping and unwrapping: a key's value or encoding through one of the ciphers that are for keys.

use std::sync::Arc;

use ck::flags::mechanism as ckf;
use ck::{Algorithm, Mechanism, Params};
use zeroize::Zeroizing;

use crate::{Cipher, Error, Key, decryptor, encryptor, transport_wrap};

/// Wraps the value of a key, or its encoding.
///
/// # Errors
///
/// The mechanism does not wrap, or its parameter, the wrapping key or the length of the value does not fit.
pub fn wrap(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    value: &[u8],
) -> Result<Vec<u8>, Error> {
    check(mechanism, ckf::WRAP)?;
    let algorithm = mechanism.algorithm;
    if is_transport(algorithm) {
        return transport_wrap::wrap(algorithm, params, key, value);
    }
    let mut padded = Zeroizing::new(Vec::new());
    let value = match zero_padded(algorithm) {
        Some(block) => {
            padded.reserve_exact(value.len().next_multiple_of(block));
            padded.extend_from_slice(value);
            padded.resize(value.len().next_multiple_of(block), 0);
            &padded
        }
        None => value,
    };
    run(encryptor(mechanism, params, key)?, value).map(|mut wrapped| std::mem::take(&mut *wrapped))
}

/// Undoes [`wrap`].
///
/// # Errors
///
/// The mechanism does not unwrap, its parameter or the unwrapping key does not fit, or the wrapped key is not one of
/// this key: those have one cause.
pub fn unwrap(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    wrapped: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    check(mechanism, ckf::UNWRAP)?;
    if is_transport(mechanism.algorithm) {
        return transport_wrap::unwrap(mechanism.algorithm, params, key, wrapped);
    }
    run(decryptor(mechanism, params, key)?, wrapped)
}

/// Returns the length of the blocks that an algorithm fills with zeros where it wraps (PKCS#11 3.1, Mechanisms 6.10.4): how long the
/// key was is not in the blob.
#[must_use]
pub const fn zero_padded(algorithm: Algorithm) -> Option<usize> {
    match algorithm {
        Algorithm::AesCbc { padded: false } => Some(16),
        Algorithm::Des3Cbc { padded: false } => Some(8),
        _ => None,
    }
}

const fn is_transport(algorithm: Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::RsaAesKeyWrap | Algorithm::EcdhAesKeyWrap
    )
}

fn check(mechanism: &Mechanism, operation: u64) -> Result<(), Error> {
    if mechanism.operations.contains(operation) {
        Ok(())
    } else {
        Err(Error::MechanismInvalid)
    }
}

/// Runs a cipher over its whole input, which is a key.
pub(crate) fn run(mut cipher: Box<dyn Cipher>, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut output = Zeroizing::new(Vec::with_capacity(cipher.whole_len(input.len())));
    cipher.update(input, &mut output)?;
    cipher.finish(&mut output)?;
    Ok(output)
}
