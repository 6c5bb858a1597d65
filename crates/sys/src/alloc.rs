//! A global allocator that leaves no secrets in freed memory.
//!
//! Libraries copy secrets where a caller cannot reach: a TLS stack decrypts in place, a vector
//! grows by moving. Wiping every block on its way back to the heap covers all of them at once.

use std::alloc::{GlobalAlloc, Layout, System};
use std::arch::asm;

/// Wipes every block before giving it back to the allocator below.
///
/// Blocks never grow or shrink in place: `GlobalAlloc`'s own `realloc` allocates, copies and
/// frees, and so the old block is wiped as well. Memory of C libraries is not covered.
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: sys::alloc::WipingAllocator = sys::alloc::WipingAllocator::new();
/// # fn main() {}
/// ```
#[derive(Debug, Default)]
pub struct WipingAllocator<A = System> {
    below: A,
}

impl WipingAllocator {
    /// Makes an allocator over the system's.
    #[must_use]
    pub const fn new() -> Self {
        Self { below: System }
    }
}

// SAFETY: every call goes to `below`, which upholds `GlobalAlloc`'s contract, with the caller's
// own layout; the only addition is a write to a block that the caller is giving up.
unsafe impl<A: GlobalAlloc> GlobalAlloc for WipingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller vouches for `layout`.
        unsafe { self.below.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller vouches for `layout`.
        unsafe { self.below.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller gives up `block`, which is `layout.size()` writable bytes that
        // nothing else refers to.
        unsafe { wipe(block, layout.size()) };
        // SAFETY: the caller vouches that `block` came from this allocator with `layout`.
        unsafe { self.below.dealloc(block, layout) };
    }
}

/// Overwrites memory with zeros in a way that the compiler may not leave out.
///
/// # Safety
/// `length` bytes from `start` must be valid for writes, and no reference to them may be used
/// until they are written again.
pub(crate) unsafe fn wipe(start: *mut u8, length: usize) {
    // SAFETY: the caller vouches for the range.
    unsafe { start.write_bytes(0, length) };
    // An optimiser that knows the memory is about to be freed would drop the write. Assembly that
    // may read memory through the pointer makes it observable, at the cost of no instruction.
    // SAFETY: the assembly is empty: it touches no register, flag, stack or memory.
    unsafe { asm!("/* {0} */", in(reg) start, options(nostack, preserves_flags, readonly)) };
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Counts the bytes of freed blocks, and those of them that are not zero.
    #[derive(Default)]
    struct Inspector {
        freed: AtomicUsize,
        dirty: AtomicUsize,
    }

    // SAFETY: memory comes from and goes to `System` unchanged.
    unsafe impl GlobalAlloc for Inspector {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller vouches for `layout`.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the block is still allocated, and was wholly written by the test.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            self.freed.fetch_add(bytes.len(), Ordering::Relaxed);
            let dirty = bytes.iter().filter(|&&byte| byte != 0).count();
            self.dirty.fetch_add(dirty, Ordering::Relaxed);
            // SAFETY: the caller vouches for `block` and `layout`.
            unsafe { System.dealloc(block, layout) };
        }
    }

    fn check(size: usize, new_size: Option<usize>, freed: usize) {
        let allocator = WipingAllocator {
            below: Inspector::default(),
        };
        let layout = Layout::from_size_align(size, 16).unwrap();
        // SAFETY: the layout has a size; the block is written whole, moved at most once with its
        // own layout, and freed with the layout it has then.
        unsafe {
            let mut block = allocator.alloc(layout);
            block.write_bytes(0xA5, size);
            let mut last = layout;
            if let Some(new_size) = new_size {
                block = allocator.realloc(block, layout, new_size);
                let kept = std::slice::from_raw_parts(block, size.min(new_size));
                assert!(
                    kept.iter().all(|&byte| byte == 0xA5),
                    "realloc keeps what was there"
                );
                block.write_bytes(0xA5, new_size);
                last = Layout::from_size_align(new_size, 16).unwrap();
            }
            allocator.dealloc(block, last);
        }
        assert_eq!(allocator.below.freed.load(Ordering::Relaxed), freed);
        assert_eq!(allocator.below.dirty.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn freed_blocks_are_zero() {
        for size in [1, 15, 16, 17, 4096, 1 << 20] {
            check(size, None, size);
        }
    }

    #[test]
    fn growing_and_shrinking_wipe_the_old_block() {
        check(100, Some(200), 300);
        check(200, Some(100), 300);
    }
}
