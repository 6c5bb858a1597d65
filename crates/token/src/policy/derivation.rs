//! Policy of deriving, encapsulating and decapsulating keys.

use ck::{Algorithm, AttributeType as A, Mechanism};
use proto::shape::Attribute;

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

/// What a key must be like that a mechanism derives of these: where it holds bytes of theirs, it is as hidden as each of them (6.43),
/// and as choosy about what wraps it.
pub(crate) fn inherited<'a>(
    mechanism: &Mechanism,
    bases: impl Iterator<Item = &'a Attributes> + Clone,
) -> Vec<Attribute<'static>> {
    const KEPT: [(A, bool, &[u8]); 3] = [
        (A::SENSITIVE, true, &[1]),
        (A::EXTRACTABLE, false, &[0]),
        (A::WRAP_WITH_TRUSTED, true, &[1]),
    ];
    if !moves_bytes(mechanism) {
        return Vec::new();
    }
    let kept = KEPT.into_iter().filter(|(id, kept, _)| {
        let mut bases = bases.clone();
        bases.any(|base| base.is(*id) == *kept)
    });
    kept.map(|(id, _, value)| Attribute { id, value }).collect()
}

/// Tells whether a mechanism makes a key of the very bytes of others.
pub(crate) const fn moves_bytes(mechanism: &Mechanism) -> bool {
    matches!(mechanism.algorithm, Algorithm::Rearrange(_))
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
