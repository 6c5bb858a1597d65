//! placeholder

use crate::case::Case;
use crate::operations::mechanisms::SIGNATURES;
use crate::operations::{Family, buffers, failures, parts, states};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        buffers::cases(Family::Sign, SIGNATURES),
        states::cases(Family::Sign, SIGNATURES),
        failures::cases(Family::Sign, SIGNATURES),
        parts::cases(Family::Sign, SIGNATURES),
    ]
    .into_iter()
    .flatten()
    .collect()
}
