//! Policy of short secrets: what can be guessed is not made in `strict`, and is not told in `compat`.

use ck::{AttributeType as A, KeyType};

use super::{Decision, Profile, Refusal};
use crate::Attributes;

/// The least length of a secret key in `strict`, in bytes: shorter ones could be guessed, and with them the secret behind.
pub(super) const LEAST_LEN: u64 = 16;

/// The length in bytes from which on a check value or a digest tells nothing of a secret: 112 bits (SP 800-131A).
const UNGUESSABLE_LEN: usize = 14;

/// Decides whether there may be a secret key of this length.
pub(crate) fn decide_secret(profile: Profile, len: u64) -> Decision {
    match profile {
        Profile::Strict if len < LEAST_LEN => Decision::Deny(Refusal::ShortSecret),
        Profile::Compat | Profile::Strict => Decision::Allow,
    }
}

/// Tells whether a digest of a secret key gives the key away: it is so short that all values can be tried.
pub(crate) fn tells(key: &Attributes) -> bool {
    key.get(A::VALUE).unwrap_or_default().len() < UNGUESSABLE_LEN
}

/// Tells whether its check value does. That of a cipher's key is no digest, but three bytes of a block that the key encrypts, which
/// is what anybody has who exchanges it (PKCS#11 3.1, 4.10.2).
pub(crate) fn check_value_tells(key: &Attributes) -> bool {
    !matches!(
        key.key_type(),
        Some(KeyType::AES | KeyType::DES | KeyType::DES2 | KeyType::DES3)
    ) && tells(key)
}
