//! ECDSA (FIPS 186-5, 6; PKCS#11 3.1, Mechanisms 6.3.12 and 6.3.13).

use std::sync::Arc;

use ck::Digest;

use crate::accumulator::Accumulator;
use crate::ffi::EcKey;
use crate::signature::{SignatureOperation, SignatureScheme};
use crate::{Error, Key, Signer, Verifier};

/// The longest input of the mechanism that does not hash: as long as the largest order. What is longer is no digest,
/// and signing its first bytes only would be a trap.
const LONGEST_DIGEST: usize = 66;

struct Ecdsa;

/// Starts a signature.
pub(crate) fn signer(key: &Arc<Key>, digest: Option<Digest>) -> Result<Box<dyn Signer>, Error> {
    let operation = operation(key, key.ec_private()?, digest)?;
    Ok(Box::new(operation))
}

/// Starts a verification.
pub(crate) fn verifier(key: &Arc<Key>, digest: Option<Digest>) -> Result<Box<dyn Verifier>, Error> {
    let operation = operation(key, key.ec_public()?, digest)?;
    Ok(Box::new(operation))
}

fn operation(
    key: &Arc<Key>,
    parsed: &EcKey,
    digest: Option<Digest>,
) -> Result<SignatureOperation<Ecdsa>, Error> {
    let message = match digest {
        Some(digest) => Accumulator::hashed(digest)?,
        None => Accumulator::kept(LONGEST_DIGEST, Error::DataLenRange),
    };
    Ok(SignatureOperation {
        key: Arc::clone(key),
        message,
        scheme: Ecdsa,
        len: 2 * parsed.curve().scalar_len(),
    })
}

impl SignatureScheme for Ecdsa {
    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>, Error> {
        if message.is_empty() {
            return Err(Error::DataLenRange);
        }
        Ok(key.ec_private()?.sign(message)?)
    }

    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        if message.is_empty() {
            return Err(Error::DataLenRange);
        }
        if key.ec_public()?.verify(message, signature)? {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}
