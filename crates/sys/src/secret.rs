//! A place for the few root keys that must never be swapped, dumped or read by others
//!.
//!
//! An [`Arena`] is opened once, after the last fork; a [`SecretBox`] is one secret in it.

mod region;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Error;
use region::Region;

/// Secrets are placed at multiples of this: a cache line, and a whole number of AES blocks.
const SLOT_BYTES: usize = 64;

/// Says what protects an arena's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backing {
    /// `memfd_secret`: absent from the kernel's own map, so that neither `/proc/self/mem` nor
    /// `process_vm_readv` reaches it, not even for root.
    MemfdSecret,
    /// Ordinary memory that is kept out of swap, core files and children.
    Locked,
    /// Ordinary memory that is kept out of core files and children only, since the limit on
    /// locked memory is too small.
    Unlocked,
}

impl fmt::Display for Backing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MemfdSecret => "memfd_secret",
            Self::Locked => "locked memory (the kernel offers no memfd_secret)",
            Self::Unlocked => "memory that may be swapped (raise RLIMIT_MEMLOCK)",
        })
    }
}

/// Holds secrets of fixed size in memory of its own, between two pages that trap any access.
///
/// Open it after the last fork: the memory is not given to children, and a child that reaches
/// for a secret stops there.
#[derive(Clone)]
pub struct Arena {
    shared: Arc<Shared>,
}

struct Shared {
    region: Region,
    /// One flag per slot of the region: taken or free.
    taken: Mutex<Vec<bool>>,
}

impl Arena {
    /// Opens an arena for at least `capacity` bytes, on the best memory that the kernel offers;
    /// [`Arena::backing`] says which that was.
    ///
    /// # Errors
    /// [`Error::Kernel`] when there is no memory of any kind.
    pub fn open(capacity: usize) -> Result<Self, Error> {
        Region::map(capacity).map(Self::over)
    }

    fn over(region: Region) -> Self {
        let slots = region.capacity() / SLOT_BYTES;
        Self {
            shared: Arc::new(Shared {
                region,
                taken: Mutex::new(vec![false; slots]),
            }),
        }
    }

    /// Says what protects this arena's memory.
    #[must_use]
    pub fn backing(&self) -> Backing {
        self.shared.region.backing()
    }

    /// Places a secret in the arena; `fill` writes it where it will stay, over zeros.
    ///
    /// # Errors
    /// [`Error::ArenaFull`] when there is no room for `N` more bytes.
    pub fn place<const N: usize>(
        &self,
        fill: impl FnOnce(&mut [u8; N]),
    ) -> Result<SecretBox<N>, Error> {
        let first = self.shared.take(slots_for(N))?;
        let mut secret = SecretBox {
            shared: Arc::clone(&self.shared),
            first,
        };
        fill(secret.expose_mut());
        Ok(secret)
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena")
            .field("backing", &self.backing())
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Finds and takes a run of free slots, and returns the first.
    fn take(&self, count: usize) -> Result<usize, Error> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let first = taken
            .windows(count)
            .position(|run| !run.contains(&true))
            .ok_or_else(|| Error::ArenaFull {
                capacity: self.region.capacity(),
            })?;
        taken[first..first + count].fill(true);
        Ok(first)
    }

    fn give_back(&self, first: usize, count: usize) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken[first..first + count].fill(false);
    }
}

/// A secret takes a slot even when it has no bytes, so that no two share a place.
fn slots_for(length: usize) -> usize {
    length.div_ceil(SLOT_BYTES).max(1)
}

/// Owns one secret of `N` bytes in an [`Arena`], and wipes it when dropped.
pub struct SecretBox<const N: usize> {
    shared: Arc<Shared>,
    first: usize,
}

impl<const N: usize> SecretBox<N> {
    /// Gives the secret itself: copy it nowhere.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        let start = self
            .shared
            .region
            .at(self.first * SLOT_BYTES, N)
            .cast::<[u8; N]>();
        // SAFETY: `at` checked that the range lies in the mapping, which lives as long as
        // `shared`; its bytes are initialised (fresh pages are zero), aligned for bytes, and this
        // box alone owns the slots, so that `&self` excludes writers.
        unsafe { start.as_ref() }
    }

    fn expose_mut(&mut self) -> &mut [u8; N] {
        let mut start = self
            .shared
            .region
            .at(self.first * SLOT_BYTES, N)
            .cast::<[u8; N]>();
        // SAFETY: as in `expose`, and `&mut self` excludes every other reference.
        unsafe { start.as_mut() }
    }
}

impl<const N: usize> Drop for SecretBox<N> {
    fn drop(&mut self) {
        let start = self.expose_mut().as_mut_ptr();
        // SAFETY: the range is this box's own `N` bytes, and nothing can refer to them any more.
        unsafe { crate::alloc::wipe(start, N) };
        self.shared.give_back(self.first, slots_for(N));
    }
}

impl<const N: usize> fmt::Debug for SecretBox<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBox<{N}>(..)")
    }
}

#[cfg(test)]
mod tests;
