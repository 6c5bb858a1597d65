//! EdDSA (RFC 8032; PKCS#11 3.1, Mechanisms 6.3.15).

use std::sync::Arc;

use ck::{Digest, Params};

use crate::accumulator::Accumulator;
use crate::ffi::Ed25519Scheme;
use crate::signature::{SignatureOperation, SignatureScheme};
use crate::{Error, Key, Signer, Verifier};

/// The longest message that is not hashed first: it is read twice, and therefore kept.
const LONGEST: usize = 1 << 20;
/// The longest context (RFC 8032, 5.1).
const LONGEST_CONTEXT: usize = 255;
/// The length of a signature in bytes.
const SIGNATURE_LEN: usize = 64;

/// The scheme with its parameter.
struct Eddsa {
    prehash: bool,
    context: Vec<u8>,
}

/// Starts a signature.
pub(crate) fn signer(key: &Arc<Key>, params: &Params<'_>) -> Result<Box<dyn Signer>, Error> {
    key.edwards_private()?;
    Ok(Box::new(operation(key, params)?))
}

/// Starts a verification.
pub(crate) fn verifier(key: &Arc<Key>, params: &Params<'_>) -> Result<Box<dyn Verifier>, Error> {
    key.edwards_public()?;
    Ok(Box::new(operation(key, params)?))
}

fn operation(key: &Arc<Key>, params: &Params<'_>) -> Result<SignatureOperation<Eddsa>, Error> {
    let scheme = Eddsa::new(params)?;
    let message = if scheme.prehash {
        Accumulator::hashed(Digest::Sha512)?
    } else {
        Accumulator::growing(LONGEST, Error::DataLenRange)
    };
    Ok(SignatureOperation {
        key: Arc::clone(key),
        message,
        scheme,
        len: SIGNATURE_LEN,
    })
}

impl Eddsa {
    /// Reads the parameter; without one, the scheme is the pure one.
    fn new(params: &Params<'_>) -> Result<Self, Error> {
        let (prehash, context) = match *params {
            Params::None => (false, &[][..]),
            Params::Eddsa { prehash, context } if context.len() <= LONGEST_CONTEXT => {
                (prehash, context)
            }
            _ => return Err(Error::MechanismParamInvalid),
        };
        Ok(Self {
            prehash,
            context: context.to_vec(),
        })
    }

    /// An empty context is none: the scheme with a context is not for empty ones (RFC 8032, 5.1).
    fn scheme(&self) -> Ed25519Scheme<'_> {
        match (self.prehash, self.context.as_slice()) {
            (true, context) => Ed25519Scheme::Prehashed(context),
            (false, []) => Ed25519Scheme::Pure,
            (false, context) => Ed25519Scheme::Context(context),
        }
    }
}

impl SignatureScheme for Eddsa {
    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(key.edwards_private()?.sign(message, self.scheme())?)
    }

    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let key = key.edwards_public()?;
        if key.verify(message, self.scheme(), signature) {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}
