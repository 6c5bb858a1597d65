//! RSA PSS signatures (RFC 8017, 8.1).

use std::sync::Arc;

use ck::{Digest, Params};

use crate::accumulator::Accumulator;
use crate::ffi::{PssScheme, Rsa};
use crate::signature::{SignatureOperation, SignatureScheme};
use crate::{Error, Key, Signer, Verifier, param};

/// Starts a signature.
pub(crate) fn signer(
    key: &Arc<Key>,
    digest: Option<Digest>,
    params: &Params<'_>,
) -> Result<Box<dyn Signer>, Error> {
    let rsa = key.rsa_private()?.rsa();
    operation(key, rsa, digest, params).map(|operation| Box::new(operation) as Box<dyn Signer>)
}

/// Starts a verification.
pub(crate) fn verifier(
    key: &Arc<Key>,
    digest: Option<Digest>,
    params: &Params<'_>,
) -> Result<Box<dyn Verifier>, Error> {
    let rsa = key.rsa_public()?;
    operation(key, rsa, digest, params).map(|operation| Box::new(operation) as Box<dyn Verifier>)
}

fn operation(
    key: &Arc<Key>,
    rsa: &Rsa,
    digest: Option<Digest>,
    params: &Params<'_>,
) -> Result<SignatureOperation<PssScheme>, Error> {
    let scheme = scheme(rsa, digest, params)?;
    let message = match digest {
        Some(digest) => Accumulator::hashed(digest)?,
        None => Accumulator::kept(scheme.digest.len(), Error::DataLenRange),
    };
    Ok(SignatureOperation {
        key: Arc::clone(key),
        message,
        scheme,
        len: rsa.modulus_len(),
    })
}

/// Reads the parameter; a mechanism that hashes takes no other hash function than its own.
fn scheme(rsa: &Rsa, own: Option<Digest>, params: &Params<'_>) -> Result<PssScheme, Error> {
    let Params::Pss {
        digest,
        mgf,
        salt_len,
    } = *params
    else {
        return Err(Error::MechanismParamInvalid);
    };
    let (digest, mgf) = (param::digest(digest)?, param::mask(mgf)?);
    // The encoded message is one bit shorter than the modulus, and has two bytes besides digest and salt.
    let encoded_len = (rsa.modulus_bits() - 1).div_ceil(8);
    let longest_salt = encoded_len - digest.len() - 2;
    let salt_len = usize::try_from(salt_len)
        .ok()
        .filter(|len| *len <= longest_salt)
        .ok_or(Error::MechanismParamInvalid)?;
    if own.is_some_and(|own| own != digest) {
        return Err(Error::MechanismParamInvalid);
    }
    Ok(PssScheme {
        digest,
        mgf,
        salt_len,
    })
}

impl SignatureScheme for PssScheme {
    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>, Error> {
        if message.len() != self.digest.len() {
            return Err(Error::DataLenRange);
        }
        Ok(key.rsa_private()?.rsa().sign_pss(message, *self)?)
    }

    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        if message.len() != self.digest.len() {
            return Err(Error::DataLenRange);
        }
        if key.rsa_public()?.verify_pss(message, *self, signature) {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}
