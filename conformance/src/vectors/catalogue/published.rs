//! Examples of standards, by mechanism.

use super::Set;

/// All of them.
pub(super) fn sets() -> Vec<Set> {
    Vec::new()
}
