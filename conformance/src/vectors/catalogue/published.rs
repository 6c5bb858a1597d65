//! Examples of standards, by mechanism.

use super::Set;
use crate::c::names;
use crate::vectors::published;

/// All of them.
pub(super) fn sets() -> Vec<Set> {
    published::sets().into_iter().map(set).collect()
}

fn set(published: published::Set) -> Set {
    let (id, source) = (published.id.clone(), published.source.clone());
    match names::number(names::MECHANISMS, &published.mechanism) {
        Some(mechanism) => Set::new(id, source, mechanism, move |_| published.vectors(mechanism)),
        None => Set::without_number(id, source, published.mechanism),
    }
}
