//! Known answers: the sets of [`crate::vectors::catalogue`], each with one mechanism.

use crate::case::Case;
use crate::vectors::catalogue::{Set, sets};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    sets().into_iter().map(Set::case).collect()
}
