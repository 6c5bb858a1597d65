//! Keys on Edwards curves, Ed25519 and Ed448 (PKCS#11 3.1, Mechanisms 6.3.5 and 6.3.6).

use ck::AttributeType;
use der::Encode;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use zeroize::Zeroizing;

use super::Attributes;
use super::named_curve::{self, NamedCurve};
use crate::ed448::{self, Ed448Private, Ed448Public};
use crate::ffi::{Ed25519Private, Ed25519Public, Ed25519Scheme};
use crate::{Error, Material, random};

/// An Edwards curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EdwardsCurve {
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
}

/// Which of the schemes of RFC 8032 is meant.
pub(crate) struct EddsaScheme {
    /// Whether the message is hashed first.
    pub(crate) prehash: bool,
    /// The context, which may be empty.
    pub(crate) context: Vec<u8>,
}

/// A private key.
pub(crate) enum EdwardsPrivate {
    Ed25519(Ed25519Private),
    Ed448(Box<Ed448Private>),
}

/// A public key.
pub(crate) enum EdwardsPublic {
    Ed25519(Ed25519Public),
    Ed448(Box<Ed448Public>),
}

impl NamedCurve for EdwardsCurve {
    /// RFC 8410, 3; the names are those of 6.3.5.
    const ALL: &'static [(Self, ObjectIdentifier, &'static str)] = &[
        (
            Self::Ed25519,
            ObjectIdentifier::new_unwrap("1.3.101.112"),
            "edwards25519",
        ),
        (
            Self::Ed448,
            ObjectIdentifier::new_unwrap("1.3.101.113"),
            "edwards448",
        ),
    ];
}

impl EdwardsCurve {
    /// Returns the size of the field in bits.
    pub(crate) const fn bits(self) -> usize {
        match self {
            Self::Ed25519 => 255,
            Self::Ed448 => 448,
        }
    }

    /// Returns the length of a signature in bytes.
    pub(crate) const fn signature_len(self) -> usize {
        match self {
            Self::Ed25519 => 64,
            Self::Ed448 => ed448::SIGNATURE_LEN,
        }
    }

    const fn point_len(self) -> usize {
        match self {
            Self::Ed25519 => Ed25519Public::LEN,
            Self::Ed448 => Ed448Public::LEN,
        }
    }
}

impl EdwardsPrivate {
    /// Generates a key.
    pub(crate) fn generate(curve: EdwardsCurve) -> Result<Self, Error> {
        let len = match curve {
            EdwardsCurve::Ed25519 => Ed25519Private::SEED_LEN,
            EdwardsCurve::Ed448 => Ed448Private::SEED_LEN,
        };
        let mut seed = Zeroizing::new(vec![0; len]);
        random(&mut seed)?;
        Self::from_seed(curve, &seed).ok_or(Error::Provider("EdDSA"))
    }

    /// Makes the key that grows out of a seed, unless its length is wrong.
    pub(crate) fn from_seed(curve: EdwardsCurve, seed: &[u8]) -> Option<Self> {
        match curve {
            EdwardsCurve::Ed25519 => Ed25519Private::from_seed(seed).map(Self::Ed25519),
            EdwardsCurve::Ed448 => {
                Ed448Private::from_seed(seed).map(|key| Self::Ed448(Box::new(key)))
            }
        }
    }

    /// Returns the curve.
    pub(crate) const fn curve(&self) -> EdwardsCurve {
        match self {
            Self::Ed25519(_) => EdwardsCurve::Ed25519,
            Self::Ed448(_) => EdwardsCurve::Ed448,
        }
    }

