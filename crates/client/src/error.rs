//! Why a call has no reply.

use std::io::ErrorKind;

use proto::DecodeError;
use thiserror::Error;

/// Why a call has no reply. The connection is dead unless the variant says otherwise.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// This side closed the connection.
    #[error("the connection was closed")]
    Closed,
    /// The agent has no HSM, or one that does not know this application yet: the call was certainly not carried out. The
    /// connection lives on.
    #[error("the agent has lost the HSM, and the call was not sent")]
    HsmAway,
    /// The agent lost the HSM while the call was under way: it may or may not have been carried out. The connection lives on.
    #[error("the agent lost the HSM while the call was under way")]
    HsmLost,
    /// The connection broke while the call was under way: it may or may not have been carried out.
    #[error("the connection was lost: {0}")]
    Lost(ErrorKind),
    /// The peer sent something that is no frame, or a frame that nobody waits for.
    #[error("the peer broke the protocol: {0}")]
    Malformed(DecodeError),
    /// No reply came in time.
    #[error("no reply came in time")]
    TimedOut,
    /// The peer has not said anything for too long, though it was asked.
    #[error("the peer is silent")]
    Silent,
    /// The request does not fit into a frame; nothing was sent and the connection lives on.
    #[error("the request is longer than a frame may be")]
    TooLong,
    /// The connection broke before any of the request was sent: the call was certainly not carried out.
    #[error("the connection was lost before the request was sent")]
    Unsent,
    /// The peer speaks no version of the protocol that this build speaks.
    #[error(
        "the peer speaks versions {oldest} to {newest} of the protocol, which this build does not"
    )]
    Version {
        /// The lowest version that the peer speaks.
        oldest: u32,
        /// The highest version that the peer speaks.
        newest: u32,
    },
}
