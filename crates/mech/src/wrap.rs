//! Wrapping and unwrapping: a key's value or encoding through one of the ciphers that are for keys.

use std::sync::Arc;

use ck::flags::mechanism as ckf;
use ck::{Mechanism, Params};
use zeroize::Zeroizing;

use crate::{Cipher, Error, Key, decryptor, encryptor};

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
    run(decryptor(mechanism, params, key)?, wrapped)
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
