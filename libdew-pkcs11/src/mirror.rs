//! What the module remembers of its sessions, so that an HSM which was started anew can have them again.
//!
//! That is little: which sessions are open, the ticket, and of each operation that was begun and has seen no data yet the call that
//! began it. What an operation has taken in is in the HSM alone, and gone with it.

use std::collections::{BTreeSet, HashMap};

use ck::Rv;
use ck::flags::mechanism;
use proto::attach::OpenSession;
use proto::shape::{NumberOut, SessionHandle};
use proto::{Call, Reader};
use zeroize::Zeroizing;

/// A call that began an operation, with its arguments.
#[derive(Clone)]
pub(crate) struct Begun {
    pub(crate) call: Call,
    pub(crate) arguments: Zeroizing<Vec<u8>>,
}

/// A session.
struct Open {
    slot: u64,
    flags: u64,
    begun: Vec<Begun>,
    /// The calls that begin the operations of which nobody knows whether they are active.
    doubtful: Vec<Call>,
    /// Whether the HSM has the session again, but not what was begun in it.
    bare: bool,
}

/// What the module remembers.
#[derive(Default)]
pub(crate) struct Mirror {
    ticket: Zeroizing<Vec<u8>>,
    /// Whether somebody logged in or out since the ticket was given out.
    stale: bool,
    sessions: HashMap<u64, Open>,
    /// The slots with a login.
    logins: BTreeSet<u64>,
    /// How many sessions are bare.
    bare: usize,
    /// Whether there ever was a doubtful operation.
    doubts: bool,
}

/// What a call does to the operation of one kind.
#[derive(Clone, Copy)]
enum Effect {
    /// It begins it.
    Begins,
    /// It gives it data: what was begun cannot be begun again.
    Feeds(&'static [Call]),
    /// It ends it, unless it only asked for a length.
    Ends(Call),
    /// It ends all that goes on in the session, or puts something else in its place.
    EndsAll,
}

/// The effects of calls on operations.
const fn effect(call: Call) -> Option<Effect> {
    Some(match call {
        Call::EncryptInit
        | Call::DecryptInit
        | Call::DigestInit
        | Call::SignInit
        | Call::SignRecoverInit
        | Call::VerifyInit
        | Call::VerifyRecoverInit
        | Call::VerifySignatureInit
        | Call::FindObjectsInit => Effect::Begins,
        Call::Encrypt | Call::EncryptFinal => Effect::Ends(Call::EncryptInit),
        Call::Decrypt | Call::DecryptFinal => Effect::Ends(Call::DecryptInit),
        Call::Digest | Call::DigestFinal => Effect::Ends(Call::DigestInit),
        Call::Sign | Call::SignFinal => Effect::Ends(Call::SignInit),
        Call::SignRecover => Effect::Ends(Call::SignRecoverInit),
        Call::Verify | Call::VerifyFinal => Effect::Ends(Call::VerifyInit),
        Call::VerifyRecover => Effect::Ends(Call::VerifyRecoverInit),
        Call::VerifySignature | Call::VerifySignatureFinal => {
            Effect::Ends(Call::VerifySignatureInit)
        }
        Call::FindObjectsFinal => Effect::Ends(Call::FindObjectsInit),
        Call::FindObjects => Effect::Feeds(&[Call::FindObjectsInit]),
        Call::EncryptUpdate => Effect::Feeds(&[Call::EncryptInit]),
        Call::DecryptUpdate => Effect::Feeds(&[Call::DecryptInit]),
        Call::DigestUpdate | Call::DigestKey => Effect::Feeds(&[Call::DigestInit]),
        Call::SignUpdate => Effect::Feeds(&[Call::SignInit]),
        Call::VerifyUpdate => Effect::Feeds(&[Call::VerifyInit]),
        Call::VerifySignatureUpdate => Effect::Feeds(&[Call::VerifySignatureInit]),
        Call::DigestEncryptUpdate => Effect::Feeds(&[Call::DigestInit, Call::EncryptInit]),
        Call::DecryptDigestUpdate => Effect::Feeds(&[Call::DigestInit, Call::DecryptInit]),
        Call::SignEncryptUpdate => Effect::Feeds(&[Call::SignInit, Call::EncryptInit]),
        Call::DecryptVerifyUpdate => Effect::Feeds(&[Call::VerifyInit, Call::DecryptInit]),
        Call::SessionCancel | Call::SetOperationState => Effect::EndsAll,
        _ => return None,
    })
}

/// The flag by which `C_SessionCancel` ends the operation that a call begins (5.6.5).
const fn cancels(begins: Call) -> Option<u64> {
    Some(match begins {
        Call::EncryptInit => mechanism::ENCRYPT,
        Call::DecryptInit => mechanism::DECRYPT,
        Call::DigestInit => mechanism::DIGEST,
        Call::SignInit => mechanism::SIGN,
        Call::SignRecoverInit => mechanism::SIGN_RECOVER,
        Call::VerifyInit | Call::VerifySignatureInit => mechanism::VERIFY,
        Call::VerifyRecoverInit => mechanism::VERIFY_RECOVER,
        Call::FindObjectsInit => mechanism::FIND_OBJECTS,
        _ => return None,
    })
}

/// Tells whether a call needs an operation that another began.
pub(crate) fn needs(call: Call, begun: Call) -> bool {
    match effect(call) {
        Some(Effect::Feeds(all)) => all.contains(&begun),
        Some(Effect::Ends(one)) => one == begun,
        _ => false,
    }
}

impl Mirror {
    /// The ticket, once there is one.
    pub(crate) fn ticket(&self) -> Option<&[u8]> {
        (!self.ticket.is_empty()).then_some(self.ticket.as_slice())
    }

