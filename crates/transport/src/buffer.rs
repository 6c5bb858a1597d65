//! Bytes that are wiped: payloads, and the buffers that frames are received into and queued in.

use std::ops::{Deref, DerefMut};

use zeroize::Zeroize;

/// The payload of a frame, wiped when dropped.
///
/// It is no `Zeroizing<Vec<u8>>` because that wipes byte by byte, which shows at a megabyte per frame.
#[derive(Default)]
pub struct Payload(Vec<u8>);

impl Payload {
    /// Copies bytes that stay the caller's to wipe.
    #[must_use]
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// Makes a payload of zeros, to be filled.
    pub(crate) fn zeros(len: usize) -> Self {
        Self(vec![0; len])
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for Payload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Payload {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

/// A queue of bytes that leaves no copy behind when it grows or empties.
#[derive(Default)]
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    /// Makes an empty buffer with room for `capacity` bytes.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// Makes room for `additional` bytes; where the bytes must move, the old ones are wiped.
    pub(crate) fn reserve(&mut self, additional: usize) {
        let needed = self.0.len().saturating_add(additional);
        if needed > self.0.capacity() {
            let mut larger = Self::with_capacity(needed.max(self.0.capacity().saturating_mul(2)));
            larger.0.extend_from_slice(&self.0);
            *self = larger;
        }
    }

    /// Appends bytes.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Wipes and empties the buffer, and keeps its memory for what comes next.
    pub(crate) fn clear(&mut self) {
        self.0.as_mut_slice().zeroize();
        self.0.clear();
    }

    /// Tells how many bytes the buffer has memory for.
    pub(crate) const fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}
