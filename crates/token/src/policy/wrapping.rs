//! Policy of wrapping and unwrapping.
//!
//! | Rule | `compat` | `strict` |
//! |---|---|---|
//! | a key that wraps and decrypts, or unwraps and encrypts (R1) | refused | refused |
//! | wrapping a key whose `CKA_EXTRACTABLE` is off | refused | refused |
//! | wrapping a key with `CKA_WRAP_WITH_TRUSTED` under one that is not trusted | refused | refused |
//! | wrapping by AES-GCM or AES-CCM under one that is trusted, by a nonce of the caller's (R4) | refused | refused |
//! | wrapping or unwrapping by CBC or PKCS#1 v1.5 under one that is trusted | refused | refused |
//! | wrapping and unwrapping by CBC or PKCS#1 v1.5 | accepted | refused |
//! | wrapping under a key that is not trusted (R4) | accepted | refused |
//! | wrapping under a secret key that was imported (R4) | accepted | refused |
//! | wrapping under a key below 128 bits, or weaker than the wrapped one (R4) | accepted | refused |
//! | `CKA_SENSITIVE` of a key that is unwrapped (R2) | on | on |
//! | `CKA_EXTRACTABLE` of a key that is unwrapped (R2) | as the template says, else on (5.18.4) | off |
//! | `CKA_WRAP_WITH_TRUSTED` of what a trusted key unwraps | on | on |
//!
//! In `compat` an extractable key may leave under any wrapping key that the application chooses, its own included: that is
//! what extractable means there. What is refused is that one key of the token puts the wrapping on and takes it off.

use ck::{Algorithm, AttributeType as A, KeyType, Mechanism, Mgf, ObjectClass, Params};

use super::changes::had;
use super::{Decision, Profile, Refusal};
use crate::Attributes;
use crate::rules::is_secret;

/// The least strength of a wrapping key in `strict`, in bits (SP 800-131A, after 2030).
const LEAST_STRENGTH: u64 = 128;

/// How many bits of security the keys of a request have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyStrength {
    /// The key that wraps.
    pub wrapping: u64,
    /// The key that is wrapped.
    pub wrapped: u64,
}

/// Returns the security strength in bits (SP 800-57, part 1, table 2) of a key whose size is in bits or, for a secret key,
/// in bytes.
#[must_use]
pub fn strength(key_type: Option<KeyType>, size: u64) -> u64 {
    match (key_type, size) {
        (Some(KeyType::DH | KeyType::DSA | KeyType::RSA), 0..2048) => 80,
        (Some(KeyType::DH | KeyType::DSA | KeyType::RSA), 2048..3072) => 112,
        (Some(KeyType::DH | KeyType::DSA | KeyType::RSA), 3072..7680) => 128,
        (Some(KeyType::RSA), _) => 192,
        (Some(KeyType::DEW_SM2), _) => 128,
        (Some(KeyType::EC), bits) => (bits / 2).min(256),
        (Some(KeyType::EC_EDWARDS | KeyType::EC_MONTGOMERY), _) => 128,
        (Some(KeyType::DES), _) => 56,
        (Some(KeyType::DES2), _) => 80,
        (Some(KeyType::DES3), _) => 112,
        // ML-KEM-512, ML-KEM-768 and ML-KEM-1024 by the size of their public keys (FIPS 203, 8).
        (Some(KeyType::ML_KEM), 0..=800) => 128,
        (Some(KeyType::ML_KEM), 801..=1184) => 192,
        (Some(KeyType::ML_KEM), _) => 256,
        // Categories 1, 3 and 5 by the size of the public key (FIPS 205, 11).
        (Some(KeyType::SLH_DSA), 0..=32) => 128,
        (Some(KeyType::SLH_DSA), 33..=48) => 192,
        (Some(KeyType::SLH_DSA), _) => 256,
        // ML-DSA-44, ML-DSA-65 and ML-DSA-87 likewise (FIPS 204, 4).
        (Some(KeyType::ML_DSA), 0..=1312) => 128,
        (Some(KeyType::ML_DSA), 1313..=1952) => 192,
        (Some(KeyType::ML_DSA), _) => 256,
        // No attack on longer secrets is any dearer.
        (_, bytes) => bytes.saturating_mul(8).min(256),
    }
}

