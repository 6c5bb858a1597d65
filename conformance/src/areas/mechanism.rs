//! Mechanism lists, and what they promise (PKCS#11 3.1 sections 5.5.5, 5.5.6 and 6).

mod foreign;
mod info;
mod key;
mod known;
mod list;
mod promise;
mod size;
mod trial;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        list::cases(),
        info::cases(),
        promise::cases(),
        foreign::cases(),
        size::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
