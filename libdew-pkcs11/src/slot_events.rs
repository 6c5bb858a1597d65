//! Slot events (5.5.4): which tokens came, went, or were made anew since the application last asked.
//!
//! A partition is a slot with its token, and an event is what changes of them: a partition that is made or deleted, within the reach
//! of the access certificate; a token that is initialised; and, for every slot, the link to the HSM that breaks or is there again.
//! The module keeps no thread, so it looks when it is asked, and while it is waited for. Events count from the first question on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ck::Rv;
use ck::flags::token;
use proto::shape::{self, Room};
use proto::{Call, DecodeError, Reader, Writer};

use crate::application::Application;

/// How often a call that waits looks again: often enough for who plugs something in, seldom enough not to be work.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The most slots that are looked at: far above the partitions of an HSM.
const SLOTS: u64 = 65_536;

/// What the module remembers of the slots.
pub(crate) struct SlotEvents(Mutex<Inner>);

struct Inner {
    /// What was seen last; nothing before the first question.
    seen: Option<Tokens>,
    /// Slots with an event that was not told yet.
    pending: BTreeSet<u64>,
}

/// The token in each slot.
type Tokens = BTreeMap<u64, Token>;

/// What tells one token from another, or from itself before it was initialised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Token {
    serial: String,
    label: String,
    initialised: bool,
}

impl SlotEvents {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Inner {
            seen: None,
            pending: BTreeSet::new(),
        }))
    }

    /// Takes the next event, if there is one.
    ///
    /// # Errors
    /// The application is finalised.
    pub(crate) fn next(&self, application: &Application) -> Result<Option<u64>, Rv> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = look(application)?;
        inner.note(now);
        Ok(inner.pending.pop_first())
    }

    /// Waits for the next event.
    ///
    /// # Errors
    /// The application is finalised.
    pub(crate) fn wait(&self, application: &Application) -> Result<u64, Rv> {
        loop {
            if let Some(slot) = self.next(application)? {
                return Ok(slot);
            }
            if application.is_closed_within(LOOK_AGAIN) {
                return Err(Rv::CRYPTOKI_NOT_INITIALIZED);
            }
        }
    }
}

impl Inner {
    /// Compares what is there now with what was.
    fn note(&mut self, now: Tokens) {
        let Some(before) = self.seen.replace(now.clone()) else {
            return;
        };
        let slots = before.keys().chain(now.keys());
        let changed = slots.filter(|slot| before.get(slot) != now.get(slot));
        self.pending.extend(changed);
    }
}

/// Looks at every slot. Where nobody can be reached there is no token in any.
fn look(application: &Application) -> Result<Tokens, Rv> {
    let room = Room::Items(SLOTS);
    let encode = |writer: &mut Writer<'_>| {
        writer.u8(1);
        room.encode(writer);
    };
    let slots = ask(application, Call::GetSlotList, &encode, &|reader| {
        let answer = shape::ListOut::read_reply(reader, room)?;
        Ok(answer.given().cloned().unwrap_or_default())
    })?;
    let mut tokens = Tokens::new();
    for slot in slots.unwrap_or_default() {
        let encode = |writer: &mut Writer<'_>| writer.u64(slot);
        let info = ask(application, Call::GetTokenInfo, &encode, &|reader| {
            shape::TokenInfoOut::read_reply(reader)
        })?;
        let token = info.flatten().map(|info| Token {
            serial: info.serial,
            label: info.label,
            initialised: info.flags & token::TOKEN_INITIALIZED != 0,
        });
        tokens.insert(slot, token.unwrap_or_default());
    }
    Ok(tokens)
}

/// Asks the HSM; there is no answer where it cannot be reached or says no.
fn ask<R>(
    application: &Application,
    call: Call,
    encode: &impl Fn(&mut Writer<'_>),
    read: &impl Fn(&mut Reader<'_>) -> Result<R, DecodeError>,
) -> Result<Option<R>, Rv> {
    // Room for the arguments of either question.
    const SIZE: usize = 32;
    let decode =
        |rv: Rv, reader: &mut Reader<'_>| (rv == Rv::OK).then(|| read(reader).ok()).flatten();
    match application.call(call, SIZE, encode, &decode) {
        Ok(answer) => Ok(answer),
        Err(Rv::CRYPTOKI_NOT_INITIALIZED) => Err(Rv::CRYPTOKI_NOT_INITIALIZED),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(serial: &str, initialised: bool) -> Token {
        Token {
            serial: serial.to_owned(),
            label: String::new(),
            initialised,
        }
    }

    #[test]
    fn what_changed_is_pending_once_for_each_slot() {
        let events = SlotEvents::new();
        let mut inner = events.0.lock().unwrap();
        let mut step = |tokens: &[(u64, Token)]| {
            inner.note(tokens.iter().cloned().collect());
            std::mem::take(&mut inner.pending)
                .into_iter()
                .collect::<Vec<_>>()
        };
        let (one, two) = ((1, token("a", true)), (2, token("b", false)));
        assert_eq!(step(&[one.clone(), two.clone()]), [], "the first look");
        assert_eq!(step(&[one.clone(), two.clone()]), []);
        assert_eq!(
            step(&[one.clone(), (2, token("b", true))]),
            [2],
            "initialised"
        );
        assert_eq!(step(&[]), [1, 2], "the link is lost");
        assert_eq!(step(&[one, (3, token("c", true))]), [1, 3], "and back");
    }
}
