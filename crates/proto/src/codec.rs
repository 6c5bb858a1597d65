//! The codec underneath the shapes: little-endian numbers and length-prefixed bytes, bounded and borrowing.

use thiserror::Error;

use crate::shape::SessionHandle;

/// What is wrong with bytes that claim to be a message.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// A number that counts or names something is beyond its limit.
    #[error("{what} is beyond its limit")]
    Limit {
        /// What was counted.
        what: &'static str,
    },
    /// Bytes are left over after the last argument.
    #[error("{0} bytes follow the last argument")]
    Trailing(usize),
    /// The message ends in the middle of something.
    #[error("the message ends inside {what}")]
    Truncated {
        /// What was being read.
        what: &'static str,
    },
    /// A tag has a value that no version gives it.
    #[error("{what} has the unknown tag {tag}")]
    Unknown {
        /// What the tag selects.
        what: &'static str,
        /// Its value.
        tag: u64,
    },
}

/// Reads a payload from front to back; what it gives borrows from the receive buffer.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    session: SessionHandle,
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, the payload of a frame whose header names `session`.
    #[must_use]
    pub const fn new(session: SessionHandle, bytes: &'a [u8]) -> Self {
        Self { session, bytes }
    }

    /// The session that the frame's header names: it stands there and nowhere else.
    #[must_use]
    pub const fn session(&self) -> SessionHandle {
        self.session
    }

    /// Takes the next `len` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] where fewer are left.
    pub fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(len)
            .ok_or(DecodeError::Truncated { what })?;
        self.bytes = rest;
        Ok(taken)
    }

    /// Takes an array of a fixed length.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] where fewer bytes are left.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self
            .bytes
            .split_first_chunk()
            .ok_or(DecodeError::Truncated { what })?;
        self.bytes = rest;
        Ok(*taken)
    }

    /// Takes one byte.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] where none is left.
    pub fn u8(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    /// Takes a number of four bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] where fewer are left.
    pub fn u32(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        self.array(what).map(u32::from_le_bytes)
    }

    /// Takes a number of eight bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] where fewer are left.
    pub fn u64(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// Takes a count, at most `limit`.
    ///
    /// # Errors
    /// [`DecodeError::Limit`] beyond it, [`DecodeError::Truncated`] where the count itself is cut.
    pub fn count(&mut self, limit: usize, what: &'static str) -> Result<usize, DecodeError> {
        let count = self.u32(what)?;
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= limit)
            .ok_or(DecodeError::Limit { what })
    }

    /// Takes bytes that a count of at most `limit` precedes.
    ///
    /// # Errors
    /// As [`Reader::count`] and [`Reader::take`].
    pub fn bytes(&mut self, limit: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let len = self.count(limit, what)?;
        self.take(len, what)
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// [`DecodeError::Trailing`] where something is.
    pub const fn finish(&self) -> Result<(), DecodeError> {
        match self.bytes.len() {
            0 => Ok(()),
            left => Err(DecodeError::Trailing(left)),
        }
    }

    /// Tells whether everything was read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Appends a payload to a buffer, and keeps the session for the frame's header.
#[derive(Debug)]
pub struct Writer<'a> {
    session: SessionHandle,
    bytes: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    /// Writes to the end of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self {
            session: SessionHandle(0),
            bytes,
        }
    }

    /// The session for the frame's header, 0 where the call has none.
    #[must_use]
    pub const fn session(&self) -> SessionHandle {
        self.session
    }

    /// Sets the session for the frame's header.
    pub const fn name_session(&mut self, session: SessionHandle) {
        self.session = session;
    }

    /// Writes bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes one byte.
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Writes four bytes.
    pub fn u32(&mut self, value: u32) {
        self.raw(&value.to_le_bytes());
    }

    /// Writes eight bytes.
    pub fn u64(&mut self, value: u64) {
        self.raw(&value.to_le_bytes());
    }

    /// Writes a count. Counts beyond four bytes saturate, and the reader then refuses them as beyond its limit.
    pub fn count(&mut self, value: usize) {
        self.u32(u32::try_from(value).unwrap_or(u32::MAX));
    }

    /// Writes bytes after their count.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }
}
