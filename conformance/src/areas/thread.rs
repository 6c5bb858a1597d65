//! Mutexes, threads and forks (PKCS#11 3.1 sections 3.7 and 5.4; for forks 2.20, section 6.6.1).

mod finalize;
mod fork;
mod hammer;
mod mutex;
mod work;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        work::cases(),
        mutex::cases(),
        finalize::cases(),
        fork::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
