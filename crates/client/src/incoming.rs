//! The receiving side: bytes from the stream, cut into frames.

use std::io;

use proto::frame::{HEADER_LEN, Header};
use proto::{DecodeError, limits};
use zeroize::{Zeroize, Zeroizing};

use crate::stream::Stream;

/// How much is read at once where no longer frame is under way: some hundred small replies.
const CHUNK_BYTES: usize = 32 << 10;

/// A frame's header with its payload, which is wiped when dropped.
pub(crate) type Frame = (Header, Zeroizing<Vec<u8>>);

/// Bytes that were read and not yet taken as frames.
pub(crate) struct Incoming {
    /// Fully initialised; what was read stands in `start..end`, everything else is zero.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Incoming {
    pub(crate) fn new() -> Self {
        Self {
            buffer: vec![0; CHUNK_BYTES],
            start: 0,
            end: 0,
        }
    }

    /// Reads once from the stream; 0 at its end.
    pub(crate) fn fill(&mut self, stream: &impl Stream) -> io::Result<usize> {
        let read = stream.read(&mut self.buffer[self.end..])?;
        self.end += read;
        Ok(read)
    }

    /// Takes the next frame, where it is there as a whole; otherwise makes room for what is missing.
    pub(crate) fn next_frame(&mut self) -> Result<Option<Frame>, DecodeError> {
        let unread = &self.buffer[self.start..self.end];
        let Some((header, rest)) = unread.split_first_chunk::<HEADER_LEN>() else {
            self.make_room(HEADER_LEN);
            return Ok(None);
        };
        let header = Header::decode(header)?;
        let length = header.payload_len();
        let Some(payload) = rest.get(..length) else {
            self.make_room(HEADER_LEN + length);
            return Ok(None);
        };
        let payload = Zeroizing::new(payload.to_vec());
        let next = self.start + HEADER_LEN + length;
        self.buffer[self.start..next].zeroize();
        self.start = next;
        Ok(Some((header, payload)))
    }

    /// Moves the unread bytes to the front of a buffer that has room for a frame of `frame` bytes.
    fn make_room(&mut self, frame: usize) {
        debug_assert!(
            frame <= HEADER_LEN + limits::PAYLOAD_BYTES,
            "Header::decode checks the length"
        );
        let wanted = frame.max(CHUNK_BYTES);
        let unread = self.end - self.start;
        if self.buffer.len() == wanted && self.start == 0 {
            return;
        }
        if self.buffer.len() == wanted {
            self.buffer.copy_within(self.start..self.end, 0);
            self.buffer[unread.max(self.start)..self.end].zeroize();
        } else {
            let mut roomier = vec![0; wanted];
            roomier[..unread].copy_from_slice(&self.buffer[self.start..self.end]);
            self.buffer.zeroize();
            self.buffer = roomier;
        }
        (self.start, self.end) = (0, unread);
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}
