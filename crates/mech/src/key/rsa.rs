//! RSA keys (PKCS#11 3.1, Mechanisms 6.1).

use std::ops::RangeInclusive;

use ck::{AttributeType, Digest};
use zeroize::Zeroizing;

use super::{Attributes, rsa_factor, rsa_weakness};
use crate::ffi::{BigNum, DigestContext, Rsa, RsaPrivateParts};
use crate::{Error, Material};

/// The sizes of the modulus in bits (see the mechanism table).
const MODULUS_BITS: RangeInclusive<usize> = 1024..=8192;
/// The smallest public exponent (FIPS 186-5, 5.4) and the largest that verifiers commonly take.
const EXPONENTS: RangeInclusive<u64> = 65_537..=0xffff_ffff;

/// An RSA private key, with what implicit rejection needs of it.
pub(crate) struct RsaPrivateKey {
    rsa: Rsa,
    rejection_seed: Zeroizing<Vec<u8>>,
}

impl RsaPrivateKey {
    /// Parses a private key.
    pub(super) fn parse(attributes: Attributes<'_, '_>) -> Result<Self, Error> {
        Self::new(&private_parts(attributes)?)
    }

    /// Makes the key, once its numbers are found to belong together.
    fn new(parts: &RsaPrivateParts) -> Result<Self, Error> {
        let rsa = Rsa::private(parts)
            .map_err(|_| Error::AttributeInvalid(AttributeType::PRIVATE_EXPONENT))?;
        let exponent = parts.d.to_padded(rsa.modulus_len())?;
        let rejection_seed = Zeroizing::new(DigestContext::hash(Digest::Sha256, &exponent)?);
        Ok(Self {
            rsa,
            rejection_seed,
        })
    }

    /// Returns the library's key.
    pub(crate) const fn rsa(&self) -> &Rsa {
        &self.rsa
    }

    /// Returns the hash of the private exponent, from which synthetic plaintexts grow.
    pub(crate) fn rejection_seed(&self) -> &[u8] {
        &self.rejection_seed
    }
}

/// Parses a public key.
pub(super) fn public(attributes: Attributes<'_, '_>) -> Result<Rsa, Error> {
    let (n, e) = public_numbers(attributes)?;
    Rsa::public(&n, &e).map_err(|_| Error::AttributeInvalid(AttributeType::MODULUS))
}

/// Reads modulus and public exponent and checks what can be checked of them.
pub(super) fn public_numbers(attributes: Attributes<'_, '_>) -> Result<(BigNum, BigNum), Error> {
    let n = attributes.number(AttributeType::MODULUS)?;
    if !MODULUS_BITS.contains(&n.bits()) {
        return Err(Error::KeySizeRange);
    }
    if !n.is_odd() || rsa_weakness::has_roca_fingerprint(&n) {
        return Err(Error::AttributeInvalid(AttributeType::MODULUS));
    }
    let e = check_exponent(attributes.required(AttributeType::PUBLIC_EXPONENT)?)?;
    Ok((n, e))
}

/// Checks a public exponent: odd, and neither small nor huge.
pub(crate) fn check_exponent(value: &[u8]) -> Result<BigNum, Error> {
    const INVALID: Error = Error::AttributeInvalid(AttributeType::PUBLIC_EXPONENT);
    let start = value.iter().take_while(|byte| **byte == 0).count();
    let digits = &value[start..];
    if digits.len() > size_of::<u64>() {
        return Err(INVALID);
    }
    let exponent = digits
        .iter()
        .fold(0_u64, |number, digit| number << 8 | u64::from(*digit));
    if !EXPONENTS.contains(&exponent) || exponent % 2 == 0 {
        return Err(INVALID);
    }
    Ok(BigNum::from_u64(exponent)?)
}

