//! placeholder

use crate::case::Case;
use crate::operations::mechanisms::CIPHERS;
use crate::operations::{Family, buffers, failures, parts, states};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        buffers::cases(Family::Encrypt, CIPHERS),
        states::cases(Family::Encrypt, CIPHERS),
        failures::cases(Family::Encrypt, CIPHERS),
        parts::cases(Family::Encrypt, CIPHERS),
    ]
    .into_iter()
    .flatten()
    .collect()
}