    /// Whether the logins are those of which the ticket tells.
    pub(crate) const fn logins_stand(&self) -> bool {
        !self.stale
    }

    /// The open sessions.
    pub(crate) fn sessions(&self) -> Vec<OpenSession> {
        let open = self.sessions.iter().map(|(handle, open)| OpenSession {
            handle: *handle,
            slot: open.slot,
            flags: open.flags,
        });
        open.collect()
    }

    /// Takes a new ticket, which tells of the logins as they are.
    pub(crate) fn take_ticket(&mut self, ticket: &[u8]) {
        self.ticket = Zeroizing::new(ticket.to_vec());
        self.stale = false;
    }

    /// Forgets everything: the HSM has nothing of it and does not want to hear of it.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets the sessions: the HSM has none of them, and the application finds out by their handles.
    pub(crate) fn forget_sessions(&mut self) {
        self.sessions.clear();
        self.logins.clear();
        self.bare = 0;
    }

    /// Tells whether the HSM has a session again without what was begun in it.
    pub(crate) const fn has_bare(&self) -> bool {
        self.bare > 0
    }

    /// Notes that what was begun in a session is still to be begun again.
    pub(crate) fn strip_one(&mut self, session: u64) {
        if let Some(open) = self.sessions.get_mut(&session)
            && !std::mem::replace(&mut open.bare, true)
        {
            self.bare += 1;
        }
    }

    /// Notes that the HSM has the sessions again, but nothing in them.
    pub(crate) fn strip(&mut self) {
        for open in self.sessions.values_mut() {
            open.bare = true;
        }
        self.bare = self.sessions.len();
    }

    /// Gives what is to be begun again in a session, once.
    pub(crate) fn begin_again(&mut self, session: u64) -> Vec<Begun> {
        match self.sessions.get_mut(&session) {
            Some(open) if open.bare => {
                open.bare = false;
                self.bare -= 1;
                open.begun.clone()
            }
            _ => Vec::new(),
        }
    }

    /// Tells whether there may be doubtful operations.
    pub(crate) const fn has_doubts(&self) -> bool {
        self.doubts
    }

    /// Notes that a call in a session was given up. To the application it has failed, and so has ended its operation (5.2).
    pub(crate) fn doubt(&mut self, session: u64, call: Call) {
        let Some(open) = self.sessions.get_mut(&session) else {
            return;
        };
        let begins = match effect(call) {
            Some(Effect::Begins) => &[call][..],
            Some(Effect::Ends(one)) => &[one],
            Some(Effect::Feeds(all)) => all,
            Some(Effect::EndsAll) | None => return,
        };
        open.begun.retain(|begun| !begins.contains(&begun.call));
        open.doubtful.retain(|other| !begins.contains(other));
        open.doubtful.extend(begins);
        self.doubts = true;
    }

