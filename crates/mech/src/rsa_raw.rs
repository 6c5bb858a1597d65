//! RSA without padding (PKCS#11 3.1, Mechanisms 6.1.12): what is signed or encrypted is a number below the modulus.
//!
//! Padding, and with it all security, is the caller's. Shorter input has zeros in front; output is as long as the modulus.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::accumulator::Accumulator;
use crate::ffi::Rsa;
use crate::key::RsaPrivateKey;
use crate::rsa_cipher::EncryptionScheme;
use crate::signature::{SignatureOperation, SignatureScheme};
use crate::{Error, Key, Signer, Verifier};

/// The scheme, which has no parameter.
pub(crate) struct Raw;

/// Starts a signature.
pub(crate) fn signer(key: &Arc<Key>) -> Result<Box<dyn Signer>, Error> {
    let len = key.rsa_private()?.rsa().modulus_len();
    Ok(Box::new(operation(key, len)))
}

/// Starts a verification.
pub(crate) fn verifier(key: &Arc<Key>) -> Result<Box<dyn Verifier>, Error> {
    let len = key.rsa_public()?.modulus_len();
    Ok(Box::new(operation(key, len)))
}

fn operation(key: &Arc<Key>, len: usize) -> SignatureOperation<Raw> {
    SignatureOperation {
        key: Arc::clone(key),
        message: Accumulator::kept(len, Error::DataLenRange),
        scheme: Raw,
        len,
    }
}

/// Raises a block as long as the modulus to the private exponent.
///
/// The library refuses 0, 1 and n - 1, on which the exponentiation does nothing: they stand for themselves here.
pub(crate) fn private(key: &RsaPrivateKey, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (modulus, _) = key.rsa().public_parts()?;
    let modulus = modulus.to_padded(block.len())?;
    if block >= &modulus[..] {
        return Err(Error::EncryptedDataInvalid);
    }
    let (last, leading) = block.split_last().ok_or(Error::EncryptedDataLenRange)?;
    let small = leading.iter().all(|byte| *byte == 0) && *last <= 1;
    let negative_one = leading == &modulus[..leading.len()] && *last == modulus[leading.len()] - 1;
    if small || negative_one {
        return Ok(Zeroizing::new(block.to_vec()));
    }
    Ok(key.rsa().private_transform(block)?)
}

/// Puts zeros in front of a message that is no longer than the modulus.
fn block(message: &[u8], len: usize) -> Zeroizing<Vec<u8>> {
    let mut block = Zeroizing::new(vec![0; len]);
    block[len - message.len()..].copy_from_slice(message);
    block
}

impl SignatureScheme for Raw {
    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>, Error> {
        let key = key.rsa_private()?;
        private(key, &block(message, key.rsa().modulus_len()))
            .map(|signature| signature.to_vec())
            .map_err(of_data)
    }

    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let key = key.rsa_public()?;
        let number = key
            .public_transform(signature)
            .map_err(|_| Error::SignatureInvalid)?;
        if number == **block(message, key.modulus_len()) {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}

/// Says of what is to be signed what [`private`] says of a ciphertext.
const fn of_data(error: Error) -> Error {
    match error {
        Error::EncryptedDataInvalid => Error::DataInvalid,
        other => other,
    }
}

impl EncryptionScheme for Raw {
    fn longest_message(&self, modulus_len: usize) -> Option<usize> {
        Some(modulus_len)
    }

    fn encrypt(&self, key: &Rsa, message: &[u8]) -> Result<Vec<u8>, Error> {
        key.public_transform(&block(message, key.modulus_len()))
            .map_err(|_| Error::DataInvalid)
    }

    fn decrypt(&self, key: &RsaPrivateKey, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        private(key, block)
    }
}
