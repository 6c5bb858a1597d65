//! Policy of deriving keys.

use ck::AttributeType as A;

use super::{Decision, Profile, Refusal};
use crate::Attributes;

/// The least length of a derived key in `strict`, in bytes: shorter ones could be guessed, and with them the secret behind.
const LEAST_LEN: usize = 16;

/// Decides whether a key may be derived that has this length. That the mechanism takes the base key is decided before.
#[must_use]
pub fn decide_derive(profile: Profile, base: &Attributes, len: usize) -> Decision {
    if base.is(A::ALWAYS_AUTHENTICATE) {
        return Decision::Deny(Refusal::AlwaysAuthenticate);
    }
    match profile {
        Profile::Strict if len < LEAST_LEN => Decision::Deny(Refusal::ShortSecret),
        Profile::Compat | Profile::Strict => Decision::Allow,
    }
}

/// Tightens what is to be derived: in `strict` no child of a key leaves, and like every key it is sensitive. In `compat` a template may ask for
/// one that is: an agreement whose result the application is to see.
pub(crate) fn tighten_derived(profile: Profile, key: &mut Attributes) {
    if profile == Profile::Strict {
        key.set_flag(A::EXTRACTABLE, false);
    }
}
