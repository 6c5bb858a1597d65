//! The canonical bytes of an event: fixed order, big-endian numbers, 16-bit lengths. One event has one encoding.

use crate::entry::EntryError;
use crate::event::{Actor, Event, Outcome, Signature, TEXT_MAX, Text};

const ABSENT: u8 = 0;
const PRESENT: u8 = 1;

/// Appends an event's canonical bytes.
pub(crate) fn write_event(out: &mut Vec<u8>, event: &Event) {
    out.extend_from_slice(&event.time_ms.to_be_bytes());
    write_actor(out, &event.actor);
    write_option(out, event.agent.as_ref(), write_text);
    write_option(out, event.partition.as_ref(), write_id);
    write_text(out, &event.operation);
    write_option(out, event.object.as_ref(), write_id);
    match &event.outcome {
        Outcome::Returned(code) => {
            out.push(0);
            out.extend_from_slice(&code.to_be_bytes());
        }
        Outcome::Failed(why) => {
            out.push(1);
            write_text(out, why);
        }
    }
    write_option(out, event.detail.as_ref(), write_text);
    write_option(out, event.signature.as_ref(), |out, signature| {
        write_bytes(out, signature.as_bytes());
    });
}

fn write_actor(out: &mut Vec<u8>, actor: &Actor) {
    match actor {
        Actor::System => out.push(0),
        Actor::Application => out.push(1),
        Actor::User => out.push(2),
        Actor::SecurityOfficer => out.push(3),
        Actor::Named(name) => {
            out.push(4);
            write_text(out, name);
        }
        Actor::Administrator { certificate, role } => {
            out.push(5);
            out.extend_from_slice(certificate);
            write_text(out, role);
        }
    }
}

fn write_option<T>(out: &mut Vec<u8>, value: Option<&T>, write: impl FnOnce(&mut Vec<u8>, &T)) {
    match value {
        None => out.push(ABSENT),
        Some(value) => {
            out.push(PRESENT);
            write(out, value);
        }
    }
}

fn write_id(out: &mut Vec<u8>, id: &[u8; 16]) {
    out.extend_from_slice(id);
}

fn write_text(out: &mut Vec<u8>, text: &Text) {
    write_bytes(out, text.as_str().as_bytes());
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u16::try_from(bytes.len()).expect("texts and signatures are bounded below 64 KiB");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Reads canonical bytes from the front of a slice; every read is bounded by what is left.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], EntryError> {
        let (head, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or(EntryError::Short)?;
        self.rest = rest;
        Ok(*head)
    }

    pub(crate) fn number(&mut self) -> Result<u64, EntryError> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, EntryError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn finish(&self) -> Result<(), EntryError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(EntryError::Trailing)
        }
    }

    pub(crate) fn event(&mut self) -> Result<Event, EntryError> {
        Ok(Event {
            time_ms: self.number()?,
            actor: self.actor()?,
            agent: self.option(Self::text)?,
            partition: self.option(Self::array)?,
            operation: self.text()?,
            object: self.option(Self::array)?,
            outcome: self.outcome()?,
            detail: self.option(Self::text)?,
            signature: self.option(Self::signature)?,
        })
    }

    fn actor(&mut self) -> Result<Actor, EntryError> {
        Ok(match self.byte()? {
            0 => Actor::System,
            1 => Actor::Application,
            2 => Actor::User,
            3 => Actor::SecurityOfficer,
            4 => Actor::Named(self.text()?),
            5 => Actor::Administrator {
                certificate: self.array()?,
                role: self.text()?,
            },
            _ => return Err(EntryError::Unknown { what: "actor" }),
        })
    }

    fn outcome(&mut self) -> Result<Outcome, EntryError> {
        Ok(match self.byte()? {
            0 => Outcome::Returned(self.number()?),
            1 => Outcome::Failed(self.text()?),
            _ => return Err(EntryError::Unknown { what: "outcome" }),
        })
    }

    fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, EntryError>,
    ) -> Result<Option<T>, EntryError> {
        match self.byte()? {
            ABSENT => Ok(None),
            PRESENT => read(self).map(Some),
            _ => Err(EntryError::Unknown {
                what: "presence mark",
            }),
        }
    }

    fn bytes(&mut self) -> Result<&'a [u8], EntryError> {
        let length = usize::from(self.array().map(u16::from_be_bytes)?);
        let (head, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(EntryError::Short)?;
        self.rest = rest;
        Ok(head)
    }

    fn text(&mut self) -> Result<Text, EntryError> {
        let bytes = self.bytes()?;
        if bytes.len() > TEXT_MAX {
            return Err(EntryError::Text);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| EntryError::Text)?;
        let kept = Text::new(text);
        if kept.as_str() != text {
            return Err(EntryError::Text);
        }
        Ok(kept)
    }

    fn signature(&mut self) -> Result<Signature, EntryError> {
        Signature::try_from(self.bytes()?.to_vec()).map_err(|_| EntryError::Signature)
    }
}
