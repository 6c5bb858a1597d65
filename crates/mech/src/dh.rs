//! Diffie-Hellman over finite fields (PKCS #3; PKCS#11 3.1, Mechanisms 6.4).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::{AttributeType, Mechanism, Params};
use zeroize::Zeroizing;

use crate::ecdh::truncate;
use crate::ffi::{BigNum, Dh};
use crate::key::{Attributes, pair};
use crate::{Error, Key, Material, PairRequest};

/// More than any public value takes, leading zeros included.
const LONGEST_VALUE: usize = 1032;
/// The one size of which a prime is drawn. Larger ones take minutes, and the standard groups of 2,048 bits and more are better
/// than any that are drawn.
const DRAWN_BITS: u64 = 1024;

/// Derives a secret from a private key and another's public value: the last bytes of what the parties agree on, as long as the
/// prime with its zeros in front (6.4.8).
pub(crate) fn derive(
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let Params::Bytes(value) = *params else {
        return Err(Error::MechanismParamInvalid);
    };
    let key = key.dh_private()?;
    if value.len() > LONGEST_VALUE {
        return Err(Error::MechanismParamInvalid);
    }
    let other = BigNum::from_bytes(value)?;
    if !key.takes(&other)? {
        return Err(Error::MechanismParamInvalid);
    }
    let secret = key.agree(&other);
    truncate(secret.map_err(|_| Error::MechanismParamInvalid)?, wanted)
}

/// Makes domain parameters with a prime of so many bits: the group of RFC 7919, where there is one.
pub(crate) fn generate_parameters(bits: Option<u64>) -> Result<Material, Error> {
    let bits = bits.ok_or(Error::TemplateIncomplete(AttributeType::PRIME_BITS))?;
    let group = match Dh::standard_group(bits)? {
        Some(group) => group,
        None if bits == DRAWN_BITS => {
            Dh::draw_group(usize::try_from(bits).map_err(|_| Error::KeySizeRange)?)?
        }
        None => return Err(Error::KeySizeRange),
    };
    pair::dh_group_material(&group)
}

/// Generates a key pair in the group that the request names.
pub(crate) fn generate_pair(
    _mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    const FAILED: Error = Error::Provider("the pairwise consistency test");
    let get = |id| match id {
        AttributeType::PRIME => request.prime,
        AttributeType::BASE => request.base,
        _ => None,
    };
    let group = || pair::dh_group(Attributes::new(&get));
    let value_bits = request.value_bits.map(|bits| {
        let bits = u32::try_from(bits).ok();
        // A private value has twice the bits of the strength that it is to have (RFC 7919, 5.2), of which 112 are the least.
        bits.filter(|bits| *bits >= LEAST_VALUE_BITS)
            .ok_or(Error::KeySizeRange)
    });
    let value_bits = value_bits.transpose()?;
    let key = group()?.generate(value_bits)?;
    // The pair does not sign: that its halves belong together shows in an agreement.
    let other = Dh::group(key.prime()?, key.base()?)?.generate(value_bits)?;
    let ours = key.agree(&other.public_value()?).map_err(|_| FAILED)?;
    let theirs = other.agree(&key.public_value()?).map_err(|_| FAILED)?;
    verify_slices_are_equal(&ours, &theirs).map_err(|_| FAILED)?;
    Ok((
        pair::dh_public_material(&key)?,
        pair::dh_private_material(&key)?,
    ))
}

const LEAST_VALUE_BITS: u32 = 224;
