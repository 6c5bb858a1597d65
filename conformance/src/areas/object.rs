//! Objects of every class, their attributes required, optional and forbidden.

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    Vec::new()
}
