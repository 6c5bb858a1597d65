//! One mapping of protected memory between two guards.

use std::num::NonZeroUsize;
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::libc;
use nix::sys::mman::{
    MapFlags, MmapAdvise, ProtFlags, madvise, mlock, mmap, mmap_anonymous, munmap,
};
use nix::unistd::ftruncate;

use super::Backing;
use crate::Error;

/// Guards and capacities are multiples of this, which is a multiple of every page size in use
/// (4, 16 and 64 KiB).
const GRANULE: usize = 64 * 1024;

/// The most that an arena may hold: it is meant for root keys, and all of it may be locked.
const MAX_CAPACITY: usize = 64 << 20;

/// Owns a mapping: guard, memory, guard.
pub(super) struct Region {
    reservation: NonNull<u8>,
    capacity: usize,
    backing: Backing,
}

// SAFETY: the region only names memory that it owns; who may touch which bytes is decided by the
// slots handed out under a lock.
unsafe impl Send for Region {}
// SAFETY: as above; its own methods read nothing but its fields.
unsafe impl Sync for Region {}

impl Region {
    /// Maps at least `capacity` bytes, on `memfd_secret` if the kernel has it.
    pub(super) fn map(capacity: usize) -> Result<Self, Error> {
        Self::map_secret(capacity).or_else(|_| Self::map_anonymous(capacity))
    }

    /// Maps memory that the kernel takes out of its own map.
    pub(super) fn map_secret(capacity: usize) -> Result<Self, Error> {
        let mut region = Self::reserve(capacity)?;
        let file = memfd_secret().map_err(Error::kernel("make a memfd_secret"))?;
        let length = libc::off_t::try_from(region.capacity).map_err(|_| too_large())?;
        ftruncate(&file, length).map_err(Error::kernel("size a memfd_secret"))?;
        let (address, size) = region.inner()?;
        let flags = MapFlags::MAP_SHARED | MapFlags::MAP_FIXED;
        // SAFETY: the range lies inside this region's own reservation, so that nothing else is
        // replaced; no reference into it exists yet.
        unsafe { mmap(Some(address), size, read_write(), flags, &file, 0) }
            .map_err(Error::kernel("map a memfd_secret"))?;
        // The mapping is shared: a child that dropped its copies would wipe the parent's secrets.
        region.advise(MmapAdvise::MADV_DONTFORK)?;
        region.backing = Backing::MemfdSecret;
        Ok(region)
    }

    /// Maps ordinary memory, locked if the limit allows it.
    pub(super) fn map_anonymous(capacity: usize) -> Result<Self, Error> {
        let mut region = Self::reserve(capacity)?;
        let (address, size) = region.inner()?;
        let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED;
        // SAFETY: as in `map_secret`.
        unsafe { mmap_anonymous(Some(address), size, read_write(), flags) }
            .map_err(Error::kernel("map memory"))?;
        region.advise(MmapAdvise::MADV_DONTDUMP)?;
        region.advise(MmapAdvise::MADV_WIPEONFORK)?;
        // SAFETY: the range was mapped just above; locking changes no content.
        if unsafe { mlock(region.start().cast(), region.capacity) }.is_ok() {
            region.backing = Backing::Locked;
        }
        Ok(region)
    }

    /// Reserves addresses that nothing may touch: what is not mapped over stays as guards.
    fn reserve(capacity: usize) -> Result<Self, Error> {
        if capacity > MAX_CAPACITY {
            return Err(too_large());
        }
        let capacity = capacity.max(1).next_multiple_of(GRANULE);
        let size = NonZeroUsize::new(capacity + 2 * GRANULE).ok_or_else(too_large)?;
        let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE;
        // SAFETY: without an address and MAP_FIXED, the kernel picks a range that is not in use.
        let reservation = unsafe { mmap_anonymous(None, size, ProtFlags::PROT_NONE, flags) }
            .map_err(Error::kernel("reserve addresses for secrets"))?;
        Ok(Self {
            reservation: reservation.cast(),
            capacity,
            backing: Backing::Unlocked,
        })
    }

    /// Gives the address and size of the memory between the guards.
    fn inner(&self) -> Result<(NonZeroUsize, NonZeroUsize), Error> {
        let size = NonZeroUsize::new(self.capacity).ok_or_else(too_large)?;
        Ok((self.start().addr(), size))
    }

    fn start(&self) -> NonNull<u8> {
        // SAFETY: the reservation is two granules longer than the capacity, so that one granule
        // further is still inside it.
        unsafe { self.reservation.add(GRANULE) }
    }

    fn advise(&self, advice: MmapAdvise) -> Result<(), Error> {
        // SAFETY: the range is this region's own, and the advice given here changes no content in
        // this process.
        unsafe { madvise(self.start().cast(), self.capacity, advice) }
            .map_err(Error::kernel("protect memory from forks and dumps"))
    }

    /// Gives the address of `length` bytes at `offset`, which must lie inside.
    pub(super) fn at(&self, offset: usize, length: usize) -> NonNull<u8> {
        let inside = offset
            .checked_add(length)
            .is_some_and(|end| end <= self.capacity);
        assert!(inside, "a slot lies inside its region");
        // SAFETY: the sum was just checked to lie in the mapping.
        unsafe { self.start().add(offset) }
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn backing(&self) -> Backing {
        self.backing
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // Nothing can be done about a refusal; every secret was wiped by its own box.
        // SAFETY: the reservation is this region's own, and its owner is being dropped, so that
        // no reference into it is left.
        let _ = unsafe { munmap(self.reservation.cast(), self.capacity + 2 * GRANULE) };
    }
}

fn read_write() -> ProtFlags {
    ProtFlags::PROT_READ | ProtFlags::PROT_WRITE
}

fn too_large() -> Error {
    Error::Kernel {
        action: "map an arena of this size",
        source: Errno::EINVAL,
    }
}

/// Calls memfd_secret(2), which the C library has no function for.
fn memfd_secret() -> nix::Result<OwnedFd> {
    // SAFETY: the call takes one integer argument and touches no memory of this process.
    let result = unsafe { libc::syscall(libc::SYS_memfd_secret, libc::O_CLOEXEC) };
    let raw = i32::try_from(Errno::result(result)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the kernel just made this descriptor for us; nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}
