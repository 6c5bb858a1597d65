//! How an application finds its sessions again after a connection broke or the HSM was started anew.
//!
//! The first frame of an application is [`Attach::New`]. The HSM answers with a ticket, which the application shows when it
//! comes back ([`Attach::Resume`]). An HSM that still has the application's sessions gives them back as they were; one that
//! was restarted opens them again as the application lists them: a session as such is worth nothing, and what login comes
//! with it the sealed ticket says.

use crate::codec::{DecodeError, Reader, Writer};

/// The longest ticket in bytes: one that tells of a login in each of a hundred partitions.
pub const TICKET_BYTES: usize = 32 << 10;

/// The most sessions that an application has again: as many as it may have with one token.
pub const SESSIONS: usize = 65_536;

/// A session that an application had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Its handle, which it keeps.
    pub handle: u64,
    /// The slot.
    pub slot: u64,
    /// The flags that it was opened with.
    pub flags: u64,
}

/// What an application asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attach<'a> {
    /// A place of its own, with nothing in it.
    New,
    /// A ticket that tells of the logins as they are now.
    Renew,
    /// What it had.
    Resume {
        /// The newest ticket that it was given.
        ticket: &'a [u8],
        /// Whether the logins of which the ticket tells are still wanted.
        login: bool,
        /// Its sessions, which an HSM opens again that has them no more.
        sessions: Vec<OpenSession>,
    },
}

impl<'a> Attach<'a> {
    /// Writes the payload.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        match self {
            Self::New => writer.u8(0),
            Self::Renew => writer.u8(1),
            Self::Resume {
                ticket,
                login,
                sessions,
            } => {
                writer.u8(2);
                writer.bytes(ticket);
                writer.u8(u8::from(*login));
                writer.count(sessions.len());
                for session in sessions {
                    writer.u64(session.handle);
                    writer.u64(session.slot);
                    writer.u64(session.flags);
                }
            }
        }
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// [`DecodeError`] where it is none.
    pub fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let attach = match reader.u8("an attachment")? {
            0 => Self::New,
            1 => Self::Renew,
            2 => {
                let ticket = reader.bytes(TICKET_BYTES, "a ticket")?;
                let login = reader.u8("an attachment")? != 0;
                let count = reader.count(SESSIONS, "the number of sessions")?;
                // Nothing is reserved for sessions that do not follow.
                let mut sessions = Vec::new();
                for _ in 0..count {
                    sessions.push(OpenSession {
                        handle: reader.u64("a session")?,
                        slot: reader.u64("a session")?,
                        flags: reader.u64("a session")?,
                    });
                }
                Self::Resume {
                    ticket,
                    login,
                    sessions,
                }
            }
            tag => {
                return Err(DecodeError::Unknown {
                    what: "an attachment",
                    tag: tag.into(),
                });
            }
        };
        reader.finish()?;
        Ok(attach)
    }
}

/// What became of an application's sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// There are none: the application begins.
    Fresh = 0,
    /// They are as they were, with everything in them.
    Kept = 1,
    /// They are open again, without operations and session objects.
    Rebuilt = 2,
}

/// The answer to an [`Attach`], behind the return code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached<'a> {
    /// What became of the sessions.
    pub outcome: Outcome,
    /// The ticket for the next time.
    pub ticket: &'a [u8],
}

impl<'a> Attached<'a> {
    /// Writes the answer.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        writer.u8(self.outcome as u8);
        writer.bytes(self.ticket);
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`DecodeError`] where it is none.
    pub fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let outcome = match reader.u8("what became of the sessions")? {
            0 => Outcome::Fresh,
            1 => Outcome::Kept,
            2 => Outcome::Rebuilt,
            tag => {
                return Err(DecodeError::Unknown {
                    what: "what became of the sessions",
                    tag: tag.into(),
                });
            }
        };
        let ticket = reader.bytes(TICKET_BYTES, "a ticket")?;
        reader.finish()?;
        Ok(Self { outcome, ticket })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::SessionHandle;

    fn check(attach: &Attach<'_>) {
        let mut bytes = Vec::new();
        attach.encode(&mut Writer::new(&mut bytes));
        let longer = [bytes.as_slice(), &[0]].concat();
        let decode = |bytes| Attach::decode(&mut Reader::new(SessionHandle(0), bytes)).ok();
        assert_eq!(decode(&bytes).as_ref(), Some(attach));
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end]), None, "cut at {end}");
        }
        assert_eq!(decode(&longer), None, "a byte too many");
    }

    #[test]
    fn attachments_pass_and_cut_ones_do_not() {
        check(&Attach::New);
        check(&Attach::Renew);
        let session = |handle| OpenSession {
            handle,
            slot: 3,
            flags: 6,
        };
        check(&Attach::Resume {
            ticket: b"ticket",
            login: true,
            sessions: vec![session(7), session(8)],
        });
    }

    #[test]
    fn answers_pass() {
        for outcome in [Outcome::Fresh, Outcome::Kept, Outcome::Rebuilt] {
            let ticket = b"another".as_slice();
            let mut bytes = Vec::new();
            Attached { outcome, ticket }.encode(&mut Writer::new(&mut bytes));
            let read = Attached::decode(&mut Reader::new(SessionHandle(0), &bytes));
            assert_eq!(read, Ok(Attached { outcome, ticket }));
        }
    }
}
