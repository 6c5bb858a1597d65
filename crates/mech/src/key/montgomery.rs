//! Keys on Montgomery curves, X25519 and X448 (PKCS#11 3.1, Mechanisms 6.3.7 and 6.3.8).

use ck::AttributeType;
use der::Encode;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use zeroize::Zeroizing;

use super::Attributes;
use super::named_curve::{self, NamedCurve};
use crate::ffi::{X25519Private, X25519Public};
use crate::x448::{X448Private, X448Public};
use crate::{Error, Material};

/// A Montgomery curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MontgomeryCurve {
    /// X25519.
    X25519,
    /// X448.
    X448,
}

/// A private key.
pub(crate) enum MontgomeryPrivate {
    X25519(X25519Private),
    X448(X448Private),
}

/// A public key.
pub(crate) enum MontgomeryPublic {
    X25519(X25519Public),
    X448(X448Public),
}

impl NamedCurve for MontgomeryCurve {
    /// RFC 8410, 3; the names are those of 6.3.7.
    const ALL: &'static [(Self, ObjectIdentifier, &'static str)] = &[
        (
            Self::X25519,
            ObjectIdentifier::new_unwrap("1.3.101.110"),
            "curve25519",
        ),
        (
            Self::X448,
            ObjectIdentifier::new_unwrap("1.3.101.111"),
            "curve448",
        ),
    ];
}

impl MontgomeryCurve {
    /// Returns the size of the field in bits.
    pub(crate) const fn bits(self) -> usize {
        match self {
            Self::X25519 => 255,
            Self::X448 => 448,
        }
    }

    const fn point_len(self) -> usize {
        match self {
            Self::X25519 => X25519Public::LEN,
            Self::X448 => X448Public::LEN,
        }
    }
}

impl MontgomeryPrivate {
    /// Generates a key.
    pub(crate) fn generate(curve: MontgomeryCurve) -> Result<Self, Error> {
        Ok(match curve {
            MontgomeryCurve::X25519 => Self::X25519(X25519Private::generate()),
            MontgomeryCurve::X448 => Self::X448(X448Private::generate()?),
        })
    }

    /// Takes the bytes of a key, unless there are too few or too many.
    pub(crate) fn from_bytes(curve: MontgomeryCurve, bytes: &[u8]) -> Option<Self> {
        match curve {
            MontgomeryCurve::X25519 => X25519Private::from_bytes(bytes).map(Self::X25519),
            MontgomeryCurve::X448 => X448Private::from_bytes(bytes).map(Self::X448),
        }
    }

    /// Returns the curve.
    pub(crate) const fn curve(&self) -> MontgomeryCurve {
        match self {
            Self::X25519(_) => MontgomeryCurve::X25519,
            Self::X448(_) => MontgomeryCurve::X448,
        }
    }

    /// Returns the bytes of the key.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::X25519(key) => key.bytes(),
            Self::X448(key) => key.bytes(),
        }
    }

    /// Returns the public key.
    pub(crate) fn public(&self) -> MontgomeryPublic {
        match self {
            Self::X25519(key) => MontgomeryPublic::X25519(key.public()),
            Self::X448(key) => MontgomeryPublic::X448(key.public()),
        }
    }

    /// Computes what the two parties agree on; none where that is zero or the curves differ.
    pub(crate) fn agree(&self, other: &MontgomeryPublic) -> Option<Zeroizing<Vec<u8>>> {
        match (self, other) {
            (Self::X25519(key), MontgomeryPublic::X25519(other)) => key.agree(other).ok(),
            (Self::X448(key), MontgomeryPublic::X448(other)) => key.agree(other),
            _ => None,
        }
    }
}

impl MontgomeryPublic {
    /// Returns the curve.
    pub(crate) const fn curve(&self) -> MontgomeryCurve {
        match self {
            Self::X25519(_) => MontgomeryCurve::X25519,
            Self::X448(_) => MontgomeryCurve::X448,
        }
    }

    /// Returns the bytes of the key.
    pub(crate) const fn bytes(&self) -> &[u8] {
        match self {
            Self::X25519(key) => key.bytes(),
            Self::X448(key) => key.bytes(),
        }
    }
}

/// Parses the other party's key, which is a DER OCTET STRING or bare.
pub(crate) fn point(curve: MontgomeryCurve, value: &[u8]) -> Option<MontgomeryPublic> {
    let point = named_curve::point(value, curve.point_len());
    match curve {
        MontgomeryCurve::X25519 => X25519Public::from_bytes(point).map(MontgomeryPublic::X25519),
        MontgomeryCurve::X448 => X448Public::from_bytes(point).map(MontgomeryPublic::X448),
    }
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<MontgomeryPublic, Error> {
    let curve = named_curve::find(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::EC_POINT)?;
    point(curve, value).ok_or(Error::AttributeInvalid(AttributeType::EC_POINT))
}

/// Parses a private key.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<MontgomeryPrivate, Error> {
    let curve = named_curve::find(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::VALUE)?;
    MontgomeryPrivate::from_bytes(curve, value).ok_or(Error::AttributeInvalid(AttributeType::VALUE))
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &MontgomeryPublic) -> Result<Material, Error> {
    let point = OctetStringRef::new(key.bytes())
        .and_then(|string| string.to_der())
        .map_err(|_| Error::Provider("DER"))?;
    Ok(vec![
        named_curve::params(key.curve())?,
        (AttributeType::EC_POINT, Zeroizing::new(point)),
    ])
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &MontgomeryPrivate) -> Result<Material, Error> {
    let value = Zeroizing::new(key.bytes().to_vec());
    Ok(vec![
        named_curve::params(key.curve())?,
        (AttributeType::VALUE, value),
    ])
}