/// Reads the numbers of a private key and computes those that are missing.
///
/// The primes may be missing, both, together with all that hangs on them.
fn private_parts(attributes: Attributes<'_, '_>) -> Result<RsaPrivateParts, Error> {
    const INVALID: Error = Error::AttributeInvalid(AttributeType::PRIVATE_EXPONENT);
    let (n, e) = public_numbers(attributes)?;
    let d = attributes.number(AttributeType::PRIVATE_EXPONENT)?;
    if d.cmp(&n).is_ge() || rsa_weakness::is_small_exponent(&d, &n) {
        return Err(INVALID);
    }
    let (p, q) = match primes(attributes)? {
        Some(primes) => primes,
        None => rsa_factor::factor(&n, &e, &d)?.ok_or(INVALID)?,
    };
    if p.times(&q)?.cmp(&n).is_ne() || rsa_weakness::are_close(&p, &q, n.bits())? {
        return Err(Error::AttributeInvalid(AttributeType::PRIME_1));
    }
    let remainder = |id, prime: &BigNum| match attributes.optional_number(id)? {
        Some(number) => Ok(number),
        None => Ok::<_, Error>(d.divided_by(&prime.minus_one()?)?.1),
    };
    let dp = remainder(AttributeType::EXPONENT_1, &p)?;
    let dq = remainder(AttributeType::EXPONENT_2, &q)?;
    let q_inverse = match attributes.optional_number(AttributeType::COEFFICIENT)? {
        Some(number) => number,
        None => q
            .inverse(&p)
            .map_err(|_| Error::AttributeInvalid(AttributeType::PRIME_1))?,
    };
    Ok(RsaPrivateParts {
        n,
        e,
        d,
        p,
        q,
        dp,
        dq,
        q_inverse,
    })
}

/// Reads the primes: both, or neither, and then nothing that depends on which is the first.
fn primes(attributes: Attributes<'_, '_>) -> Result<Option<(BigNum, BigNum)>, Error> {
    let p = attributes.optional_number(AttributeType::PRIME_1)?;
    let q = attributes.optional_number(AttributeType::PRIME_2)?;
    match (p, q) {
        (Some(p), Some(q)) if p.is_one() || q.is_one() || !p.is_odd() || !q.is_odd() => {
            Err(Error::AttributeInvalid(AttributeType::PRIME_1))
        }
        (Some(p), Some(q)) => Ok(Some((p, q))),
        (Some(_), None) => Err(Error::TemplateIncomplete(AttributeType::PRIME_2)),
        (None, Some(_)) => Err(Error::TemplateIncomplete(AttributeType::PRIME_1)),
        (None, None) => {
            let orphan = [
                AttributeType::EXPONENT_1,
                AttributeType::EXPONENT_2,
                AttributeType::COEFFICIENT,
            ]
            .into_iter()
            .any(|id| attributes.optional(id).is_some());
            if orphan {
                return Err(Error::TemplateIncomplete(AttributeType::PRIME_1));
            }
            Ok(None)
        }
    }
}

/// Returns the attributes that a private key does not have yet, once its primes are found to be prime.
pub(super) fn complete_private(attributes: Attributes<'_, '_>) -> Result<Material, Error> {
    let parts = private_parts(attributes)?;
    let key = RsaPrivateKey::new(&parts)?;
    for (id, prime) in [
        (AttributeType::PRIME_1, &parts.p),
        (AttributeType::PRIME_2, &parts.q),
    ] {
        if !prime.is_prime()? {
            return Err(Error::AttributeInvalid(id));
        }
    }
    let mut material = private_material(key.rsa())?;
    material.retain(|(id, _)| attributes.optional(*id).is_none());
    Ok(material)
}

/// Returns the attributes of a private key.
pub(crate) fn private_material(key: &Rsa) -> Result<Material, Error> {
    let parts = key.private_parts()?;
    [
        (AttributeType::MODULUS, &parts.n),
        (AttributeType::PUBLIC_EXPONENT, &parts.e),
        (AttributeType::PRIVATE_EXPONENT, &parts.d),
        (AttributeType::PRIME_1, &parts.p),
        (AttributeType::PRIME_2, &parts.q),
        (AttributeType::EXPONENT_1, &parts.dp),
        (AttributeType::EXPONENT_2, &parts.dq),
        (AttributeType::COEFFICIENT, &parts.q_inverse),
    ]
    .into_iter()
    .map(|(id, number)| Ok((id, number.to_bytes()?)))
    .collect()
}

/// Returns the attributes of a public key.
pub(crate) fn public_material(key: &Rsa) -> Result<Material, Error> {
    let (n, e) = key.public_parts()?;
    Ok(vec![
        (AttributeType::MODULUS, n.to_bytes()?),
        (AttributeType::PUBLIC_EXPONENT, e.to_bytes()?),
        modulus_bits(key),
    ])
}

/// Returns `CKA_MODULUS_BITS`.
pub(super) fn modulus_bits(key: &Rsa) -> (AttributeType, Zeroizing<Vec<u8>>) {
    let bits = u64::try_from(key.modulus_bits()).expect("the size is bounded by the parser");
    (
        AttributeType::MODULUS_BITS,
        Zeroizing::new(bits.to_le_bytes().to_vec()),
    )
}