/// Returns the strength in bits of the AES key of the moment that wraps, where there is one.
#[must_use]
pub const fn transport_strength(params: &Params<'_>) -> u64 {
    match params {
        Params::EcdhAes { aes_bits, .. } | Params::RsaAes { aes_bits, .. } => *aes_bits,
        _ => u64::MAX,
    }
}

/// Decides whether one key may wrap another. That the mechanism takes the wrapping key is decided before.
#[must_use]
pub fn decide_wrap(
    profile: Profile,
    wrapping: &Attributes,
    wrapped: &Attributes,
    strength: KeyStrength,
    mechanism: &Mechanism,
    params: &Params<'_>,
) -> Decision {
    let denial = strips(wrapping, A::WRAP, A::DECRYPT)
        .or_else(|| stays(wrapped))
        .or_else(|| untrusted(wrapping, wrapped))
        .or_else(|| misfit(wrapped, mechanism))
        .or_else(|| repeatable(wrapping, mechanism, params))
        .or_else(|| match profile {
            Profile::Compat => None,
            Profile::Strict => unsafe_wrapping(wrapping, strength),
        });
    denial.map_or(Decision::Allow, Decision::Deny)
}

/// Decides whether a key may unwrap others. That the mechanism takes it is decided before.
#[must_use]
pub fn decide_unwrap(unwrapping: &Attributes, mechanism: &Mechanism) -> Decision {
    // By whether blobs that were changed unwrap, one learns what the key would decrypt: also what it wrapped otherwise.
    let why = "a trusted key unwraps by no mechanism whose blobs can be changed unnoticed";
    let denial = strips(unwrapping, A::UNWRAP, A::ENCRYPT)
        .or_else(|| {
            unwrapping
                .is(A::ALWAYS_AUTHENTICATE)
                .then_some(Refusal::AlwaysAuthenticate)
        })
        .or_else(|| {
            (unwrapping.is(A::TRUSTED) && is_malleable(mechanism)).then_some(
                Refusal::WeakMechanism {
                    mechanism: mechanism.id,
                    why,
                },
            )
        });
    denial.map_or(Decision::Allow, Decision::Deny)
}

/// Tells whether what a key unwraps has been a key of this token: it was generated here, never left and is no key of a cipher
/// or a MAC, so that nobody else can have wrapped anything under it. Where nonces come again, wrapped keys can be forged.
pub(crate) fn vouches(unwrapping: &Attributes, mechanism: &Mechanism) -> bool {
    !takes_nonce(mechanism)
        && !is_malleable(mechanism)
        && unwrapping.class() == ObjectClass::SECRET_KEY
        && unwrapping.is(A::LOCAL)
        && unwrapping.is(A::ALWAYS_SENSITIVE)
        && unwrapping.is(A::NEVER_EXTRACTABLE)
        && !unwrapping.is(A::ENCRYPT)
        // GMAC with a nonce that comes again encrypts whatever block the caller likes.
        && !unwrapping.is(A::SIGN)
}

/// A key that does both, or once did, would turn a wrapped key into plaintext, or plaintext into a wrapped key.
fn strips(key: &Attributes, one: A, other: A) -> Option<Refusal> {
    (key.is(one) && had(key, other)).then_some(Refusal::Stripping(one, other))
}

fn stays(wrapped: &Attributes) -> Option<Refusal> {
    if !is_secret(wrapped.class()) {
        let why = "only secret and private keys are wrapped";
        return Some(Refusal::Unwrappable(why));
    }
    (!wrapped.is(A::EXTRACTABLE)).then_some(Refusal::Unextractable)
}

