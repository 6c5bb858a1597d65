//! DSA keys and domain parameters (PKCS#11 3.1, Mechanisms 6.2.2 to 6.2.5; FIPS 186-4, 4).

use ck::AttributeType;
use zeroize::Zeroizing;

use super::{Attributes, Key, Parts};
use crate::ffi::FieldDsa;
use crate::{Error, Material};

/// The sizes of the primes in bits.
const SIZES: std::ops::RangeInclusive<usize> = 1024..=3072;
/// The sizes of the orders of bases in bits.
const ORDERS: [usize; 3] = [160, 224, 256];

impl Key {
    /// Returns the DSA private key that this must be.
    pub(crate) const fn field_dsa_private(&self) -> Result<&FieldDsa, Error> {
        match &self.parts {
            Parts::FieldDsaPrivate(key) => Ok(key),
            Parts::FieldDsaPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the DSA public key that this must be.
    pub(crate) const fn field_dsa_public(&self) -> Result<&FieldDsa, Error> {
        match &self.parts {
            Parts::FieldDsaPublic(key) => Ok(key),
            Parts::FieldDsaPrivate(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }
}

/// Reads a group, and makes the checks that take no time.
fn group(attributes: Attributes<'_, '_>) -> Result<FieldDsa, Error> {
    let prime = attributes.number(AttributeType::PRIME)?;
    let subprime = attributes.number(AttributeType::SUBPRIME)?;
    let base = attributes.number(AttributeType::BASE)?;
    if !SIZES.contains(&prime.bits()) {
        return Err(Error::KeySizeRange);
    }
    let numbers_fit = ORDERS.contains(&subprime.bits())
        && subprime.is_odd()
        && prime.is_odd()
        && base.bits() >= 2
        && base.cmp(&prime.minus_one()?).is_lt();
    if !numbers_fit {
        return Err(Error::DomainParamsInvalid);
    }
    Ok(FieldDsa::group(prime, subprime, base)?)
}

/// Reads a group from outside, and makes sure that it is one (FIPS 186-4, A.1.1.3 and A.2.2, as far as that goes without seeds).
pub(crate) fn foreign_group(attributes: Attributes<'_, '_>) -> Result<FieldDsa, Error> {
    let group = group(attributes)?;
    let (prime, subprime) = (group.prime()?, group.subprime()?);
    let (_, remainder) = prime.minus_one()?.divided_by(&subprime)?;
    let holds = remainder.bits() == 0
        && group.base()?.power(&subprime, &prime)?.is_one()
        && subprime.is_prime()?
        && prime.is_prime()?;
    if holds {
        Ok(group)
    } else {
        Err(Error::DomainParamsInvalid)
    }
}

fn with_public(group: FieldDsa, attributes: Attributes<'_, '_>) -> Result<FieldDsa, Error> {
    let value = attributes.number(AttributeType::VALUE)?;
    if value.bits() < 2 || value.cmp(&group.prime()?.minus_one()?).is_ge() {
        return Err(Error::AttributeInvalid(AttributeType::VALUE));
    }
    Ok(group.with_public(value)?)
}

fn with_private(group: FieldDsa, attributes: Attributes<'_, '_>) -> Result<FieldDsa, Error> {
    let value = attributes.number(AttributeType::VALUE)?;
    if value.bits() == 0 || value.cmp(&group.subprime()?).is_ge() {
        return Err(Error::AttributeInvalid(AttributeType::VALUE));
    }
    Ok(group.with_private(value)?)
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<FieldDsa, Error> {
    with_public(group(attributes)?, attributes)
}

/// Parses a private key.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<FieldDsa, Error> {
    with_private(group(attributes)?, attributes)
}

/// Checks a public key from outside, which lacks nothing: it must be a power of the base.
pub(super) fn complete_public(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    let key = with_public(foreign_group(attributes)?, attributes)?;
    let power = key.public_value()?.power(&key.subprime()?, &key.prime()?)?;
    if power.is_one() {
        Ok(Material::new())
    } else {
        Err(Error::AttributeInvalid(AttributeType::VALUE))
    }
}

/// Checks a private key from outside, which lacks nothing.
pub(super) fn complete_private(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    with_private(foreign_group(attributes)?, attributes).map(|_| Material::new())
}

/// Checks domain parameters from outside, and returns the size of their prime, which they lack.
pub(super) fn complete_parameters(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    let bits = u64::try_from(foreign_group(attributes)?.bits());
    let bits = bits.expect("the sizes of keys are bounded by the parsers");
    let bits = Zeroizing::new(bits.to_le_bytes().to_vec());
    Ok(vec![(AttributeType::PRIME_BITS, bits)])
}

/// Returns the attributes of domain parameters.
pub(crate) fn group_material(group: &FieldDsa) -> Result<Material, Error> {
    Ok(vec![
        (AttributeType::PRIME, group.prime()?.to_bytes()?),
        (AttributeType::SUBPRIME, group.subprime()?.to_bytes()?),
        (AttributeType::BASE, group.base()?.to_bytes()?),
    ])
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &FieldDsa) -> Result<Material, Error> {
    let mut material = group_material(key)?;
    material.push((AttributeType::VALUE, key.public_value()?.to_bytes()?));
    Ok(material)
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &FieldDsa) -> Result<Material, Error> {
    let mut material = group_material(key)?;
    material.push((AttributeType::VALUE, key.private_value()?.to_bytes()?));
    Ok(material)
}