    /// Returns the seed.
    pub(crate) fn seed(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key.seed(),
            Self::Ed448(key) => key.seed(),
        }
    }

    /// Returns the public key.
    pub(crate) fn public(&self) -> EdwardsPublic {
        match self {
            Self::Ed25519(key) => EdwardsPublic::Ed25519(key.public()),
            Self::Ed448(key) => EdwardsPublic::Ed448(Box::new(key.public())),
        }
    }

    /// Signs a message; of the prehashed Ed25519, its digest.
    pub(crate) fn sign(&self, message: &[u8], scheme: &EddsaScheme) -> Result<Vec<u8>, Error> {
        match self {
            Self::Ed25519(key) => Ok(key.sign(message, scheme.of_ed25519())?),
            Self::Ed448(key) => key.sign(message, scheme.prehash, &scheme.context),
        }
    }
}

impl EdwardsPublic {
    /// Takes the encoding of a point, unless its length is wrong. One that is not on the curve verifies nothing.
    fn from_bytes(curve: EdwardsCurve, bytes: &[u8]) -> Option<Self> {
        match curve {
            EdwardsCurve::Ed25519 => Ed25519Public::from_bytes(bytes).map(Self::Ed25519),
            EdwardsCurve::Ed448 => {
                Ed448Public::from_bytes(bytes).map(|key| Self::Ed448(Box::new(key)))
            }
        }
    }

    /// Returns the curve.
    pub(crate) const fn curve(&self) -> EdwardsCurve {
        match self {
            Self::Ed25519(_) => EdwardsCurve::Ed25519,
            Self::Ed448(_) => EdwardsCurve::Ed448,
        }
    }

    /// Returns the encoding of the point.
    pub(crate) const fn bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key.bytes(),
            Self::Ed448(key) => key.bytes(),
        }
    }

    /// Tells whether a signature is one of this message; of the prehashed Ed25519, of this digest.
    pub(crate) fn verify(
        &self,
        message: &[u8],
        scheme: &EddsaScheme,
        signature: &[u8],
    ) -> Result<bool, Error> {
        match self {
            Self::Ed25519(key) => Ok(key.verify(message, scheme.of_ed25519(), signature)),
            Self::Ed448(key) => key.verify(message, scheme.prehash, &scheme.context, signature),
        }
    }
}

impl EddsaScheme {
    /// An empty context is none: Ed25519 with a context is not for empty ones (RFC 8032, 5.1).
    fn of_ed25519(&self) -> Ed25519Scheme<'_> {
        match (self.prehash, self.context.as_slice()) {
            (true, context) => Ed25519Scheme::Prehashed(context),
            (false, []) => Ed25519Scheme::Pure,
            (false, context) => Ed25519Scheme::Context(context),
        }
    }
}

/// Parses a public key, whose point is a DER OCTET STRING or bare.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<EdwardsPublic, Error> {
    let curve: EdwardsCurve = named_curve::find(attributes.required(AttributeType::EC_PARAMS)?)?;
    let value = attributes.required(AttributeType::EC_POINT)?;
    let point = named_curve::point(value, curve.point_len());
    EdwardsPublic::from_bytes(curve, point).ok_or(Error::AttributeInvalid(AttributeType::EC_POINT))
}

/// Parses a private key, whose value is the seed.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<EdwardsPrivate, Error> {
    let curve = named_curve::find(attributes.required(AttributeType::EC_PARAMS)?)?;
    let seed = attributes.required(AttributeType::VALUE)?;
    EdwardsPrivate::from_seed(curve, seed).ok_or(Error::AttributeInvalid(AttributeType::VALUE))
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &EdwardsPublic) -> Result<Material, Error> {
    let point = OctetStringRef::new(key.bytes())
        .and_then(|string| string.to_der())
        .map_err(|_| Error::Provider("DER"))?;
    Ok(vec![
        named_curve::params(key.curve())?,
        (AttributeType::EC_POINT, Zeroizing::new(point)),
    ])
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &EdwardsPrivate) -> Result<Material, Error> {
    let seed = Zeroizing::new(key.seed().to_vec());
    Ok(vec![
        named_curve::params(key.curve())?,
        (AttributeType::VALUE, seed),
    ])
}
