//! General-purpose functions (PKCS#11 3.1 section 5.4).

mod finalize;
mod info;
mod initialize;
mod interface;
mod legacy;
mod list;
mod quiet;
mod shape;
mod uninitialized;

use crate::case::Case;

/// Returns the cases of this area; those that need a module which was never initialised come first.
pub(crate) fn cases() -> Vec<Case> {
    [
        list::cases(),
        interface::cases(),
        uninitialized::before(),
        uninitialized::after(),
        initialize::cases(),
        finalize::cases(),
        info::cases(),
        legacy::cases(),
        quiet::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
