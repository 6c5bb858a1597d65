//! Keys on Montgomery curves, of which the token has one, X25519 (PKCS#11 3.1, Mechanisms 6.3.7 and 6.3.8).

use ck::AttributeType;
use der::asn1::{ObjectIdentifier, OctetStringRef, PrintableStringRef};
use der::{Decode, Encode};
use zeroize::Zeroizing;

use super::Attributes;
use crate::ffi::{X25519Private, X25519Public};
use crate::{Error, Material};

/// The OBJECT IDENTIFIER of X25519 (RFC 8410, 3).
pub(crate) const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
/// The `curveName` of X25519 (6.3.7).
const NAME: &str = "curve25519";
/// The size of its field in bits.
pub(super) const BITS: usize = 255;

/// Checks that `CKA_EC_PARAMS` names X25519, by OBJECT IDENTIFIER or by `curveName`.
pub(crate) fn check_curve(params: &[u8]) -> Result<(), Error> {
    let named = if let Ok(oid) = ObjectIdentifier::from_der(params) {
        oid == X25519
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

/// Parses the other party's key, which is a DER OCTET STRING or bare.
pub(crate) fn point(value: &[u8]) -> Option<X25519Public> {
    let point = match <&OctetStringRef>::from_der(value) {
        Ok(string) if value.len() != X25519Public::LEN => string.as_bytes(),
        _ => value,
    };
    X25519Public::from_bytes(point)
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<X25519Public, Error> {
    check_curve(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::EC_POINT)?;
    point(value).ok_or(Error::AttributeInvalid(AttributeType::EC_POINT))
}

/// Parses a private key.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<X25519Private, Error> {
    check_curve(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::VALUE)?;
    X25519Private::from_bytes(value).ok_or(Error::AttributeInvalid(AttributeType::VALUE))
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &X25519Public) -> Result<Material, Error> {
    let point = OctetStringRef::new(key.bytes())
        .and_then(|string| string.to_der())
        .map_err(|_| Error::Provider("DER"))?;
    Ok(vec![
        params()?,
        (AttributeType::EC_POINT, Zeroizing::new(point)),
    ])
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &X25519Private) -> Result<Material, Error> {
    let value = Zeroizing::new(key.bytes().to_vec());
    Ok(vec![params()?, (AttributeType::VALUE, value)])
}

fn params() -> Result<(AttributeType, Zeroizing<Vec<u8>>), Error> {
    let params = X25519.to_der().map_err(|_| Error::Provider("DER"))?;
    Ok((AttributeType::EC_PARAMS, Zeroizing::new(params)))
}
