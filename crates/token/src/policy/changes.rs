//! Policy of changes: what an existing object, or its copy, may become.
//!
//! In `compat` a key may change its purposes, but not so that it undoes what it did: whoever wrapped with a key never decrypts with
//! it, and whoever unwrapped with it never encrypts with it. Nor does a key that is made of its bytes. As the purposes may change
//! one after another, a key remembers those of them that it has lost.

use ck::AttributeType as A;

use super::{FAMILIES, Profile, check_object};
use crate::{Attributes, Error};

/// Purposes that undo each other on one key.
const OPPOSITES: [(A, A); 2] = [(A::WRAP, A::DECRYPT), (A::UNWRAP, A::ENCRYPT)];

/// The purposes among [`OPPOSITES`] that a key has lost, a bit each in the order of `opposites`. It is the token's own: no
/// class of objects has a row for it, so no application sees it.
const LOST: A = A(0x8000_0000_0000_0001);

/// Each purpose that has an opposite, with it and with its bit in [`LOST`].
fn opposites() -> impl Iterator<Item = (A, A, u64)> {
    let both = OPPOSITES
        .iter()
        .flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
    both.enumerate()
        .map(|(place, (one, other))| (one, other, 1 << place))
}

/// Tells whether a key has a purpose, or had it before it was changed or copied.
pub(super) fn had(key: &Attributes, id: A) -> bool {
    let lost = key.number(LOST).unwrap_or(0);
    key.is(id) || opposites().any(|(one, _, bit)| one == id && lost & bit != 0)
}

/// Checks how an object, or its copy, is to change, and notes the purposes that it loses.
///
/// # Errors
/// `CKR_ATTRIBUTE_READ_ONLY` where a key would get a purpose that undoes what it did, or `strict` keeps its purpose fixed.
pub(crate) fn check_change(
    profile: Profile,
    before: &Attributes,
    after: &mut Attributes,
) -> Result<(), Error> {
    let mut purposes = FAMILIES.iter().flat_map(|family| family.iter());
    if profile == Profile::Strict
        && let Some(id) = purposes.find(|id| before.is(**id) != after.is(**id))
    {
        return Err(Error::AttributeReadOnly(*id));
    }
    let undoes =
        |(one, other, _): &(A, A, u64)| !before.is(*one) && after.is(*one) && had(before, *other);
    if let Some((id, _, _)) = opposites().find(undoes) {
        return Err(Error::AttributeReadOnly(id));
    }
    let kept = before.number(LOST).unwrap_or(0);
    let lost = opposites()
        .filter(|(one, _, _)| before.is(*one) && !after.is(*one))
        .fold(kept, |lost, (_, _, bit)| lost | bit);
    if lost != kept {
        after.set_number(LOST, lost);
    }
    check_object(profile, after)
}

/// Checks a key that holds bytes of others: it may be the same key under another handle. What undoes what one of them does, or did,
/// it does not; and it remembers their purposes as if it had lost them.
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT` where it would.
pub(crate) fn hand_down<'a>(
    bases: impl Iterator<Item = &'a Attributes> + Clone,
    key: &mut Attributes,
) -> Result<(), Error> {
    let does = |id| bases.clone().any(|base| had(base, id));
    if let Some((id, ..)) = opposites().find(|(one, other, _)| key.is(*one) && does(*other)) {
        let why = "a key whose bytes it holds has the opposite purpose";
        return Err(Error::TemplateInconsistent { id, why });
    }
    let lost = opposites()
        .filter(|(one, ..)| does(*one))
        .fold(0, |lost, (_, _, bit)| lost | bit);
    if lost != 0 {
        key.set_number(LOST, lost);
    }
    Ok(())
}

/// Checks the copy of an object: one that is not modifiable has no copies that are, or that may do more.
///
/// # Errors
/// `CKR_ATTRIBUTE_READ_ONLY` for what the copy would have in advance.
pub(crate) fn check_copy(source: &Attributes, copy: &Attributes) -> Result<(), Error> {
    if source.is(A::MODIFIABLE) {
        return Ok(());
    }
    let purposes = FAMILIES.iter().flat_map(|family| family.iter());
    let more = purposes
        .chain(&[A::MODIFIABLE])
        .find(|id| copy.is(**id) && !source.is(**id));
    let dates = [A::START_DATE, A::END_DATE];
    let date = |object: &Attributes, id| object.get(id).unwrap_or_default().to_vec();
    let moved = dates
        .iter()
        .find(|id| date(copy, **id) != date(source, **id));
    match more.or(moved) {
        Some(id) => Err(Error::AttributeReadOnly(*id)),
        None => Ok(()),
    }
}
