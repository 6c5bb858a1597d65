//! Keys on Edwards curves, of which the token has one, Ed25519 (PKCS#11 3.1, Mechanisms 6.3.5 and 6.3.6).

use ck::AttributeType;
use der::asn1::{ObjectIdentifier, OctetStringRef, PrintableStringRef};
use der::{Decode, Encode};
use zeroize::Zeroizing;

use super::Attributes;
use crate::ffi::{Ed25519Private, Ed25519Public};
use crate::{Error, Material};

/// The OBJECT IDENTIFIER of Ed25519 (RFC 8410, 3).
pub(crate) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// The `curveName` of Ed25519 (6.3.5).
const NAME: &str = "edwards25519";
/// The size of its field in bits.
pub(super) const BITS: usize = 255;

/// Checks that `CKA_EC_PARAMS` names Ed25519, by OBJECT IDENTIFIER or by `curveName`.
pub(crate) fn check_curve(params: &[u8]) -> Result<(), Error> {
    let named = if let Ok(oid) = ObjectIdentifier::from_der(params) {
        oid == ED25519
    } else if let Ok(name) = PrintableStringRef::from_der(params) {
        AsRef::<str>::as_ref(&name) == NAME
    } else {
        false
    };
    if named {
        Ok(())
    } else {
        Err(super::ec::unknown_curve(params))
    }
}

/// Parses a public key, whose point is a DER OCTET STRING or bare.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<Ed25519Public, Error> {
    check_curve(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::EC_POINT)?;
    let point = match <&OctetStringRef>::from_der(value) {
        Ok(string) if value.len() != Ed25519Public::LEN => string.as_bytes(),
        _ => value,
    };
    Ed25519Public::from_bytes(point).ok_or(Error::AttributeInvalid(AttributeType::EC_POINT))
}

/// Parses a private key, whose value is the seed.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<Ed25519Private, Error> {
    check_curve(attributes.required(AttributeType::EC_PARAMS)?)?;
    let seed = attributes.required(AttributeType::VALUE)?;
    Ed25519Private::from_seed(seed).ok_or(Error::AttributeInvalid(AttributeType::VALUE))
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &Ed25519Public) -> Result<Material, Error> {
    let point = OctetStringRef::new(key.bytes())
        .and_then(|string| string.to_der())
        .map_err(|_| Error::Provider("DER"))?;
    Ok(vec![
        params()?,
        (AttributeType::EC_POINT, Zeroizing::new(point)),
    ])
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &Ed25519Private) -> Result<Material, Error> {
    let seed = Zeroizing::new(key.seed().to_vec());
    Ok(vec![params()?, (AttributeType::VALUE, seed)])
}

fn params() -> Result<(AttributeType, Zeroizing<Vec<u8>>), Error> {
    let params = ED25519.to_der().map_err(|_| Error::Provider("DER"))?;
    Ok((AttributeType::EC_PARAMS, Zeroizing::new(params)))
}