    /// Gives the flag by which to cancel the operation that a call is about to begin, where it is doubtful; once.
    pub(crate) fn take_doubt(&mut self, session: u64, call: Call) -> Option<u64> {
        let doubtful = &mut self.sessions.get_mut(&session)?.doubtful;
        let at = doubtful.iter().position(|other| *other == call)?;
        doubtful.swap_remove(at);
        cancels(call)
    }

    /// Forgets an operation that cannot be begun again.
    pub(crate) fn forget(&mut self, session: u64, begun: Call) {
        if let Some(open) = self.sessions.get_mut(&session) {
            open.begun.retain(|other| other.call != begun);
        }
    }

    /// Learns from a call that got its answer. Tells whether a new ticket is wanted.
    pub(crate) fn observe(
        &mut self,
        call: Call,
        session: SessionHandle,
        rv: Rv,
        answers: &Reader<'_>,
        arguments: impl FnOnce() -> Zeroizing<Vec<u8>>,
    ) -> bool {
        let ok = rv == Rv::OK;
        match call {
            Call::OpenSession if ok => self.open(answers, &arguments()),
            Call::CloseSession if ok => {
                let Some(closed) = self.sessions.remove(&session.0) else {
                    return false;
                };
                self.bare -= usize::from(closed.bare);
                return self.leave(closed.slot);
            }
            Call::CloseAllSessions if ok => {
                let slot = Reader::new(session, &arguments()).u64("a slot");
                let Ok(slot) = slot else { return false };
                self.sessions.retain(|_, open| open.slot != slot);
                self.bare = self.sessions.values().filter(|open| open.bare).count();
                return self.leave(slot);
            }
            Call::Login | Call::LoginUser if ok => {
                if let Some(open) = self.sessions.get(&session.0) {
                    self.logins.insert(open.slot);
                }
                self.stale = true;
                return true;
            }
            Call::Logout if ok => {
                if let Some(open) = self.sessions.get(&session.0) {
                    self.logins.remove(&open.slot);
                }
                self.stale = true;
                return true;
            }
            _ => {
                if let Some(effect) = effect(call)
                    && let Some(open) = self.sessions.get_mut(&session.0)
                {
                    open.affect(call, effect, rv, answers, arguments);
                }
            }
        }
        false
    }

    fn open(&mut self, answers: &Reader<'_>, arguments: &[u8]) {
        let mut arguments = Reader::new(SessionHandle(0), arguments);
        let slot = arguments.u64("a slot");
        let flags = arguments.u64("flags");
        let handle = NumberOut::read_reply(&mut answers.clone());
        if let (Ok(slot), Ok(flags), Ok(Some(handle))) = (slot, flags, handle) {
            let open = Open {
                slot,
                flags,
                begun: Vec::new(),
                doubtful: Vec::new(),
                bare: false,
            };
            self.sessions.insert(handle, open);
        }
    }

    /// Notes that a session of a slot was closed. Tells whether a login went with it.
    fn leave(&mut self, slot: u64) -> bool {
        let last = self.sessions.values().all(|open| open.slot != slot);
        let left = last && self.logins.remove(&slot);
        self.stale |= left;
        left
    }
}

impl Open {
    fn affect(
        &mut self,
        call: Call,
        effect: Effect,
        rv: Rv,
        answers: &Reader<'_>,
        arguments: impl FnOnce() -> Zeroizing<Vec<u8>>,
    ) {
        match effect {
            Effect::Begins if rv == Rv::OK => {
                self.begun.retain(|other| other.call != call);
                let arguments = arguments();
                self.begun.push(Begun { call, arguments });
            }
            Effect::Begins => {}
            Effect::Feeds(all) => self.begun.retain(|begun| !all.contains(&begun.call)),
            Effect::Ends(one) => {
                // A first answer of this tag is a length, for which the operation goes on.
                const LENGTH: u8 = 1;
                let asked = rv == Rv::BUFFER_TOO_SMALL
                    || (rv == Rv::OK && matches!(answers.clone().u8("a tag"), Ok(LENGTH)));
                if !asked {
                    self.begun.retain(|begun| begun.call != one);
                }
            }
            Effect::EndsAll => self.begun.clear(),
        }
    }
}

#[cfg(test)]
mod tests;
