//! PINs, their rules and flags (PKCS#11 3.1 sections 3.2, 5.5.8 and 5.5.9).
//!
//! Most of these cases change PINs. Each puts them back, also when it fails: see [`restore`].

mod flags;
mod init;
mod lock;
mod restore;
mod set;
mod values;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        flags::cases(),
        init::cases(),
        set::cases(),
        values::cases(),
        lock::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
