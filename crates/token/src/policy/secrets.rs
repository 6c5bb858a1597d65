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
    let len = key.get(A::VALUE).unwrap_or_default().len();
    !matches!(
        key.key_type(),
        Some(KeyType::AES | KeyType::DES | KeyType::DES2 | KeyType::DES3)
    ) && len < UNGUESSABLE_LEN
}
