//! Generating keys and key pairs (PKCS#11 3.1 sections 5.18.1 and 5.18.2).

mod arguments;
mod pairs;
mod secrets;
mod templates;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        secrets::cases(),
        templates::cases(),
        pairs::cases(),
        arguments::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
