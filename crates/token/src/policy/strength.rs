//! Policy of strength: what `strict` does not do with a mechanism, and the parameters and sizes that it does not take.

use ck::flags::mechanism as ckf;
use ck::{
    Algorithm, AttributeType, Digest, KeySizes, KeyType, Mechanism, MechanismType, Params, Prehash,
    Sm,
};

use super::secrets::LEAST_LEN;
use super::wrapping::makes_nonce;
use super::{Decision, Profile, Refusal, Usage};
use crate::{Attributes, Error};

/// The least length of a MAC in bytes: 64 bits (SP 800-107, 5.3.3).
const LEAST_MAC: u64 = 8;
/// The least length of a GCM tag in bits (SP 800-38D, appendix C).
const LEAST_TAG: u64 = 96;
/// The least size of an RSA modulus in bits (SP 800-131A).
const LEAST_MODULUS: u64 = 2048;
/// The least number of bits of a nonce that are drawn (SP 800-38D, 8.2.2).
const LEAST_RANDOM: u64 = 96;
/// The least length of a CCM MAC in bytes: 64 bits (SP 800-38C, appendix B).
const LEAST_CCM_MAC: u64 = 8;

/// The flags of `CK_MECHANISM_INFO` that a mechanism has in a partition: it is told what it does there.
#[must_use]
pub(crate) fn served(profile: Profile, mechanism: &Mechanism) -> u64 {
    let (flags, _) = kept_back(profile, mechanism);
    let mut messages = 0;
    for (plain, of_messages) in [
        (ckf::SIGN, ckf::MESSAGE_SIGN),
        (ckf::VERIFY, ckf::MESSAGE_VERIFY),
    ] {
        if flags & plain != 0 {
            messages |= of_messages;
        }
    }
    // The token makes no nonce for it, and so does not encrypt messages either.
    if flags & ckf::ENCRYPT != 0 && mechanism.algorithm == Algorithm::ChaCha20Poly1305 {
        messages |= ckf::MESSAGE_ENCRYPT;
    }
    let served = mechanism.flags() & !flags & !messages;
    let any_message =
        ckf::MESSAGE_ENCRYPT | ckf::MESSAGE_DECRYPT | ckf::MESSAGE_SIGN | ckf::MESSAGE_VERIFY;
    if served & any_message == 0 {
        return served & !ckf::MULTI_MESSAGE;
    }
    served
}

/// The largest size in bits of a key on an Edwards or Montgomery curve: the code of the curves of 448 bits is not audited.
const MOST_EDWARDS: u64 = 255;

/// Tells whether keys of a type lie on an Edwards or Montgomery curve.
fn is_edwards(key_type: Option<KeyType>) -> bool {
    matches!(key_type, Some(KeyType::EC_EDWARDS | KeyType::EC_MONTGOMERY))
}

/// The key sizes that a mechanism takes in a partition, as `CK_MECHANISM_INFO` tells them.
#[must_use]
pub(crate) fn key_sizes(profile: Profile, mechanism: &Mechanism) -> (u64, u64) {
    let (min, max) = mechanism.key_sizes.range();
    let secret = mechanism.algorithm == Algorithm::SecretKeyGen
        || matches!(
            mechanism.key_type,
            Some(KeyType::GENERIC_SECRET | KeyType::HKDF | KeyType::HOTP)
        );
    if profile == Profile::Compat {
        return (min, max);
    }
    if is_edwards(mechanism.key_type) {
        return (min, max.min(MOST_EDWARDS));
    }
    let least = match mechanism.key_sizes {
        _ if mechanism.key_type == Some(KeyType::RSA) => LEAST_MODULUS,
        _ if !secret => min,
        KeySizes::Bits(..) => LEAST_LEN * 8,
        KeySizes::Bytes(..) | KeySizes::None => LEAST_LEN,
    };
    (min.max(least), max)
}

