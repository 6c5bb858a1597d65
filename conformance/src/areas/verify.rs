//! placeholder

use crate::case::Case;
use crate::operations::mechanisms::SIGNATURES;
use crate::operations::{Family, buffers, failures, parts, states};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        buffers::cases(Family::Verify, SIGNATURES),
        states::cases(Family::Verify, SIGNATURES),
        failures::cases(Family::Verify, SIGNATURES),
        parts::cases(Family::Verify, SIGNATURES),
    ]
    .into_iter()
    .flatten()
    .collect()
}
