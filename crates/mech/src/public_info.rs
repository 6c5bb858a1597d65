//! `CKA_PUBLIC_KEY_INFO`: the DER of a `SubjectPublicKeyInfo` (RFC 5280, 4.1; RFC 3279; RFC 5480; RFC 8410; RFC 9881; RFC 9909; RFC 9935).

use ck::{AttributeType, KeyType, ObjectClass};
use der::asn1::{Any, BitStringRef, Null, UintRef};
use der::{Encode, Tag};

use crate::Error;
use crate::ffi::{Dh, DsaKey, EcKey, KemKey};
use crate::key::public_half::NamedCurve as _;
use crate::key::{
    Attributes, DH_KEY_AGREEMENT, EC_PUBLIC_KEY, EdwardsPublic, MontgomeryPublic, RSA_ENCRYPTION,
    dh_params, public_half,
};

/// Derives the public key, in its standard form, from either half of a key pair.
///
/// `None` if the attributes do not make a key of a pair.
pub fn derive_public_info<'a>(
    class: ObjectClass,
    key_type: KeyType,
    get: &dyn Fn(AttributeType) -> Option<&'a [u8]>,
) -> Option<Vec<u8>> {
    let attributes = Attributes::new(get);
    match key_type {
        KeyType::RSA => {
            let [n, e] = public_half::rsa(attributes).ok()?;
            rsa_info(&n, &e).ok()
        }
        KeyType::DH => dh_info(&public_half::dh(class, attributes).ok()?).ok(),
        KeyType::EC => ec_info(&public_half::ec(class, attributes).ok()?).ok(),
        KeyType::DEW_SM2 => {
            let (curve, key) = public_half::sm2(class, attributes).ok()?;
            let algorithm = [EC_PUBLIC_KEY.to_der().ok()?, curve.to_der().ok()?];
            info(&algorithm, &key.point()).ok()
        }
        KeyType::EC_EDWARDS => edwards_info(&public_half::edwards(class, attributes).ok()?).ok(),
        KeyType::EC_MONTGOMERY => {
            montgomery_info(&public_half::montgomery(class, attributes).ok()?).ok()
        }
        KeyType::ML_KEM => {
            let (oid, key) = public_half::lattice::<KemKey>(class, attributes).ok()?;
            info(&[oid.to_der().ok()?], &key).ok()
        }
        KeyType::SLH_DSA => {
            let key = public_half::slh_dsa(class, attributes).ok()?;
            let oid = public_half::slh_oid(key.set()).ok()?;
            info(&[oid.to_der().ok()?], key.bytes()).ok()
        }
        KeyType::ML_DSA => {
            let (oid, key) = public_half::lattice::<DsaKey>(class, attributes).ok()?;
            info(&[oid.to_der().ok()?], &key).ok()
        }
        _ => None,
    }
}

/// The algorithm has no parameters (RFC 8410, 3).
fn edwards_info(key: &EdwardsPublic) -> Result<Vec<u8>, der::Error> {
    info(&[key.curve().oid().to_der()?], key.bytes())
}

/// The algorithm has no parameters here either.
fn montgomery_info(key: &MontgomeryPublic) -> Result<Vec<u8>, der::Error> {
    info(&[key.curve().oid().to_der()?], key.bytes())
}

fn dh_info(key: &Dh) -> Result<Vec<u8>, Error> {
    const FAILED: Error = Error::Provider("DER");
    let (params, value) = (dh_params(key)?, key.public_value()?.to_bytes()?);
    let encode = || {
        let value = UintRef::new(&value)?.to_der()?;
        info(&[DH_KEY_AGREEMENT.to_der()?, params.to_vec()], &value)
    };
    encode().map_err(|_: der::Error| FAILED)
}

fn rsa_info(n: &[u8], e: &[u8]) -> Result<Vec<u8>, der::Error> {
    let key = sequence(&[UintRef::new(n)?.to_der()?, UintRef::new(e)?.to_der()?])?;
    info(&[RSA_ENCRYPTION.to_der()?, Null.to_der()?], &key)
}

fn ec_info(key: &EcKey) -> Result<Vec<u8>, Error> {
    const FAILED: Error = Error::Provider("DER");
    let point = key.public_point()?;
    let curve = public_half::oid(key.curve());
    let encode = || info(&[EC_PUBLIC_KEY.to_der()?, curve.to_der()?], &point);
    encode().map_err(|_: der::Error| FAILED)
}

/// Joins the algorithm's identifier and parameters with the key.
fn info(algorithm: &[Vec<u8>], key: &[u8]) -> Result<Vec<u8>, der::Error> {
    sequence(&[
        sequence(algorithm)?,
        BitStringRef::from_bytes(key)?.to_der()?,
    ])
}

fn sequence(parts: &[Vec<u8>]) -> Result<Vec<u8>, der::Error> {
    Any::new(Tag::Sequence, parts.concat())?.to_der()
}
