//! Digests (PKCS#11 3.1 section 5.12).

mod answers;
mod keys;

use crate::case::Case;
use crate::operations::mechanisms::DIGESTS;
use crate::operations::{Family, buffers, failures, parts, states};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        answers::cases(),
        buffers::cases(Family::Digest, DIGESTS),
        states::cases(Family::Digest, DIGESTS),
        failures::cases(Family::Digest, DIGESTS),
        parts::cases(Family::Digest, DIGESTS),
        keys::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
