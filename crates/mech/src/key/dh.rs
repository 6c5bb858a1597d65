//! Diffie-Hellman keys and domain parameters (PKCS#11 3.1, Mechanisms 6.4.2 to 6.4.4).
//!
//! Groups come without the order of their base. In one of a safe prime, whose half is prime as well, no public value betrays
//! anything of a private one, and so no other groups are taken.

use ck::AttributeType;
use zeroize::Zeroizing;

use super::{Attributes, Key, Parts};
use crate::ffi::{BigNum, Dh, is_modp};
use crate::{Error, Material};

/// The sizes of the primes in bits.
const SIZES: std::ops::RangeInclusive<usize> = 1024..=4096;

impl Key {
    /// Returns the Diffie-Hellman private key that this must be.
    pub(crate) const fn dh_private(&self) -> Result<&Dh, Error> {
        match &self.parts {
            Parts::DhPrivate(key) => Ok(key),
            Parts::DhPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }
}

/// Reads a prime and a base, and makes the checks that take no time.
fn group(attributes: Attributes<'_, '_>) -> Result<Dh, Error> {
    let prime = attributes.number(AttributeType::PRIME)?;
    let base = attributes.number(AttributeType::BASE)?;
    if !SIZES.contains(&prime.bits()) {
        return Err(Error::KeySizeRange);
    }
    if !prime.is_odd() || base.bits() < 2 || base.cmp(&prime.minus_one()?).is_ge() {
        return Err(Error::DomainParamsInvalid);
    }
    Ok(Dh::group(prime, base)?)
}

/// Reads a prime and a base from outside, and makes sure that they make a group.
pub(crate) fn foreign_group(attributes: Attributes<'_, '_>) -> Result<Dh, Error> {
    let group = group(attributes)?;
    let prime = group.prime()?;
    if is_standard(&prime)? || (prime.is_prime()? && prime.shifted_right(1)?.is_prime()?) {
        Ok(group)
    } else {
        Err(Error::DomainParamsInvalid)
    }
}

/// Tells whether a prime is one of RFC 7919 or RFC 3526: to test those again takes seconds.
fn is_standard(prime: &BigNum) -> Result<bool, Error> {
    let bits = u64::try_from(prime.bits()).map_err(|_| Error::KeySizeRange)?;
    if let Some(group) = Dh::standard_group(bits)?
        && group.prime()?.cmp(prime).is_eq()
    {
        return Ok(true);
    }
    Ok(is_modp(prime)?)
}

fn with_public(group: Dh, attributes: Attributes<'_, '_>) -> Result<Dh, Error> {
    let value = attributes.number(AttributeType::VALUE)?;
    if !group.takes(&value)? {
        return Err(Error::AttributeInvalid(AttributeType::VALUE));
    }
    Ok(group.with_public(value)?)
}

fn with_private(group: Dh, attributes: Attributes<'_, '_>) -> Result<Dh, Error> {
    let value = attributes.number(AttributeType::VALUE)?;
    if value.bits() == 0 || value.cmp(&group.prime()?.minus_one()?).is_ge() {
        return Err(Error::AttributeInvalid(AttributeType::VALUE));
    }
    Ok(group.with_private(value)?)
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<Dh, Error> {
    with_public(group(attributes)?, attributes)
}

/// Parses a private key.
pub(super) fn private(attributes: Attributes<'_, '_>) -> Result<Dh, Error> {
    with_private(group(attributes)?, attributes)
}

/// Checks a public key from outside, which lacks nothing.
pub(super) fn complete_public(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    with_public(foreign_group(attributes)?, attributes).map(|_| Material::new())
}

/// Checks a private key from outside, and returns the length of its value, which it lacks.
pub(super) fn complete_private(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    let key = with_private(foreign_group(attributes)?, attributes)?;
    Ok(vec![value_bits(&key)?])
}

/// Checks domain parameters from outside, and returns the size of their prime, which they lack.
pub(super) fn complete_parameters(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    let group = foreign_group(attributes)?;
    Ok(vec![count(AttributeType::PRIME_BITS, group.bits())])
}

/// Returns the attributes of domain parameters.
pub(crate) fn group_material(group: &Dh) -> Result<Material, Error> {
    Ok(vec![
        (AttributeType::PRIME, group.prime()?.to_bytes()?),
        (AttributeType::BASE, group.base()?.to_bytes()?),
    ])
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &Dh) -> Result<Material, Error> {
    let mut material = group_material(key)?;
    material.push((AttributeType::VALUE, key.public_value()?.to_bytes()?));
    Ok(material)
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &Dh) -> Result<Material, Error> {
    let mut material = group_material(key)?;
    material.push((AttributeType::VALUE, key.private_value()?.to_bytes()?));
    material.push(value_bits(key)?);
    Ok(material)
}

fn value_bits(key: &Dh) -> Result<(AttributeType, Zeroizing<Vec<u8>>), Error> {
    Ok(count(
        AttributeType::VALUE_BITS,
        key.private_value()?.bits(),
    ))
}

fn count(id: AttributeType, bits: usize) -> (AttributeType, Zeroizing<Vec<u8>>) {
    let bits = u64::try_from(bits).expect("the sizes of keys are bounded by the parsers");
    (id, Zeroizing::new(bits.to_le_bytes().to_vec()))
}
