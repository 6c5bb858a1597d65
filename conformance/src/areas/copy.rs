//! Copies and sizes.

mod changes;
mod rights;
mod same;
mod size;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    let topics = [same::cases, changes::cases, rights::cases, size::cases];
    topics.iter().flat_map(|cases| cases()).collect()
}
