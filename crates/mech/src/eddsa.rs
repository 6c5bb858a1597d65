//! EdDSA (RFC 8032; PKCS#11 3.1, Mechanisms 6.3.15).

use std::sync::Arc;

use ck::{Digest, Params};

use crate::accumulator::Accumulator;
use crate::key::{EddsaScheme, EdwardsCurve};
use crate::signature::{SignatureOperation, SignatureScheme};
use crate::{Error, Key, Signer, Verifier};

/// The longest message that is not hashed first: it is read twice, and therefore kept.
const LONGEST: usize = 1 << 20;
/// The longest context (RFC 8032, 5.1).
const LONGEST_CONTEXT: usize = 255;

/// Starts a signature.
pub(crate) fn signer(key: &Arc<Key>, params: &Params<'_>) -> Result<Box<dyn Signer>, Error> {
    let curve = key.edwards_private()?.curve();
    Ok(Box::new(operation(key, curve, params)?))
}

/// Starts a verification.
pub(crate) fn verifier(key: &Arc<Key>, params: &Params<'_>) -> Result<Box<dyn Verifier>, Error> {
    let curve = key.edwards_public()?.curve();
    Ok(Box::new(operation(key, curve, params)?))
}

fn operation(
    key: &Arc<Key>,
    curve: EdwardsCurve,
    params: &Params<'_>,
) -> Result<SignatureOperation<EddsaScheme>, Error> {
    let scheme = EddsaScheme::new(params)?;
    let message = if scheme.prehash && curve == EdwardsCurve::Ed25519 {
        Accumulator::hashed(Digest::Sha512)?
    } else {
        Accumulator::growing(LONGEST, Error::DataLenRange)
    };
    Ok(SignatureOperation {
        key: Arc::clone(key),
        message,
        scheme,
        len: curve.signature_len(),
    })
}

impl EddsaScheme {
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
}

impl SignatureScheme for EddsaScheme {
    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>, Error> {
        key.edwards_private()?.sign(message, self)
    }

    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let key = key.edwards_public()?;
        if key.verify(message, self, signature)? {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}
