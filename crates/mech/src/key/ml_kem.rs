//! ML-KEM keys (FIPS 203; PKCS#11 3.2, Mechanisms 6.68).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::{AttributeType, ProfileId};
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::Attributes;
use crate::ffi::{KemKey, KemSet};
use crate::{Error, Material};

/// The parameter sets, by their numbers here and their OBJECT IDENTIFIERs (RFC 9935, 3).
#[rustfmt::skip] // A table reads by its columns.
const SETS: [(KemSet, ProfileId, ObjectIdentifier); 3] = [
    (KemSet::MlKem512,  ProfileId::ML_KEM_512,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.1")),
    (KemSet::MlKem768,  ProfileId::ML_KEM_768,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.2")),
    (KemSet::MlKem1024, ProfileId::ML_KEM_1024, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.3")),
];

/// A decapsulation key, with the seed that it grew out of where that is known.
pub(crate) struct KemPrivate {
    key: KemKey,
    seed: Option<Zeroizing<Vec<u8>>>,
}

impl KemPrivate {
    /// Makes the key that grows out of a seed.
    pub(crate) fn from_seed(set: KemSet, seed: &[u8]) -> Result<Self, Error> {
        let key = KemKey::from_seed(set, seed)
            .map_err(|_| Error::AttributeInvalid(AttributeType::SEED))?;
        let seed = Some(Zeroizing::new(seed.to_vec()));
        Ok(Self { key, seed })
    }

    /// Takes a key; the seed beside it must be the one that it grew out of.
    pub(super) fn from_parts(
        set: KemSet,
        value: &[u8],
        seed: Option<&[u8]>,
    ) -> Result<Self, Error> {
        let taken = Self::from_value(set, value)?;
        let Some(seed) = seed else {
            return Ok(taken);
        };
        let grown = Self::from_seed(set, seed)?;
        verify_slices_are_equal(&grown.key.private_bytes()?, value)
            .map_err(|_| Error::AttributeInvalid(AttributeType::SEED))?;
        Ok(grown)
    }

    fn from_value(set: KemSet, value: &[u8]) -> Result<Self, Error> {
        let key = KemKey::private(set, value)
            .map_err(|_| Error::AttributeInvalid(AttributeType::VALUE))?;
        Ok(Self { key, seed: None })
    }

    /// Returns the library's key.
    pub(crate) const fn key(&self) -> &KemKey {
        &self.key
    }

    /// Returns the seed, where it is known.
    pub(super) fn seed(&self) -> Option<&[u8]> {
        self.seed.as_ref().map(|seed| seed.as_slice())
    }

    /// Encapsulates and decapsulates: both halves must come to the same secret (the pairwise consistency test of FIPS 140-3).
    pub(crate) fn is_consistent(&self) -> Result<bool, Error> {
        let public = KemKey::public(self.key.set(), &self.key.public_bytes()?)?;
        let (ciphertext, ours) = public.encapsulate()?;
        let theirs = self.key.decapsulate(&ciphertext)?;
        Ok(verify_slices_are_equal(&ours, &theirs).is_ok())
    }
}

/// Finds the parameter set that a number stands for.
pub(crate) fn set(number: u64) -> Result<KemSet, Error> {
    SETS.into_iter()
        .find(|(_, known, _)| known.0 == number)
        .map(|(set, _, _)| set)
        .ok_or(Error::ParameterSetNotSupported)
}

/// Finds the parameter set that an OBJECT IDENTIFIER names.
pub(super) fn named(oid: &ObjectIdentifier) -> Option<KemSet> {
    SETS.into_iter()
        .find(|(_, _, known)| known == oid)
        .map(|(set, _, _)| set)
}

/// Returns the OBJECT IDENTIFIER of a parameter set.
pub(crate) fn oid(set: KemSet) -> ObjectIdentifier {
    SETS[set as usize].2
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<KemKey, Error> {
    let set = set(attributes.parameter_set()?)?;
    let value = attributes.required(AttributeType::VALUE)?;
    KemKey::public(set, value).map_err(|_| Error::AttributeInvalid(AttributeType::VALUE))
}

/// Parses a private key, which is there itself or as its seed. That both belong together is for an import to check.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<KemPrivate, Error> {
    let set = set(attributes.parameter_set()?)?;
    let seed = attributes.optional(AttributeType::SEED);
    match (attributes.optional(AttributeType::VALUE), seed) {
        (Some(value), seed) => {
            let mut key = KemPrivate::from_value(set, value)?;
            key.seed = seed.map(|seed| Zeroizing::new(seed.to_vec()));
            Ok(key)
        }
        (None, Some(seed)) => KemPrivate::from_seed(set, seed),
        (None, None) => Err(Error::TemplateIncomplete(AttributeType::VALUE)),
    }
}

/// Returns the attributes that a private key does not have yet, once its parts are found to belong together.
pub(super) fn complete_private(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    let set = set(attributes.parameter_set()?)?;
    let seed = attributes.optional(AttributeType::SEED);
    let key = match attributes.optional(AttributeType::VALUE) {
        Some(value) => KemPrivate::from_parts(set, value, seed)?,
        None => private(attributes)?,
    };
    if !key.is_consistent()? {
        return Err(Error::AttributeInvalid(AttributeType::VALUE));
    }
    let mut material = private_material(&key)?;
    material.retain(|(id, _)| attributes.optional(*id).is_none());
    Ok(material)
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &KemKey) -> Result<Material, Error> {
    let value = Zeroizing::new(key.public_bytes()?);
    Ok(vec![number(key.set()), (AttributeType::VALUE, value)])
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &KemPrivate) -> Result<Material, Error> {
    let value = key.key.private_bytes()?;
    let mut material = vec![number(key.key.set()), (AttributeType::VALUE, value)];
    if let Some(seed) = &key.seed {
        material.push((AttributeType::SEED, seed.clone()));
    }
    Ok(material)
}

fn number(set: KemSet) -> (AttributeType, Zeroizing<Vec<u8>>) {
    let number = SETS[set as usize].1.0.to_le_bytes();
    (
        AttributeType::PARAMETER_SET,
        Zeroizing::new(number.to_vec()),
    )
}
