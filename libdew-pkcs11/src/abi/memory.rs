//! The host's memory: checked pointers, unaligned reads and writes.

use ck::Rv;
use cryptoki_sys::CK_ULONG;

/// Bytes of the host that go in: a pointer and a length that were checked, and are looked at only while a request is
/// written. No reference is kept, because the same memory may be the function's output too.
#[derive(Clone, Copy)]
pub(super) struct HostBytes {
    pointer: *const u8,
    length: usize,
}

impl HostBytes {
    /// No bytes.
    pub(super) const EMPTY: Self = Self {
        pointer: std::ptr::null(),
        length: 0,
    };

    /// Takes a pointer and a length: at most `limit` bytes, else `too_long`. No bytes may be at the null pointer.
    pub(super) fn new(
        pointer: *const u8,
        length: CK_ULONG,
        limit: usize,
        too_long: Rv,
    ) -> Result<Self, Rv> {
        let length = usize::try_from(length).map_err(|_| too_long)?;
        if length == 0 {
            return Ok(Self::EMPTY);
        }
        if pointer.is_null() {
            return Err(Rv::ARGUMENTS_BAD);
        }
        if length > limit {
            return Err(too_long);
        }
        Ok(Self { pointer, length })
    }

    /// How many bytes there are.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Looks at the bytes.
    ///
    /// # Safety
    /// The host must keep the bytes readable and unchanged as long as the result is used.
    pub(super) unsafe fn get<'a>(&self) -> &'a [u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the pointer is not null, the length is at most a limit far below isize::MAX, and the caller answers for
        // the memory.
        unsafe { std::slice::from_raw_parts(self.pointer, self.length) }
    }
}

/// Returns the pointer unless it is null.
pub(super) fn required<T>(pointer: *mut T) -> Result<*mut T, Rv> {
    if pointer.is_null() {
        Err(Rv::ARGUMENTS_BAD)
    } else {
        Ok(pointer)
    }
}

/// Copies bytes to the host.
///
/// # Safety
/// `to` must have room for the bytes.
pub(super) unsafe fn copy_out(bytes: &[u8], to: *mut u8) {
    // SAFETY: the caller answers for the room; our own buffer overlaps no memory of the host.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) }
}

/// Copies numbers to the host.
///
/// # Safety
/// `to` must have room for the numbers.
pub(super) unsafe fn copy_numbers_out(numbers: &[u64], to: *mut CK_ULONG) {
    for (index, number) in numbers.iter().enumerate() {
        // SAFETY: the caller answers for the room; hosts need not align it.
        unsafe { to.add(index).write_unaligned(*number) }
    }
}
