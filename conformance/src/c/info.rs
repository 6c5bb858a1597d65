//! The standard's information structures, read from what a module wrote.

use cryptoki_sys::{CK_INFO, CK_MECHANISM_INFO, CK_SESSION_INFO, CK_SLOT_INFO, CK_TOKEN_INFO};

use super::Buffer;

/// A structure of numbers and characters only: every bit pattern is one.
pub(super) trait Plain: Copy {}

impl Plain for CK_INFO {}
impl Plain for CK_MECHANISM_INFO {}
impl Plain for CK_SESSION_INFO {}
impl Plain for CK_SLOT_INFO {}
impl Plain for CK_TOKEN_INFO {}

/// Reads a structure from a buffer of its size.
pub(super) fn read<T: Plain>(buffer: &Buffer) -> T {
    assert_eq!(
        buffer.size(),
        size_of::<T>(),
        "the buffer was made for this structure"
    );
    // SAFETY: the buffer holds as many initialised bytes as the structure has, and any bytes are such a structure.
    unsafe { buffer.bytes().as_ptr().cast::<T>().read_unaligned() }
}

/// Returns a padded text field without its padding.
#[must_use]
pub fn text(field: &[u8]) -> String {
    let end = field
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end])
        .trim_end_matches(' ')
        .to_owned()
}
