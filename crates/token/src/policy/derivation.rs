//! Policy of deriving, encapsulating and decapsulating keys.

use ck::AttributeType as A;

use super::{Decision, Profile, Refusal, decide_secret};
use crate::Attributes;

/// Decides whether a key may be derived or decapsulated that has this length. That the mechanism takes the base key is decided
/// before.
#[must_use]
pub fn decide_derive(profile: Profile, base: &Attributes, len: usize) -> Decision {
    if base.is(A::ALWAYS_AUTHENTICATE) {
        return Decision::Deny(Refusal::AlwaysAuthenticate);
    }
    decide_secret(profile, u64::try_from(len).unwrap_or(u64::MAX))
}

/// Tightens what is to be derived: it is sensitive unless the template says otherwise. In `strict` no child of a key leaves. In
/// `compat` a template may ask for one that is readable: an agreement whose result the application is to see.
pub(crate) fn tighten_derived(profile: Profile, key: &mut Attributes) {
    if key.get(A::SENSITIVE).is_none() {
        key.set_flag(A::SENSITIVE, true);
    }
    if profile == Profile::Strict {
        key.set_flag(A::EXTRACTABLE, false);
    }
}

/// Tightens what is to be encapsulated or decapsulated, as for keys that are derived; but another party has the key as well, and
/// in `compat` it may leave unless the template says otherwise.
pub(crate) fn tighten_encapsulated(profile: Profile, key: &mut Attributes) {
    tighten_derived(profile, key);
    if key.get(A::EXTRACTABLE).is_none() {
        key.set_flag(A::EXTRACTABLE, true);
    }
}
