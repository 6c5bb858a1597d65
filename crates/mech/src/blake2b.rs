//! BLAKE2b (RFC 7693) as a hash function, in HMACs and for key derivation (PKCS#11 3.1, Mechanisms 6.33 to 6.36).
//!
//! The MAC is HMAC over the hash function, as PKCS#11 has it, and not the keyed mode that BLAKE2 has of its own.

use blake2::Blake2b;
use blake2::digest::consts::{U20, U32, U48, U64};
use blake2::digest::{Digest, OutputSizeUser};
use ck::{KeyType, Params};
use hmac::SimpleHmac;
use zeroize::Zeroizing;

use crate::mac::Mac;
use crate::{Digester, Error, Key, Signer, Verifier, digest_derivation, param};

/// A hash in the making.
#[derive(Clone)]
struct Hash<D>(D);

impl<D: Digest + OutputSizeUser + Clone + Send + 'static> Digester for Hash<D> {
    fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }

    fn output_len(&self) -> usize {
        <D as Digest>::output_size()
    }

    fn duplicate(&self) -> Box<dyn Digester> {
        Box::new(self.clone())
    }
}

/// Starts a hash.
pub(crate) fn digester(bits: u16, params: &Params<'_>) -> Result<Box<dyn Digester>, Error> {
    param::none(params)?;
    Ok(match bits {
        160 => Box::new(Hash(Blake2b::<U20>::new())),
        256 => Box::new(Hash(Blake2b::<U32>::new())),
        384 => Box::new(Hash(Blake2b::<U48>::new())),
        512 => Box::new(Hash(Blake2b::<U64>::new())),
        _ => return Err(Error::MechanismInvalid),
    })
}

/// Starts a MAC; the parameter of a `general` mechanism is its length in bytes.
pub(crate) fn signer(
    bits: u16,
    general: bool,
    params: &Params<'_>,
    key: &Key,
) -> Result<Box<dyn Signer>, Error> {
    let value = || key.mac(key_type(bits)?);
    Ok(match bits {
        160 => Box::new(Mac::<SimpleHmac<Blake2b<U20>>>::new(
            general, params, value,
        )?),
        256 => Box::new(Mac::<SimpleHmac<Blake2b<U32>>>::new(
            general, params, value,
        )?),
        384 => Box::new(Mac::<SimpleHmac<Blake2b<U48>>>::new(
            general, params, value,
        )?),
        512 => Box::new(Mac::<SimpleHmac<Blake2b<U64>>>::new(
            general, params, value,
        )?),
        _ => return Err(Error::MechanismInvalid),
    })
}

/// Starts the verification of a MAC.
pub(crate) fn verifier(
    bits: u16,
    general: bool,
    params: &Params<'_>,
    key: &Key,
) -> Result<Box<dyn Verifier>, Error> {
    let value = || key.mac(key_type(bits)?);
    Ok(match bits {
        160 => Box::new(Mac::<SimpleHmac<Blake2b<U20>>>::new(
            general, params, value,
        )?),
        256 => Box::new(Mac::<SimpleHmac<Blake2b<U32>>>::new(
            general, params, value,
        )?),
        384 => Box::new(Mac::<SimpleHmac<Blake2b<U48>>>::new(
            general, params, value,
        )?),
        512 => Box::new(Mac::<SimpleHmac<Blake2b<U64>>>::new(
            general, params, value,
        )?),
        _ => return Err(Error::MechanismInvalid),
    })
}

/// Derives the first `wanted` bytes of a key's digest, or all of them.
pub(crate) fn derive(
    bits: u16,
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut hash = digester(bits, params)?;
    let len = digest_derivation::len(hash.output_len(), wanted)?;
    hash.update(key.secret()?);
    let mut secret = Zeroizing::new(hash.finish());
    secret.truncate(len);
    Ok(secret)
}

/// The type of the keys that are for HMACs over this hash function alone.
const fn key_type(bits: u16) -> Result<KeyType, Error> {
    Ok(match bits {
        160 => KeyType::BLAKE2B_160_HMAC,
        256 => KeyType::BLAKE2B_256_HMAC,
        384 => KeyType::BLAKE2B_384_HMAC,
        512 => KeyType::BLAKE2B_512_HMAC,
        _ => return Err(Error::MechanismInvalid),
    })
}
