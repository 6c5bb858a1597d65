//! Keys over module lattices: there as themselves, or as the seed that they grow out of (FIPS 203 and 204; PKCS#11 3.2,
//! Mechanisms 6.67 and 6.68).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::{AttributeType, ObjectClass, ProfileId};
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::Attributes;
use crate::ffi::Failed;
use crate::{Error, Material};

/// A key of one of the two algorithms.
pub(crate) trait LatticeKey: Sized {
    /// A parameter set.
    type Set: Copy + PartialEq + 'static;

    /// The length in bytes of a seed.
    const SEED_LEN: usize;
    /// The parameter sets, by their numbers here and their OBJECT IDENTIFIERs.
    const SETS: &'static [(Self::Set, ProfileId, ObjectIdentifier)];

    /// Takes a public key.
    fn take_public(set: Self::Set, bytes: &[u8]) -> Result<Self, Failed>;

    /// Takes a private key.
    fn take_private(set: Self::Set, bytes: &[u8]) -> Result<Self, Failed>;

    /// Makes the private key that grows out of a seed.
    fn grow(set: Self::Set, seed: &[u8]) -> Result<Self, Failed>;

    /// Returns the parameter set.
    fn parameter_set(&self) -> Self::Set;

    /// Writes the public key, which either half has.
    fn write_public(&self) -> Result<Vec<u8>, Failed>;

    /// Writes the private key.
    fn write_private(&self) -> Result<Zeroizing<Vec<u8>>, Failed>;

    /// Tells whether a private key and its public key work together (the pairwise consistency test of FIPS 140-3).
    fn is_consistent(&self) -> Result<bool, Error>;
}

/// A private key, with the seed that it grew out of where that is known.
pub(crate) struct Seeded<K> {
    key: K,
    seed: Option<Zeroizing<Vec<u8>>>,
}

impl<K: LatticeKey> Seeded<K> {
    /// Makes the key that grows out of a seed.
    pub(crate) fn from_seed(set: K::Set, seed: &[u8]) -> Result<Self, Error> {
        let key = K::grow(set, seed).map_err(|_| Error::AttributeInvalid(AttributeType::SEED))?;
        let seed = Some(Zeroizing::new(seed.to_vec()));
        Ok(Self { key, seed })
    }

    /// Takes a key; the seed beside it must be the one that it grew out of.
    pub(super) fn from_parts(
        set: K::Set,
        value: &[u8],
        seed: Option<&[u8]>,
    ) -> Result<Self, Error> {
        let taken = Self::from_value(set, value)?;
        let Some(seed) = seed else {
            return Ok(taken);
        };
        let grown = Self::from_seed(set, seed)?;
        verify_slices_are_equal(&grown.key.write_private()?, value)
            .map_err(|_| Error::AttributeInvalid(AttributeType::SEED))?;
        Ok(grown)
    }

    fn from_value(set: K::Set, value: &[u8]) -> Result<Self, Error> {
        let key = K::take_private(set, value)
            .map_err(|_| Error::AttributeInvalid(AttributeType::VALUE))?;
        Ok(Self { key, seed: None })
    }

    /// Returns the library's key.
    pub(crate) const fn key(&self) -> &K {
        &self.key
    }

    /// Returns the seed, where it is known.
    pub(super) fn seed(&self) -> Option<&[u8]> {
        self.seed.as_ref().map(|seed| seed.as_slice())
    }

    /// Returns the attributes of the key.
    pub(crate) fn material(&self) -> Result<Material, Error> {
        let value = self.key.write_private()?;
        let mut material = vec![
            number::<K>(self.key.parameter_set())?,
            (AttributeType::VALUE, value),
        ];
        if let Some(seed) = &self.seed {
            material.push((AttributeType::SEED, seed.clone()));
        }
        Ok(material)
    }
}

/// Finds the parameter set that a number stands for.
pub(crate) fn set<K: LatticeKey>(number: u64) -> Result<K::Set, Error> {
    K::SETS
        .iter()
        .find(|(_, known, _)| known.0 == number)
        .map(|(set, _, _)| *set)
        .ok_or(Error::ParameterSetNotSupported)
}

