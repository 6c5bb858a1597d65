//! Reading and changing attributes.

mod change;
mod get;
mod hidden;
mod nested;
mod one_way;
mod set;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    let topics = [
        get::cases,
        hidden::cases,
        nested::cases,
        change::cases,
        one_way::cases,
        set::cases,
    ];
    topics.iter().flat_map(|cases| cases()).collect()
}
