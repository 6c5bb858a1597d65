//! Signatures with message recovery, operations two at a time, and saved states of operations.

mod dual;
mod saved;
mod signatures;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [signatures::cases(), dual::cases(), saved::cases()]
        .into_iter()
        .flatten()
        .collect()
}