/// Checks that a key, or one that a template asks for, is no shorter than `strict` lets it be.
///
/// # Errors
/// The size is out of range.
pub(crate) fn check_size(profile: Profile, key: &Attributes) -> Result<(), Error> {
    if profile == Profile::Compat {
        return Ok(());
    }
    if is_edwards(key.key_type()) {
        let bits = key
            .get(AttributeType::EC_PARAMS)
            .map_or(Ok(0), mech::curve_bits)?;
        return if bits > MOST_EDWARDS {
            Err(mech::Error::CurveNotSupported.into())
        } else {
            Ok(())
        };
    }
    if key.key_type() != Some(KeyType::RSA) {
        return Ok(());
    }
    let bits = key.get(AttributeType::MODULUS).map_or_else(
        || key.number(AttributeType::MODULUS_BITS),
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
pub(super) fn withheld(
    profile: Profile,
    usage: Usage,
    mechanism: &Mechanism,
    params: &Params<'_>,
) -> Option<Refusal> {
    let (mut flags, why) = kept_back(profile, mechanism);
    if makes_nonce(params) {
        // What is kept back for the caller's nonce is not for the token's own.
        flags &= !(ckf::WRAP | ckf::ENCRYPT);
    }
    if flags & usage.flag() == 0 {
        return None;
    }
    // A message has its nonce in a parameter of its own, and the mechanism does encrypt messages.
    if usage == Usage::Encrypt && matches!(params, Params::Aead { .. }) {
        return Some(Refusal::WeakParameter(why));
    }
    Some(Refusal::WeakMechanism {
        mechanism: mechanism.id,
        why,
    })
}

/// The operations that `strict` does not do with an algorithm, and why.
fn kept_back(profile: Profile, mechanism: &Mechanism) -> (u64, &'static str) {
    if profile == Profile::Compat {
        return (0, "");
    }
    if let Some(why) = mechanism.key_type.and_then(withdrawn) {
        return (u64::MAX, why);
    }
    match mechanism.algorithm {
        Algorithm::Digest(Digest::Md5)
        | Algorithm::DigestDerivation(Digest::Md5)
        | Algorithm::Hmac {
            digest: Digest::Md5,
            ..
        }
        | Algorithm::RsaPkcs1(Some(Digest::Md5)) => (
            u64::MAX,
            "collisions of MD5 are found in seconds (RFC 6151, 2)",
        ),
        Algorithm::AesMac { .. } => (
            ckf::SIGN | ckf::VERIFY,
            "a MAC by plain chaining can be forged where lengths differ (SP 800-38B, introduction)",
        ),
        Algorithm::ChaCha20 | Algorithm::ChaCha20Poly1305 => (
            ckf::ENCRYPT,
            "a nonce that the caller chooses may come again (RFC 8439, 4)",
        ),
        Algorithm::Poly1305 => (
            ckf::SIGN,
            "a key that makes two MACs gives itself away (RFC 8439, 2.5)",
        ),
        Algorithm::AesCfb { .. } | Algorithm::AesOfb => (
            ckf::ENCRYPT,
            "an initialisation vector that the caller chooses may come again (SP 800-38A, appendix C)",
        ),
        Algorithm::AesCtr | Algorithm::Sm(Sm::Sm4Ctr) => (
            ckf::ENCRYPT,
            "a counter that the caller chooses may come again (SP 800-38A, appendix B)",
        ),
        Algorithm::AesCcm => (
            ckf::ENCRYPT | ckf::WRAP,
            "a nonce that the caller chooses may come again (SP 800-38C, 5.3)",
        ),
        Algorithm::AesGcm | Algorithm::Sm(Sm::Sm4Gcm) => (
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
            ckf::ENCRYPT | ckf::DECRYPT | ckf::WRAP | ckf::UNWRAP,
            "PKCS#1 v1.5 is not for encryption (SP 800-131A)",
        ),
        Algorithm::AesCbc { .. } => (
            ckf::WRAP | ckf::UNWRAP,
            "CBC does not notice that a wrapped key was changed (SP 800-38F has better)",
        ),
        other => weak_derivation(other),
    }
}

/// The same for algorithms that derive keys, or make them of what is known.
const fn weak_derivation(algorithm: Algorithm) -> (u64, &'static str) {
    match algorithm {
        Algorithm::AesEncryptData { .. } => (
            ckf::DERIVE,
            "whoever chooses the data learns what the key encrypts (SP 800-108 has better)",
        ),
        Algorithm::Blake2bDerivation { .. }
        | Algorithm::DigestDerivation(_)
        | Algorithm::ShakeDerivation { .. } => (
            ckf::DERIVE,
            "of two keys that are derived alike the longer begins with the shorter (SP 800-108 has better)",
        ),
        Algorithm::Rearrange(_) => (
            ckf::DERIVE,
            "a key whose bytes are moved is found piece by piece (SP 800-108 has better)",
        ),
        Algorithm::HkdfData => (
            ckf::DERIVE,
            "what comes out may be the key that CKM_HKDF_DERIVE makes of the same",
        ),
        Algorithm::TlsKeys { vectors: true } => (
            ckf::DERIVE,
            "an initialisation vector that comes out may be another connection's key (CKM_TLS12_KEY_SAFE_DERIVE has none)",
        ),
        Algorithm::Pbkdf2 => (
            ckf::GENERATE,
            "a key is as weak as the password that it is made of (SP 800-132, appendix A)",
        ),
        _ => (0, ""),
    }
}

/// Tells of keys of a type that is no longer to be used why not.
pub(super) const fn withdrawn(key_type: KeyType) -> Option<&'static str> {
    match key_type {
        KeyType::DES => Some("DES is withdrawn, and its keys are found by trying (FIPS 46-3)"),
        KeyType::MD5_HMAC => Some("collisions of MD5 are found in seconds (RFC 6151, 2)"),
        KeyType::DES2 | KeyType::DES3 => Some("triple DES is withdrawn (SP 800-131A)"),
        KeyType::DSA => Some("DSA is not for new signatures (FIPS 186-5, appendix E)"),
        KeyType::DH => {
            Some("elliptic curves have taken the place of finite fields (RFC 9325, 4.1)")
        }
        _ => None,
    }
}

/// Decides whether a mechanism may generate.
pub(crate) fn decide_generate(profile: Profile, mechanism: &Mechanism) -> Decision {
    let (flags, why) = kept_back(profile, mechanism);
    if flags & (ckf::GENERATE | ckf::GENERATE_KEY_PAIR) == 0 {
        return Decision::Allow;
    }
    Decision::Deny(Refusal::WeakMechanism {
        mechanism: mechanism.id,
        why,
    })
}

/// Decides whether a mechanism may hash.
pub(crate) fn decide_digest(profile: Profile, mechanism: &Mechanism) -> Decision {
    let (flags, why) = kept_back(profile, mechanism);
    if flags & ckf::DIGEST == 0 {
        return Decision::Allow;
    }
    Decision::Deny(Refusal::WeakMechanism {
        mechanism: mechanism.id,
        why,
    })
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
        (Algorithm::AesGcm, Params::Aead { tag_bits, .. }, _) if *tag_bits < LEAST_TAG => {
            "a GCM tag has at least 96 bits (SP 800-38D, appendix C)"
        }
        (Algorithm::AesCcm, Params::Aead { tag_bits, .. }, _) if *tag_bits < 8 * LEAST_CCM_MAC => {
            "a CCM MAC has at least 64 bits (SP 800-38C, appendix B)"
        }
        (
            _,
            Params::Aead {
                nonce, fixed_bits, ..
            },
            Usage::Wrap | Usage::Encrypt,
        ) if random_bits(nonce, *fixed_bits) < LEAST_RANDOM => {
            "a nonce has at least 96 bits that are drawn (SP 800-38D, 8.2.2)"
        }
        (Algorithm::AesCcm, Params::Ccm { mac_len, .. }, _) if *mac_len < LEAST_CCM_MAC => {
            "a CCM MAC has at least 64 bits (SP 800-38C, appendix B)"
        }
        (
            Algorithm::AesCmac { .. }
            | Algorithm::Blake2bHmac { .. }
            | Algorithm::Hmac { .. }
            | Algorithm::Sm(Sm::Sm3Hmac { .. } | Sm::Sm4Cmac { .. }),
            Params::Length(len),
            _,
        ) if *len < LEAST_MAC => "a MAC has at least 64 bits (SP 800-107, 5.3.3)",
        (Algorithm::TlsMac, Params::TlsMac { len, .. }, _) if *len < LEAST_MAC => {
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

/// How many bits of a nonce are not the caller's.
fn random_bits(nonce: &[u8], fixed_bits: u64) -> u64 {
    let bits = u64::try_from(8 * nonce.len()).unwrap_or(0);
    bits.saturating_sub(fixed_bits)
}

/// Refuses to sign a digest that is found to be another message's more easily than the key is broken.
pub(super) fn weak_prehash(
    usage: Usage,
    key: &Attributes,
    mechanism: &Mechanism,
    params: &Params<'_>,
) -> Option<Refusal> {
    let Algorithm::HashMlDsa(prehash) = mechanism.algorithm else {
        return None;
    };
    let given = match params {
        Params::SignContext {
            digest: Some(id), ..
        } => Digest::from_mechanism(*id).map(Prehash::Digest),
        _ => None,
    };
    let least = match key.number(AttributeType::PARAMETER_SET) {
        Some(1) => 32,
        Some(2) => 48,
        _ => 64,
    };
    let len = prehash.or(given)?.len();
    let why = "a digest is as strong as the key that signs it (FIPS 204, 5.4)";
    (usage == Usage::Sign && len < least).then_some(Refusal::WeakParameter(why))
}
