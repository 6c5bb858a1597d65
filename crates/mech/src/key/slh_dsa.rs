//! SLH-DSA keys (FIPS 205, 9.1; PKCS#11 3.2, Mechanisms 6.69): the numbers of their parameter sets, and their bytes.

use ck::{AttributeType, ObjectClass, ProfileId};
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::Attributes;
use crate::slh_library::{Content, SlhSet, sign, verify};
use crate::{Error, Material, random};

/// The parameter sets, by their numbers here and their OBJECT IDENTIFIERs (RFC 9909, 3).
#[rustfmt::skip] // A table reads by its columns.
const SETS: &[(SlhSet, ProfileId, ObjectIdentifier)] = &[
    (SlhSet::Sha2s128,  ProfileId::SLH_DSA_SHA2_128S,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.20")),
    (SlhSet::Sha2f128,  ProfileId::SLH_DSA_SHA2_128F,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.21")),
    (SlhSet::Sha2s192,  ProfileId::SLH_DSA_SHA2_192S,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.22")),
    (SlhSet::Sha2f192,  ProfileId::SLH_DSA_SHA2_192F,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.23")),
    (SlhSet::Sha2s256,  ProfileId::SLH_DSA_SHA2_256S,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.24")),
    (SlhSet::Sha2f256,  ProfileId::SLH_DSA_SHA2_256F,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.25")),
    (SlhSet::Shake128s, ProfileId::SLH_DSA_SHAKE_128S, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.26")),
    (SlhSet::Shake128f, ProfileId::SLH_DSA_SHAKE_128F, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.27")),
    (SlhSet::Shake192s, ProfileId::SLH_DSA_SHAKE_192S, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.28")),
    (SlhSet::Shake192f, ProfileId::SLH_DSA_SHAKE_192F, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.29")),
    (SlhSet::Shake256s, ProfileId::SLH_DSA_SHAKE_256S, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.30")),
    (SlhSet::Shake256f, ProfileId::SLH_DSA_SHAKE_256F, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.31")),
];

/// A private key: its two seeds and the public key.
pub(crate) struct SlhPrivate {
    set: SlhSet,
    bytes: Zeroizing<Vec<u8>>,
}

/// A public key: a seed and the root of a tree.
pub(crate) struct SlhPublic {
    set: SlhSet,
    bytes: Vec<u8>,
}

impl SlhPrivate {
    /// Generates a key, and makes sure that its halves belong together.
    pub(crate) fn generate(number: u64) -> Result<Self, Error> {
        let set = set(number)?;
        let key = Self {
            set,
            bytes: set.generate()?,
        };
        if key.is_consistent()? {
            Ok(key)
        } else {
            Err(Error::Provider("the pairwise consistency test"))
        }
    }

    /// Takes the bytes of a key of this algorithm, unless there are too few or too many.
    pub(super) fn from_bytes(set: SlhSet, bytes: &[u8]) -> Option<Self> {
        let bytes = Zeroizing::new(bytes.to_vec());
        (bytes.len() == set.private_len()).then_some(Self { set, bytes })
    }

    /// Returns the parameter set.
    pub(crate) const fn set(&self) -> SlhSet {
        self.set
    }

    /// Returns the bytes of the key.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the public key, which is the second half.
    pub(crate) fn public(&self) -> SlhPublic {
        SlhPublic {
            set: self.set,
            bytes: self.bytes[self.set.private_len() - self.set.public_len()..].to_vec(),
        }
    }

    /// Signs with one half and verifies with the other.
    fn is_consistent(&self) -> Result<bool, Error> {
        let mut message = [0; 32];
        random(&mut message)?;
        let content = Content::Message(&message);
        let signature = sign(self.set, &self.bytes, content, &[], true)?;
        let public = self.public();
        verify(self.set, &public.bytes, content, &[], &signature)
    }
}

impl SlhPublic {
    /// Returns the parameter set.
    pub(crate) const fn set(&self) -> SlhSet {
        self.set
    }

    /// Returns the bytes of the key.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn set(number: u64) -> Result<SlhSet, Error> {
    let row = SETS.iter().find(|(_, known, _)| known.0 == number);
    row.map(|(set, ..)| *set)
        .ok_or(Error::ParameterSetNotSupported)
}

/// Finds the parameter set that an OBJECT IDENTIFIER names.
pub(super) fn named(oid: &ObjectIdentifier) -> Option<SlhSet> {
    let row = SETS.iter().find(|(.., known)| known == oid);
    row.map(|(set, ..)| *set)
}

/// Returns the OBJECT IDENTIFIER of a parameter set.
pub(crate) fn oid(set: SlhSet) -> Result<ObjectIdentifier, Error> {
    let row = SETS.iter().find(|(known, ..)| *known == set);
    row.map(|(.., oid)| *oid)
        .ok_or(Error::ParameterSetNotSupported)
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<SlhPublic, Error> {
    let set = set(attributes.parameter_set()?)?;
    let bytes = attributes.required(AttributeType::VALUE)?.to_vec();
    if bytes.len() == set.public_len() {
        Ok(SlhPublic { set, bytes })
    } else {
        Err(Error::AttributeInvalid(AttributeType::VALUE))
    }
}

/// Parses a private key. That its halves belong together is for an import to check.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<SlhPrivate, Error> {
    let set = set(attributes.parameter_set()?)?;
    let bytes = attributes.required(AttributeType::VALUE)?;
    SlhPrivate::from_bytes(set, bytes).ok_or(Error::AttributeInvalid(AttributeType::VALUE))
}

/// Checks an imported private key, which lacks nothing.
pub(super) fn complete_private(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    // The library refuses to sign by a key whose root is not the one of its tree.
    if private(attributes)?.is_consistent().unwrap_or(false) {
        Ok(Material::new())
    } else {
        Err(Error::AttributeInvalid(AttributeType::VALUE))
    }
}

/// Returns the public key, which either half has.
pub(crate) fn public_half(
    class: ObjectClass,
    attributes: Attributes<'_, '_>,
) -> Result<SlhPublic, Error> {
    match class {
        ObjectClass::PRIVATE_KEY => Ok(private(attributes)?.public()),
        _ => public(attributes),
    }
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &SlhPublic) -> Result<Material, Error> {
    material(key.set, &key.bytes)
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &SlhPrivate) -> Result<Material, Error> {
    material(key.set, &key.bytes)
}

fn material(set: SlhSet, bytes: &[u8]) -> Result<Material, Error> {
    let row = SETS.iter().find(|(known, ..)| *known == set);
    let (_, number, _) = row.ok_or(Error::ParameterSetNotSupported)?;
    Ok(vec![
        (
            AttributeType::PARAMETER_SET,
            Zeroizing::new(number.0.to_le_bytes().to_vec()),
        ),
        (AttributeType::VALUE, Zeroizing::new(bytes.to_vec())),
    ])
}
