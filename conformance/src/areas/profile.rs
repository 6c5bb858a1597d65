//! Clauses of the OASIS profiles.

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    Vec::new()
}
