//! Signatures and MACs (PKCS#11 3.1 section 5.13).

mod compared;
mod data;
mod parameters;

use crate::case::Case;
use crate::operations::mechanisms::SIGNATURES;
use crate::operations::{Family, buffers, failures, parts, states};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        data::cases(),
        compared::cases(),
        parameters::cases(),
        buffers::cases(Family::Sign, SIGNATURES),
        states::cases(Family::Sign, SIGNATURES),
        failures::cases(Family::Sign, SIGNATURES),
        parts::cases(Family::Sign, SIGNATURES),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the cases of parameters that do not fit, for signing or verifying.
pub(crate) fn wrong_parameters(family: Family) -> Vec<Case> {
    parameters::wrong(family)
}
