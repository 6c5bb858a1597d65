//! Saving what goes on in a session, and bringing it back (5.6.6, 5.6.7).

use proto::shape::{Answer, Room};

use super::Within;
use super::crypto::usage;
use crate::Error;
use crate::operation::Kind;
use crate::policy::{self, Date, Refusal};
use crate::saved::{TICKET_LEN, Ticket};

/// `CK_INVALID_HANDLE`: no key.
const NO_KEY: u64 = 0;

impl Within<'_> {
    /// Saves what goes on, and gives the ticket for it.
    pub(super) fn save_operations(&self, answer: &mut Answer<Vec<u8>>) -> Result<(), Error> {
        if !self.activity.messages.is_empty() {
            return Err(Error::StateUnsaveable);
        }
        let saved = self.activity.operations.save()?;
        match answer.room() {
            Room::Query => answer.length(TICKET_LEN),
            room if room.fits(TICKET_LEN) => {
                let mut ticket: Ticket = [0; TICKET_LEN];
                self.core.env.random(&mut ticket);
                self.session.tenancy.saved.keep(ticket, saved);
                answer.items(ticket.to_vec());
            }
            Room::Items(_) => {
                answer.length(TICKET_LEN);
                return Err(Error::BufferTooSmall);
            }
        }
        Ok(())
    }

    /// Brings back what was saved, in the place of what goes on. The key of a signature is asked for again: whoever brings a
    /// state back has to be allowed to use it now.
    pub(super) fn restore_operations(
        &mut self,
        ticket: &[u8],
        encryption_key: u64,
        authentication_key: u64,
    ) -> Result<(), Error> {
        let saved = self.session.tenancy.saved.find(ticket)?;
        // No cipher is ever saved.
        if encryption_key != NO_KEY {
            return Err(Error::KeyNotNeeded);
        }
        match (saved.key(), authentication_key) {
            (None, NO_KEY) => {}
            (None, _) => return Err(Error::KeyNotNeeded),
            (Some(_), NO_KEY) => return Err(Error::KeyNeeded),
            (Some((kind, object)), handle) => self.check_key(kind, object, handle)?,
        }
        self.activity.operations.restore(saved);
        Ok(())
    }

    /// Checks that a handle is that of a saved operation's key, and that the key still permits the operation.
    fn check_key(&self, kind: Kind, saved: u64, handle: u64) -> Result<(), Error> {
        let tenancy = &self.session.tenancy;
        let object = tenancy
            .object(self.core, handle)?
            .ok_or_else(|| tenancy.why_missing(handle, Error::KeyHandleInvalid))?;
        if object.handle != saved {
            return Err(Error::KeyChanged);
        }
        let (usage, attributes) = (usage(kind)?, object.attributes());
        if !attributes.is(usage.attribute()) {
            return Err(Refusal::Purpose(usage.attribute()).into());
        }
        let today = Date::of(self.core.env.now_ms());
        policy::decide_date(tenancy.partition.profile, usage, &attributes, today).obey()?;
        Ok(())
    }
}
