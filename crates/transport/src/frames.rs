//! Frames on tokio: a reader that takes many per read, and a writer that sends many per write.

mod error;
mod reader;
mod receive;
#[cfg(test)]
mod tests;
mod writer;

use std::time::Duration;

use proto::frame::Header;

pub use self::error::{FrameError, SendError};
pub use self::reader::FrameReader;
pub use self::writer::{FrameSender, FrameWriter, QUEUE_BYTES, channel};
use crate::Payload;

/// The size of a buffer at rest: some hundreds of small frames, or four TLS records.
const REST_BYTES: usize = 64 << 10;

/// How long a buffer that grew for long frames is kept when none come: giving it back after each costs more than the
/// frame itself, keeping it costs memory for every peer that once sent one.
const KEEP: Duration = Duration::from_secs(1);

/// A frame of one's own.
pub struct Frame {
    /// The header as the peer wrote it.
    pub header: Header,
    /// The payload, as long as the header says.
    pub payload: Payload,
}

/// A frame in the receive buffer.
#[derive(Clone, Copy)]
pub struct FrameRef<'a> {
    /// The header as the peer wrote it.
    pub header: Header,
    /// The payload, as long as the header says.
    pub payload: &'a [u8],
}

impl FrameRef<'_> {
    /// Copies the frame out of the receive buffer.
    #[must_use]
    pub fn to_frame(&self) -> Frame {
        Frame {
            header: self.header,
            payload: Payload::copy_of(self.payload),
        }
    }
}
