//! The receive buffer: bytes go in as they arrive, whole frames come out.

use proto::DecodeError;
use proto::frame::{HEADER_LEN, Header};
use proto::limits;
use zeroize::Zeroize;

use super::{FrameRef, REST_BYTES};
use crate::Payload;

/// The size that no buffer exceeds: the longest frame.
const MOST_BYTES: usize = HEADER_LEN + limits::PAYLOAD_BYTES;

/// By how much a buffer grows at a time. A header that announces a long payload makes us reserve four times what the
/// peer has really sent, not what it claims.
const GROWTH: usize = 4;

/// A buffer between a stream of bytes and the frames in it.
pub(super) struct ReceiveBuffer {
    bytes: Payload,
    start: usize,
    end: usize,
}

impl ReceiveBuffer {
    pub(super) fn new() -> Self {
        Self {
            bytes: Payload::zeros(REST_BYTES),
            start: 0,
            end: 0,
        }
    }

    /// Tells whether bytes are left that are no whole frame yet.
    pub(super) const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Tells whether the buffer holds nothing, and more memory than at rest.
    pub(super) fn is_oversized(&self) -> bool {
        self.is_empty() && self.bytes.len() > REST_BYTES
    }

    /// Gives back what is more than at rest. Only called when nothing is held.
    pub(super) fn shrink(&mut self) {
        *self = Self::new();
    }

    /// Returns the room behind what was received, never empty while the frame at the front is not whole.
    ///
    /// Frames that were taken are wiped here, that is before the connection waits for more.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.is_empty() {
            self.bytes[..self.end].zeroize();
            (self.start, self.end) = (0, 0);
        } else if self.start > 0 && self.needed() > self.bytes.len() - self.start {
            self.move_to_front();
        }
        if self.end == self.bytes.len() {
            self.grow();
        }
        &mut self.bytes[self.end..]
    }

    /// Counts in bytes that were written to the front of the room.
    pub(super) fn add(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Tells whether the frame at the front is whole.
    pub(super) fn is_whole(&self) -> Result<bool, DecodeError> {
        let header = self.header()?;
        Ok(header.is_some_and(|header| self.end - self.start >= HEADER_LEN + header.payload_len()))
    }

    /// Takes the frame at the front, if it is whole.
    pub(super) fn take(&mut self) -> Result<Option<FrameRef<'_>>, DecodeError> {
        let Some(header) = self.header()? else {
            return Ok(None);
        };
        let from = self.start + HEADER_LEN;
        let to = from + header.payload_len();
        if to > self.end {
            return Ok(None);
        }
        self.start = to;
        Ok(Some(FrameRef {
            header,
            payload: &self.bytes[from..to],
        }))
    }

    fn header(&self) -> Result<Option<Header>, DecodeError> {
        self.bytes[self.start..self.end]
            .first_chunk()
            .map(Header::decode)
            .transpose()
    }

    /// The length of the frame at the front, as far as it is known.
    fn needed(&self) -> usize {
        let payload = match self.header() {
            Ok(Some(header)) => header.payload_len(),
            Ok(None) | Err(_) => 0,
        };
        HEADER_LEN + payload
    }

    fn move_to_front(&mut self) {
        let len = self.end - self.start;
        self.bytes.copy_within(self.start..self.end, 0);
        self.bytes[len..self.end].zeroize();
        self.start = 0;
        self.end = len;
    }

    /// Grows towards the frame at the front. Only called with that frame at offset 0 and the buffer full of it.
    fn grow(&mut self) {
        let target = self.needed().min(self.bytes.len().saturating_mul(GROWTH));
        let mut larger = Payload::zeros(target.clamp(REST_BYTES, MOST_BYTES));
        larger[..self.end].copy_from_slice(&self.bytes[..self.end]);
        self.bytes = larger;
    }
}
