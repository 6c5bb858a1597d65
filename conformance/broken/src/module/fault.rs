//! What a broken module may do to its host.

use std::ptr::with_exposed_provenance_mut;

/// Writes where nobody may write.
pub(crate) fn segfault() {
    // SAFETY: none, which is the purpose: the first page is never mapped, so the process ends here with SIGSEGV.
    unsafe { with_exposed_provenance_mut::<u8>(8).write_volatile(1) };
}
