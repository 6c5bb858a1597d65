//! Frames over blocking streams, for programs that have no tokio.

use std::io::{self, ErrorKind, Read, Write};

use proto::frame::{HEADER_LEN, Header};
use proto::limits;
use zeroize::Zeroize;

use crate::Payload;
use crate::frames::{Frame, FrameError};

/// Reads one frame. A reader of many small ones wants a `BufReader`.
///
/// # Errors
/// [`FrameError`], after which there is no next frame; a read timeout of the stream is [`FrameError::Io`].
pub fn read_frame(source: &mut impl Read) -> Result<Frame, FrameError> {
    let mut bytes = [0; HEADER_LEN];
    let first = read_some(source, &mut bytes)?;
    if first == 0 {
        return Err(FrameError::Closed);
    }
    fill(source, &mut bytes[first..])?;
    let header = Header::decode(&bytes).map_err(FrameError::Malformed)?;
    let mut payload = Payload::zeros(header.payload_len());
    fill(source, &mut payload)?;
    Ok(Frame { header, payload })
}

/// Writes one frame in one write, and flushes. The header's length is set from the payload.
///
/// # Errors
/// The stream's own; [`ErrorKind::InvalidInput`] for a payload that is too long.
pub fn write_frame(sink: &mut impl Write, header: Header, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len())
        .ok()
        .filter(|_| payload.len() <= limits::PAYLOAD_BYTES)
        .ok_or_else(|| {
            io::Error::new(
                ErrorKind::InvalidInput,
                "the payload is longer than a frame may be",
            )
        })?;
    let mut bytes = Vec::with_capacity(HEADER_LEN + payload.len());
    bytes.extend_from_slice(&Header { length, ..header }.encode());
    bytes.extend_from_slice(payload);
    let written = sink.write_all(&bytes).and_then(|()| sink.flush());
    bytes.as_mut_slice().zeroize();
    written
}

fn read_some(source: &mut impl Read, bytes: &mut [u8]) -> Result<usize, FrameError> {
    loop {
        match source.read(bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done.map_err(FrameError::Io),
        }
    }
}

fn fill(source: &mut impl Read, bytes: &mut [u8]) -> Result<(), FrameError> {
    source
        .read_exact(bytes)
        .map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => FrameError::Truncated,
            _ => FrameError::Io(error),
        })
}
