//! Searching.

mod matching;
mod operation;
mod sight;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    let topics = [matching::cases, operation::cases, sight::cases];
    topics.iter().flat_map(|cases| cases()).collect()
}