fn untrusted(wrapping: &Attributes, wrapped: &Attributes) -> Option<Refusal> {
    let why = "CKA_WRAP_WITH_TRUSTED is set, and the wrapping key is not trusted";
    (wrapped.is(A::WRAP_WITH_TRUSTED) && !wrapping.is(A::TRUSTED))
        .then_some(Refusal::Unwrappable(why))
}

fn misfit(wrapped: &Attributes, mechanism: &Mechanism) -> Option<Refusal> {
    let why = "the mechanism wraps secret keys only (PKCS#11 3.1, Mechanisms 6.1.8, 6.10.4)";
    let secret_only = matches!(
        mechanism.algorithm,
        Algorithm::RsaOaep
            | Algorithm::RsaPkcs1(_)
            | Algorithm::AesCbc { padded: false }
            | Algorithm::Des3Cbc { padded: false }
    );
    (secret_only && wrapped.class() == ObjectClass::PRIVATE_KEY)
        .then_some(Refusal::Unwrappable(why))
}

/// Two keys that are wrapped with one nonce give away their difference: whoever knows the one, having brought it along, knows
/// the other. What only a trusted key wraps is kept from that.
fn repeatable(
    wrapping: &Attributes,
    mechanism: &Mechanism,
    params: &Params<'_>,
) -> Option<Refusal> {
    let why = if is_malleable(mechanism) {
        "a trusted key wraps by no mechanism whose blobs can be changed unnoticed"
    } else if takes_nonce(mechanism) && !makes_nonce(params) {
        "a trusted key wraps by no mechanism whose nonce the caller chooses"
    } else {
        return None;
    };
    wrapping.is(A::TRUSTED).then_some(Refusal::Unwrappable(why))
}

/// Whether what the mechanism wraps can be changed unnoticed, or tells by an error whether it was padded right.
pub(super) const fn is_malleable(mechanism: &Mechanism) -> bool {
    matches!(
        mechanism.algorithm,
        Algorithm::AesCbc { .. } | Algorithm::Des3Cbc { .. } | Algorithm::RsaPkcs1(_)
    )
}

const fn takes_nonce(mechanism: &Mechanism) -> bool {
    matches!(mechanism.algorithm, Algorithm::AesCcm | Algorithm::AesGcm)
}

/// Tells whether the token makes the nonce.
pub(super) const fn makes_nonce(params: &Params<'_>) -> bool {
    matches!(params, Params::Aead { generator, .. } if generator.0 != Mgf::NO_GENERATE.0)
}

/// What `strict` asks of a wrapping key. A public key is always brought from outside: that the security officer trusts it
/// is what stands for its origin.
fn unsafe_wrapping(wrapping: &Attributes, strength: KeyStrength) -> Option<Refusal> {
    let secret = wrapping.class() == ObjectClass::SECRET_KEY;
    let why = if !wrapping.is(A::TRUSTED) {
        "in the profile `strict` only a trusted key wraps"
    } else if secret && !wrapping.is(A::LOCAL) {
        "in the profile `strict` no imported key wraps"
    } else if strength.wrapping < LEAST_STRENGTH {
        "in the profile `strict` a wrapping key has 128 bits of security"
    } else if strength.wrapping < strength.wrapped {
        "in the profile `strict` no key wraps a stronger one"
    } else {
        return None;
    };
    Some(Refusal::Unwrappable(why))
}

/// Tightens what is to be unwrapped: nothing that was wrapped comes out readable, what came under a trusted key leaves under
/// one only, and in `strict` nothing that came in goes out again. As for keys that are generated, what comes out is less than
/// was asked for, never more.
pub(crate) fn tighten_unwrapped(profile: Profile, by_trusted: bool, key: &mut Attributes) {
    key.set_flag(A::SENSITIVE, true);
    if by_trusted {
        key.set_flag(A::WRAP_WITH_TRUSTED, true);
    }
    if profile == Profile::Strict {
        key.set_flag(A::EXTRACTABLE, false);
    } else if key.get(A::EXTRACTABLE).is_none() {
        key.set_flag(A::EXTRACTABLE, true);
    }
}
