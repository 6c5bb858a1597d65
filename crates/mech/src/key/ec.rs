//! Elliptic curve keys (PKCS#11 3.1, Mechanisms 6.3).

use ck::AttributeType;
use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef, PrintableStringRef};
use der::{Decode, Encode, Tag, Tagged as _};
use zeroize::Zeroizing;

use super::Attributes;
use crate::ffi::{Curve, EcKey};
use crate::{Error, Material};

/// The mark of an uncompressed point (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 4;

const CURVES: [(Curve, ObjectIdentifier, &[&str]); 10] = [
    (
        Curve::P256,
        ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        &["secp256r1", "prime256v1", "P-256"],
    ),
    (
        Curve::P384,
        ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        &["secp384r1", "P-384"],
    ),
    (
        Curve::P521,
        ObjectIdentifier::new_unwrap("1.3.132.0.35"),
        &["secp521r1", "P-521"],
    ),
    (
        Curve::Secp256k1,
        ObjectIdentifier::new_unwrap("1.3.132.0.10"),
        &["secp256k1"],
    ),
    (
        Curve::P224,
        ObjectIdentifier::new_unwrap("1.3.132.0.33"),
        &["secp224r1", "P-224"],
    ),
    (
        Curve::BrainpoolP224r1,
        ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.5"),
        &["brainpoolP224r1"],
    ),
    (
        Curve::BrainpoolP256r1,
        ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7"),
        &["brainpoolP256r1"],
    ),
    (
        Curve::BrainpoolP320r1,
        ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.9"),
        &["brainpoolP320r1"],
    ),
    (
        Curve::BrainpoolP384r1,
        ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11"),
        &["brainpoolP384r1"],
    ),
    (
        Curve::BrainpoolP512r1,
        ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.13"),
        &["brainpoolP512r1"],
    ),
];

/// Finds the curve that `CKA_EC_PARAMS` names, by OBJECT IDENTIFIER or by `curveName` (6.3.3).
pub(crate) fn curve(params: &[u8]) -> Result<Curve, Error> {
    let found = if let Ok(oid) = ObjectIdentifier::from_der(params) {
        CURVES.iter().find(|(_, known, _)| *known == oid)
    } else if let Ok(name) = PrintableStringRef::from_der(params) {
        let name: &str = name.as_ref();
        CURVES.iter().find(|(_, _, names)| names.contains(&name))
    } else {
        None
    };
    found
        .map(|(curve, _, _)| *curve)
        .ok_or_else(|| unknown_curve(params))
}

/// Tells a curve that the token does not have from what names no curve at all (6.3.3).
pub(super) fn unknown_curve(params: &[u8]) -> Error {
    match AnyRef::from_der(params).map(|any| any.tag()) {
        Ok(Tag::ObjectIdentifier | Tag::PrintableString | Tag::Sequence) => {
            Error::CurveNotSupported
        }
        _ => Error::DomainParamsInvalid,
    }
}

/// Returns the OBJECT IDENTIFIER of a curve.
pub(crate) fn oid(curve: Curve) -> ObjectIdentifier {
    let row = CURVES.iter().find(|(known, ..)| *known == curve);
    row.map(|(_, oid, _)| *oid).expect("every curve has a row")
}

/// Takes the point out of `CKA_EC_POINT`, which is a DER OCTET STRING or, from older clients, the bare point.
///
/// The two cannot be mistaken: their lengths differ.
fn read_point(curve: Curve, value: &[u8]) -> Option<&[u8]> {
    let point = if value.len() == curve.point_len() {
        value
    } else {
        <&OctetStringRef>::from_der(value).ok()?.as_bytes()
    };
    (point.len() == curve.point_len() && point[0] == UNCOMPRESSED).then_some(point)
}

/// Parses a point of this curve, in either of its forms.
pub(crate) fn point(curve: Curve, value: &[u8]) -> Option<EcKey> {
    read_point(curve, value).and_then(|point| EcKey::public(curve, point).ok())
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<EcKey, Error> {
    let curve = curve(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::EC_POINT)?;
    point(curve, value).ok_or(Error::AttributeInvalid(AttributeType::EC_POINT))
}

/// Parses a private key.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<EcKey, Error> {
    const INVALID: Error = Error::AttributeInvalid(AttributeType::VALUE);
    let curve = curve(attributes.required(AttributeType::EC_PARAMS)?)?;
    let scalar = attributes.required(AttributeType::VALUE)?;
    // One byte more than the order has: a sign byte, which some encoders leave in.
    if scalar.len() > curve.scalar_len() + 1 {
        return Err(INVALID);
    }
    EcKey::private(curve, scalar).map_err(|_| INVALID)
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &EcKey) -> Result<Material, Error> {
    let point = key.public_point()?;
    let point = OctetStringRef::new(&point)
        .and_then(|string| string.to_der())
        .map_err(|_| Error::Provider("DER"))?;
    Ok(vec![
        params(key.curve())?,
        (AttributeType::EC_POINT, Zeroizing::new(point)),
    ])
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &EcKey) -> Result<Material, Error> {
    Ok(vec![
        params(key.curve())?,
        (AttributeType::VALUE, key.private_scalar()?),
    ])
}

fn params(curve: Curve) -> Result<(AttributeType, Zeroizing<Vec<u8>>), Error> {
    let params = oid(curve).to_der().map_err(|_| Error::Provider("DER"))?;
    Ok((AttributeType::EC_PARAMS, Zeroizing::new(params)))
}
