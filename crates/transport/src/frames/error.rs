//! What ends a connection.

use std::io;
use std::time::Duration;

use proto::DecodeError;
use thiserror::Error;

/// Why no next frame could be read.
#[derive(Debug, Error)]
pub enum FrameError {
    /// The peer closed the connection after a whole frame: the ordinary end.
    #[error("the peer closed the connection")]
    Closed,
    /// The peer sent nothing for too long.
    #[error("the peer was silent for {} s", .0.as_secs_f32())]
    Idle(Duration),
    /// The connection failed.
    #[error("the connection failed")]
    Io(#[source] io::Error),
    /// The bytes are no frame, and there is no telling where the next one starts.
    #[error("the peer sent something that is no frame")]
    Malformed(#[source] DecodeError),
    /// The connection ended inside a frame.
    #[error("the connection ended inside a frame")]
    Truncated,
}

/// Why a frame was not queued.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SendError {
    /// The connection is closed or closing.
    #[error("the connection is closed")]
    Closed,
    /// The peer reads more slowly than frames come.
    #[error("the peer reads too slowly, the queue of frames for it is full")]
    Full,
    /// The payload is longer than a frame may be.
    #[error("the payload is longer than a frame may be")]
    TooLong,
}
