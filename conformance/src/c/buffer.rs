//! Buffers that a module writes to, with guards behind them.

use cryptoki_sys::CK_ULONG;

use super::Rv;

/// How many bytes behind a buffer must stay as they are.
const GUARD: usize = 64;
/// What the guard, and the untouched part of a buffer, hold.
const FILL: u8 = 0xA5;

/// Memory for an output.
pub struct Buffer {
    bytes: Vec<u8>,
    size: usize,
}

impl Buffer {
    /// A buffer of `size` bytes.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self {
            bytes: vec![FILL; size + GUARD],
            size,
        }
    }

    /// Returns its size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns its content, without the guard.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }

    /// Tells whether any of its own bytes was written to.
    #[must_use]
    pub fn touched(&self) -> bool {
        self.bytes().iter().any(|byte| *byte != FILL)
    }

    /// Tells whether the module wrote behind it.
    #[must_use]
    pub fn overrun(&self) -> bool {
        self.bytes[self.size..].iter().any(|byte| *byte != FILL)
    }

    pub(super) fn address(&mut self) -> usize {
        self.bytes.as_mut_ptr().expose_provenance()
    }
}

/// What a call is given to write its output to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    /// A null buffer: the call tells the length.
    Length,
    /// A buffer of so many bytes.
    Room(usize),
    /// A buffer, but a null pointer for its length.
    NoLength,
}

/// What a call wrote.
#[derive(Clone, Debug)]
pub struct Output {
    /// What it returned.
    pub rv: Rv,
    /// The length that it told; the length that it was given, where it told none.
    pub length: CK_ULONG,
    /// The bytes that it wrote: as many as `length` says, and no more than there was room for.
    pub bytes: Vec<u8>,
    /// Whether anything at all was written to the buffer.
    pub touched: bool,
}
