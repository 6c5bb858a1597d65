//! Keys of SM2, which have the attributes of elliptic curve keys, on one curve (GB/T 32918.5, 2).

use ck::AttributeType;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode};
use zeroize::Zeroizing;

use super::Attributes;
use super::named_curve::{self, NamedCurve};
use crate::sm::{Sm2Private, Sm2Public};
use crate::{Error, Material};

/// The curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sm2Curve;

impl NamedCurve for Sm2Curve {
    /// GB/T 33560, appendix A.
    const ALL: &'static [(Self, ObjectIdentifier, &'static str)] = &[(
        Self,
        ObjectIdentifier::new_unwrap("1.2.156.10197.1.301"),
        "sm2p256v1",
    )];
}

/// Returns the OBJECT IDENTIFIER of the curve.
pub(crate) fn oid() -> ObjectIdentifier {
    Sm2Curve.oid()
}

/// Tells whether the parameters of an EC key name the curve.
pub(super) fn is_curve(params: &[u8]) -> bool {
    ObjectIdentifier::from_der(params).is_ok_and(|known| known == oid())
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<Sm2Public, Error> {
    named_curve::find::<Sm2Curve>(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::EC_POINT)?;
    let point = named_curve::point(value, Sm2Public::POINT_LEN);
    Sm2Public::from_point(point).ok_or(Error::AttributeInvalid(AttributeType::EC_POINT))
}

/// Parses a private key.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<Sm2Private, Error> {
    named_curve::find::<Sm2Curve>(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::VALUE)?;
    Sm2Private::from_scalar(value).ok_or(Error::AttributeInvalid(AttributeType::VALUE))
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &Sm2Public) -> Result<Material, Error> {
    let point = OctetStringRef::new(&key.point())
        .and_then(|string| string.to_der())
        .map_err(|_| Error::Provider("DER"))?;
    Ok(vec![
        named_curve::params(Sm2Curve)?,
        (AttributeType::EC_POINT, Zeroizing::new(point)),
    ])
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &Sm2Private) -> Result<Material, Error> {
    let value = Zeroizing::new(key.scalar().to_vec());
    Ok(vec![
        named_curve::params(Sm2Curve)?,
        (AttributeType::VALUE, value),
    ])
}
