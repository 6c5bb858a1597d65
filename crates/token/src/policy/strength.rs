//! Policy of strength: what `strict` does not do with a mechanism, and the parameters and sizes that it does not take.

use ck::AttributeType as A;
use ck::flags::mechanism as ckf;
use ck::{Algorithm, Digest, KeySizes, KeyType, Mechanism, MechanismType, Params};

use super::secrets::LEAST_LEN;
use super::{Profile, Refusal, Usage};
use crate::{Attributes, Error};

/// The least length of a MAC in bytes: 64 bits (SP 800-107, 5.3.3).
const LEAST_MAC: u64 = 8;
/// The least length of a GCM tag in bits (SP 800-38D, appendix C).
const LEAST_TAG: u64 = 96;
/// The least size of an RSA modulus in bits (SP 800-131A).
const LEAST_MODULUS: u64 = 2048;
/// The least length of a CCM MAC in bytes: 64 bits (SP 800-38C, appendix B).
const LEAST_CCM_MAC: u64 = 8;

/// The flags of `CK_MECHANISM_INFO` that a mechanism has in a partition: it is told what it does there.
#[must_use]
pub(crate) fn served(profile: Profile, mechanism: &Mechanism) -> u64 {
    let (flags, _) = kept_back(profile, mechanism.algorithm);
    mechanism.flags() & !flags
}

/// The key sizes that a mechanism takes in a partition, as `CK_MECHANISM_INFO` tells them.
#[must_use]
pub(crate) fn key_sizes(profile: Profile, mechanism: &Mechanism) -> (u64, u64) {
    let (min, max) = mechanism.key_sizes.range();
    if profile == Profile::Compat {
        return (min, max);
    }
    let least = match (mechanism.key_type, mechanism.key_sizes) {
        (Some(KeyType::RSA), _) => LEAST_MODULUS,
        (Some(KeyType::GENERIC_SECRET | KeyType::HKDF), KeySizes::Bits(..)) => LEAST_LEN * 8,
        (Some(KeyType::GENERIC_SECRET | KeyType::HKDF), _) => LEAST_LEN,
        _ => min,
    };
    (min.max(least), max)
}

/// Tells whether a partition does anything with a mechanism.
#[must_use]
pub(crate) fn offers(profile: Profile, mechanism: &Mechanism) -> bool {
    served(profile, mechanism) & mechanism.operations.0 != 0
}

/// Checks that a key, or one that a template asks for, is no shorter than `strict` lets it be.
///
/// # Errors
/// The size is out of range.
pub(crate) fn check_size(profile: Profile, key: &Attributes) -> Result<(), Error> {
    if profile == Profile::Compat || key.key_type() != Some(KeyType::RSA) {
        return Ok(());
    }
    let bits = key.get(A::MODULUS).map_or_else(
        || key.number(A::MODULUS_BITS),
        |modulus| u64::try_from(bits(modulus)).ok(),
    );
    match bits {
        Some(bits) if bits < LEAST_MODULUS => Err(mech::Error::KeySizeRange.into()),
        _ => Ok(()),
    }
}

/// Counts the bits of a number, most significant byte first.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = &number[zeros..];
    let first = digits.first().map_or(0, |byte| byte.leading_zeros());
    8 * digits.len() - usize::try_from(first).unwrap_or_default()
}

/// Refuses what `strict` does not do with a mechanism.
pub(super) fn withheld(profile: Profile, usage: Usage, mechanism: &Mechanism) -> Option<Refusal> {
    let (flags, why) = kept_back(profile, mechanism.algorithm);
    (flags & usage.flag() != 0).then_some(Refusal::WeakMechanism {
        mechanism: mechanism.id,
        why,
    })
}

/// The operations that `strict` does not do with an algorithm, and why.
const fn kept_back(profile: Profile, algorithm: Algorithm) -> (u64, &'static str) {
    if matches!(profile, Profile::Compat) {
        return (0, "");
    }
    match algorithm {
        Algorithm::AesCtr => (
            ckf::ENCRYPT,
            "a counter that the caller chooses may come again (SP 800-38A, appendix B)",
        ),
        Algorithm::AesCcm => (
            ckf::ENCRYPT | ckf::WRAP,
            "a nonce that the caller chooses may come again (SP 800-38C, 5.3)",
        ),
        Algorithm::AesGcm => (
            ckf::ENCRYPT | ckf::WRAP,
            "an initialisation vector that the caller chooses may come again (SP 800-38D, 8)",
        ),
        Algorithm::AesGmac => (
            ckf::SIGN,
            "an initialisation vector that the caller chooses may come again (SP 800-38D, 8)",
        ),
        Algorithm::Ecdsa(Some(Digest::Sha1))
        | Algorithm::RsaPkcs1(Some(Digest::Sha1))
        | Algorithm::RsaPss(Some(Digest::Sha1)) => {
            (ckf::SIGN, "SHA-1 is not for new signatures (SP 800-131A)")
        }
        Algorithm::RsaRaw => (
            u64::MAX,
            "without padding nothing that RSA does is safe (RFC 8017, 5)",
        ),
        Algorithm::RsaPkcs1(None) => (
            ckf::ENCRYPT | ckf::DECRYPT,
            "PKCS#1 v1.5 is not for encryption (SP 800-131A)",
        ),
        _ => (0, ""),
    }
}

/// Refuses a parameter that is too weak for `strict`.
pub(super) fn weak_parameter(
    usage: Usage,
    mechanism: &Mechanism,
    params: &Params<'_>,
) -> Option<Refusal> {
    let why = match (mechanism.algorithm, params, usage) {
        (Algorithm::AesGcm | Algorithm::AesGmac, Params::Gcm { tag_bits, .. }, _)
            if *tag_bits < LEAST_TAG =>
        {
            "a GCM tag has at least 96 bits (SP 800-38D, appendix C)"
        }
        (Algorithm::AesCcm, Params::Ccm { mac_len, .. }, _) if *mac_len < LEAST_CCM_MAC => {
            "a CCM MAC has at least 64 bits (SP 800-38C, appendix B)"
        }
        (Algorithm::AesCmac { .. } | Algorithm::Hmac { .. }, Params::Length(len), _)
            if *len < LEAST_MAC =>
        {
            "a MAC has at least 64 bits (SP 800-107, 5.3.3)"
        }
        (
            Algorithm::RsaPss(_),
            Params::Pss {
                digest: MechanismType::SHA_1,
                ..
            },
            Usage::Sign,
        ) => "SHA-1 is not for new signatures (SP 800-131A)",
        _ => return None,
    };
    Some(Refusal::WeakParameter(why))
}
