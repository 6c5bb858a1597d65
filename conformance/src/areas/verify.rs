//! Verification (PKCS#11 3.1 section 5.15).

mod forgeries;
mod signature_first;

use crate::case::Case;
use crate::operations::mechanisms::SIGNATURES;
use crate::operations::{Family, failures, parts, states};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        forgeries::cases(),
        super::sign::wrong_parameters(Family::Verify),
        states::cases(Family::Verify, SIGNATURES),
        failures::cases(Family::Verify, SIGNATURES),
        parts::cases(Family::Verify, SIGNATURES),
        signature_first::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
