//! The C ABI: everything that reads or writes the host's memory.
//!
//! [`export`] makes the C functions from the call table, [`shape`] has a reader and a writer of C memory per kind of
//! argument, [`entry`] is the wall that no panic passes. Nothing outside this module is unsafe.
//!
//! Numbers are copied between C memory and the wire as they are, so a `CK_ULONG` must be eight bytes, little-endian.

mod entry;
mod export;
mod forward;
mod interfaces;
mod lists;
mod local;
mod memory;
mod shape;
#[cfg(test)]
mod tests;

use std::os::fd::{FromRawFd, OwnedFd, RawFd};

#[cfg(not(all(
    target_os = "linux",
    target_pointer_width = "64",
    target_endian = "little"
)))]
compile_error!("the module runs on 64-bit little-endian Linux");

/// Closes a socket that this process inherited from its parent. The parent's own copy stays open.
pub(crate) fn close_inherited(descriptor: RawFd) {
    // SAFETY: the descriptor was open at the fork, as `Socket` strikes it out before it closes it, and the caller has taken
    // its number out of the one place where it stood, so nobody in this process uses or closes it but this owner.
    drop(unsafe { OwnedFd::from_raw_fd(descriptor) });
}
