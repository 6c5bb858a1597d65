//! The frame: a fixed header and a payload.
//!
//! The header is all that an agent reads. Numbers are little-endian:
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 1 | version of the header, [`VERSION`] |
//! | 1 | 1 | [`Kind`] |
//! | 2 | 2 | number of the call |
//! | 4 | 4 | length of the payload |
//! | 8 | 8 | correlation id: a reply carries its request's |
//! | 16 | 8 | application id: given by the agent, unique on its connection |
//! | 24 | 8 | session handle, 0 where the call has none |

use crate::codec::{DecodeError, Reader};
use crate::limits;
use crate::shape::SessionHandle;

/// The version of the header that this crate reads and writes.
pub const VERSION: u8 = 1;

/// The length of a header in bytes.
pub const HEADER_LEN: usize = 32;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The first frame each way: versions ([`crate::hello`]).
    Hello = 1,
    /// A call of PKCS#11.
    Request = 2,
    /// Its answer.
    Reply = 3,
    /// An application went away: its sessions end. No payload, no answer.
    Gone = 4,
    /// A management request ([`crate::admin`]).
    AdminRequest = 5,
    /// Its answer.
    AdminReply = 6,
    /// A call whose answer was lost: it may have been carried out, and is not carried out again.
    Again = 80,
    /// An application asks for its sessions ([`crate::attach`]); answered by a [`Kind::Reply`].
    Attach = 81,
    /// An agent has lost the HSM with a call: its payload is a [`Loss`]. Only to applications that attach.
    Lost = 82,
}

/// What an agent knows of a call that it cannot answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Loss {
    /// It was not sent to the HSM.
    Unsent = 0,
    /// It was sent, and may have been carried out.
    Unknown = 1,
}

impl Loss {
    /// Reads the payload of a [`Kind::Lost`]; what is not known may have happened.
    #[must_use]
    pub const fn decode(payload: &[u8]) -> Self {
        match payload {
            [0] => Self::Unsent,
            _ => Self::Unknown,
        }
    }
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Hello,
        Self::Request,
        Self::Reply,
        Self::Gone,
        Self::AdminRequest,
        Self::AdminReply,
        Self::Again,
        Self::Attach,
        Self::Lost,
    ];
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the frame is.
    pub kind: Kind,
    /// The number of the call, 0 for frames that are none.
    pub call: u16,
    /// The length of the payload in bytes, at most [`limits::PAYLOAD_BYTES`].
    pub length: u32,
    /// Pairs a reply with its request.
    pub correlation: u64,
    /// Whose call it is.
    pub application: u64,
    /// In which session.
    pub session: SessionHandle,
}

impl Header {
    /// Writes the header.
    #[must_use]
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        bytes[0] = VERSION;
        bytes[1] = self.kind as u8;
        bytes[2..4].copy_from_slice(&self.call.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.length.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.correlation.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.application.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.session.0.to_le_bytes());
        bytes
    }

    /// Reads a header, before any of the payload is there.
    ///
    /// # Errors
    /// [`DecodeError::Unknown`] for another version or kind, [`DecodeError::Limit`] for a payload that is too long:
    /// after either, the stream has no next frame and must be closed.
    pub fn decode(bytes: &[u8; HEADER_LEN]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(SessionHandle(0), bytes);
        let version = reader.u8("the header")?;
        if version != VERSION {
            return Err(DecodeError::Unknown {
                what: "the header's version",
                tag: version.into(),
            });
        }
        let tag = reader.u8("the header")?;
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| *kind as u8 == tag)
            .ok_or_else(|| DecodeError::Unknown {
                what: "the frame's kind",
                tag: tag.into(),
            })?;
        let call = u16::from_le_bytes(reader.array("the header")?);
        let length = reader.u32("the header")?;
        if !usize::try_from(length).is_ok_and(|length| length <= limits::PAYLOAD_BYTES) {
            return Err(DecodeError::Limit {
                what: "the length of a frame",
            });
        }
        Ok(Self {
            kind,
            call,
            length,
            correlation: reader.u64("the header")?,
            application: reader.u64("the header")?,
            session: SessionHandle(reader.u64("the header")?),
        })
    }

    /// Returns the length of the payload as a size in memory.
    #[must_use]
    pub fn payload_len(&self) -> usize {
        usize::try_from(self.length).unwrap_or(limits::PAYLOAD_BYTES)
    }
}

/// Appends a whole frame to `out`: the header, with the payload's length put in, and the payload that `write` makes.
///
/// # Errors
/// [`DecodeError::Limit`] when the payload is longer than a frame may be; `out` is then as it was.
pub fn append(
    out: &mut Vec<u8>,
    header: Header,
    write: impl FnOnce(&mut crate::Writer<'_>),
) -> Result<(), DecodeError> {
    let start = out.len();
    out.resize(start + HEADER_LEN, 0);
    let mut writer = crate::Writer::new(out);
    writer.name_session(header.session);
    write(&mut writer);
    let session = writer.session();
    let length = out.len() - start - HEADER_LEN;
    if length > limits::PAYLOAD_BYTES {
        out.truncate(start);
        return Err(DecodeError::Limit {
            what: "the length of a frame",
        });
    }
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let header = Header {
        length,
        session,
        ..header
    };
    out[start..start + HEADER_LEN].copy_from_slice(&header.encode());
    Ok(())
}
