//! The first exchange on a connection: each side says which versions it speaks.
//!
//! Both sides send their [`Hello`] at once and then read the other's. Later on, a `Hello` from the side that connected
//! asks whether the other is alive, and is answered with one of the same correlation id ([`answer_hello`]).

use std::time::Duration;

use proto::DecodeError;
use proto::frame::{Header, Kind};
use proto::hello::Hello;
use proto::shape::SessionHandle;
use proto::{Reader, Writer};
use thiserror::Error;
use tokio::io::AsyncRead;
use tokio::time::timeout;

use crate::frames::{FrameError, FrameReader, FrameSender, QUEUE_BYTES, SendError};

/// How long the exchange may take, and the TLS handshake before it.
pub const DEADLINE: Duration = Duration::from_secs(5);

/// Why two peers did not agree.
#[derive(Debug, Error)]
pub enum PeerError {
    /// The connection ended before.
    #[error("the connection ended before the peer said hello")]
    Connection(#[source] FrameError),
    /// The peer did not say hello in time.
    #[error("the peer did not say hello within {} s", .0.as_secs_f32())]
    Deadline(Duration),
    /// The connection took no frame.
    #[error("the connection took no hello")]
    Send(#[source] SendError),
    /// The peer's hello cannot be read.
    #[error("the peer's hello cannot be read")]
    Unreadable(#[source] DecodeError),
    /// The peer began with something else.
    #[error("the peer began with a frame that is no hello ({0:?})")]
    Unexpected(Kind),
    /// There is no version that both speak.
    #[error(
        "no common version: the peer speaks {} to {}, we speak {} to {}; update the older side",
        .0.oldest, .0.newest, Hello::OURS.oldest, Hello::OURS.newest
    )]
    Version(Hello),
}

/// Says hello, waits for the peer's, and returns the version that both speak from here on.
///
/// # Errors
/// [`PeerError`], after which the connection is to be closed.
pub async fn exchange<R: AsyncRead + Unpin>(
    reader: &mut FrameReader<R>,
    sender: &FrameSender,
    deadline: Duration,
) -> Result<u32, PeerError> {
    try_hello(sender, 0).map_err(PeerError::Send)?;
    let theirs = timeout(deadline, read_hello(reader))
        .await
        .map_err(|_| PeerError::Deadline(deadline))??;
    Hello::OURS.agree(&theirs).ok_or(PeerError::Version(theirs))
}

/// Sends a hello that asks whether the peer is alive, without waiting.
///
/// # Errors
/// [`SendError::Full`], when the peer has much else to read first, and [`SendError::Closed`].
pub fn try_hello(sender: &FrameSender, correlation: u64) -> Result<(), SendError> {
    let header = Header {
        kind: Kind::Hello,
        call: 0,
        length: 0,
        correlation,
        application: 0,
        session: SessionHandle(0),
    };
    sender.try_send(header, &hello_payload(), QUEUE_BYTES)
}

/// Answers a hello that came later than the first.
///
/// # Errors
/// [`SendError::Closed`].
pub async fn answer_hello(sender: &FrameSender, asked: Header) -> Result<(), SendError> {
    sender.send(asked, &hello_payload()).await
}

/// Reads the payload of a hello frame.
///
/// # Errors
/// [`DecodeError`] where it is cut short.
pub fn decode_hello(payload: &[u8]) -> Result<Hello, DecodeError> {
    Hello::decode(&mut Reader::new(SessionHandle(0), payload))
}

fn hello_payload() -> Vec<u8> {
    let mut payload = Vec::new();
    Hello::OURS.encode(&mut Writer::new(&mut payload));
    payload
}

async fn read_hello<R: AsyncRead + Unpin>(reader: &mut FrameReader<R>) -> Result<Hello, PeerError> {
    let frame = reader
        .read_in_place()
        .await
        .map_err(PeerError::Connection)?;
    if frame.header.kind != Kind::Hello {
        return Err(PeerError::Unexpected(frame.header.kind));
    }
    decode_hello(frame.payload).map_err(PeerError::Unreadable)
}