/// Finds the parameter set that an OBJECT IDENTIFIER names.
pub(super) fn named<K: LatticeKey>(oid: &ObjectIdentifier) -> Option<K::Set> {
    K::SETS
        .iter()
        .find(|(_, _, known)| known == oid)
        .map(|(set, _, _)| *set)
}

fn row<K: LatticeKey>(set: K::Set) -> Result<(ProfileId, ObjectIdentifier), Error> {
    K::SETS
        .iter()
        .find(|(known, _, _)| *known == set)
        .map(|(_, number, oid)| (*number, *oid))
        .ok_or(Error::ParameterSetNotSupported)
}

/// Returns the OBJECT IDENTIFIER of a key's parameter set.
pub(super) fn oid<K: LatticeKey>(key: &K) -> Result<ObjectIdentifier, Error> {
    row::<K>(key.parameter_set()).map(|(_, oid)| oid)
}

/// Parses a public key.
pub(super) fn public<K: LatticeKey>(attributes: Attributes<'_, '_>) -> Result<K, Error> {
    let set = set::<K>(attributes.parameter_set()?)?;
    let value = attributes.required(AttributeType::VALUE)?;
    K::take_public(set, value).map_err(|_| Error::AttributeInvalid(AttributeType::VALUE))
}

/// Parses a private key, which is there itself or as its seed. That both belong together is for an import to check.
pub(super) fn private<K: LatticeKey>(attributes: Attributes<'_, '_>) -> Result<Seeded<K>, Error> {
    let set = set::<K>(attributes.parameter_set()?)?;
    let seed = attributes.optional(AttributeType::SEED);
    match (attributes.optional(AttributeType::VALUE), seed) {
        (Some(value), seed) => {
            let mut key = Seeded::from_value(set, value)?;
            key.seed = seed.map(|seed| Zeroizing::new(seed.to_vec()));
            Ok(key)
        }
        (None, Some(seed)) => Seeded::from_seed(set, seed),
        (None, None) => Err(Error::TemplateIncomplete(AttributeType::VALUE)),
    }
}

/// Returns the attributes that a private key does not have yet, once its parts are found to belong together.
pub(super) fn complete_private<K: LatticeKey>(
    attributes: Attributes<'_, '_>,
) -> Result<Material, Error> {
    let set = set::<K>(attributes.parameter_set()?)?;
    let seed = attributes.optional(AttributeType::SEED);
    let key = match attributes.optional(AttributeType::VALUE) {
        Some(value) => Seeded::<K>::from_parts(set, value, seed)?,
        None => private(attributes)?,
    };
    if !key.key.is_consistent()? {
        return Err(Error::AttributeInvalid(AttributeType::VALUE));
    }
    let mut material = key.material()?;
    material.retain(|(id, _)| attributes.optional(*id).is_none());
    Ok(material)
}

/// Returns the attributes of a public key.
pub(crate) fn public_material<K: LatticeKey>(key: &K) -> Result<Material, Error> {
    let value = Zeroizing::new(key.write_public()?);
    Ok(vec![
        number::<K>(key.parameter_set())?,
        (AttributeType::VALUE, value),
    ])
}

/// Returns the OBJECT IDENTIFIER and the public key, which a private key holds.
pub(crate) fn public_half<K: LatticeKey>(
    class: ObjectClass,
    attributes: Attributes<'_, '_>,
) -> Result<(ObjectIdentifier, Vec<u8>), Error> {
    let key = match class {
        ObjectClass::PRIVATE_KEY => private::<K>(attributes)?.key,
        _ => public::<K>(attributes)?,
    };
    Ok((oid(&key)?, key.write_public()?))
}

fn number<K: LatticeKey>(set: K::Set) -> Result<(AttributeType, Zeroizing<Vec<u8>>), Error> {
    let number = row::<K>(set)?.0.0.to_le_bytes();
    Ok((
        AttributeType::PARAMETER_SET,
        Zeroizing::new(number.to_vec()),
    ))
}
