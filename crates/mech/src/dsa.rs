//! DSA (FIPS 186-4, 4; PKCS#11 3.1, Mechanisms 6.2).

use std::sync::Arc;

use ck::{AttributeType, Digest, Mechanism};

use crate::accumulator::Accumulator;
use crate::ffi::FieldDsa;
use crate::key::{Attributes, pair};
use crate::signature::{SignatureOperation, SignatureScheme};
use crate::{Error, Key, Material, PairRequest, Signer, Verifier};

/// The longest input of the mechanism that does not hash: the longest digest. What is longer is none, and signing its first
/// bytes only would be a trap.
const LONGEST_DIGEST: usize = 64;
/// The sizes of the primes that are drawn (FIPS 186-4, 4.2).
const DRAWN_BITS: [u32; 3] = [1024, 2048, 3072];

struct Dsa;

/// Starts a signature.
pub(crate) fn signer(key: &Arc<Key>, digest: Option<Digest>) -> Result<Box<dyn Signer>, Error> {
    let operation = operation(key, key.field_dsa_private()?, digest)?;
    Ok(Box::new(operation))
}

/// Starts a verification.
pub(crate) fn verifier(key: &Arc<Key>, digest: Option<Digest>) -> Result<Box<dyn Verifier>, Error> {
    let operation = operation(key, key.field_dsa_public()?, digest)?;
    Ok(Box::new(operation))
}

fn operation(
    key: &Arc<Key>,
    parsed: &FieldDsa,
    digest: Option<Digest>,
) -> Result<SignatureOperation<Dsa>, Error> {
    let message = match digest {
        Some(digest) => Accumulator::hashed(digest)?,
        None => Accumulator::kept(LONGEST_DIGEST, Error::DataLenRange),
    };
    Ok(SignatureOperation {
        key: Arc::clone(key),
        message,
        scheme: Dsa,
        len: 2 * parsed.number_len()?,
    })
}

impl SignatureScheme for Dsa {
    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>, Error> {
        if message.is_empty() {
            return Err(Error::DataLenRange);
        }
        Ok(key.field_dsa_private()?.sign(message)?)
    }

    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        if message.is_empty() {
            return Err(Error::DataLenRange);
        }
        if key.field_dsa_public()?.verify(message, signature)? {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}

/// Draws domain parameters with a prime of so many bits.
pub(crate) fn generate_parameters(bits: Option<u64>) -> Result<Material, Error> {
    let bits = bits.ok_or(Error::TemplateIncomplete(AttributeType::PRIME_BITS))?;
    let drawn = DRAWN_BITS
        .into_iter()
        .find(|known| u64::from(*known) == bits);
    pair::dsa_group_material(&FieldDsa::draw_group(drawn.ok_or(Error::KeySizeRange)?)?)
}

/// Generates a key pair in the group that the request names.
pub(crate) fn generate_pair(
    _mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    const FAILED: Error = Error::Provider("the pairwise consistency test");
    let get = |id| match id {
        AttributeType::PRIME => request.prime,
        AttributeType::SUBPRIME => request.subprime,
        AttributeType::BASE => request.base,
        _ => None,
    };
    let key = pair::dsa_group(Attributes::new(&get))?.generate()?;
    let (p, q, g) = (key.prime()?, key.subprime()?, key.base()?);
    let public = FieldDsa::group(p, q, g)?.with_public(key.public_value()?)?;
    let digest = [0x5a; 20];
    if !public.verify(&digest, &key.sign(&digest)?)? {
        return Err(FAILED);
    }
    Ok((
        pair::dsa_public_material(&key)?,
        pair::dsa_private_material(&key)?,
    ))
}
