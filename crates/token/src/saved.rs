//! Saved states of operations (5.6.6, 5.6.7).
//!
//! A state stays in the HSM. What the application gets is a ticket for it: random bytes that say nothing of data or keys, that
//! nobody guesses, and that no other application can use. Tickets end with the application, as its sessions do.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::Error;
use crate::lock::lock;
use crate::operation::Saved;

/// The length of a ticket in bytes: beyond guessing.
pub(crate) const TICKET_LEN: usize = 32;

/// How many states an application has at a token, each some hundreds of bytes; the oldest gives way. Applications that copy
/// a digest (Java's `clone`) take one or two for each TLS handshake and bring them back at once.
const STATES: usize = 1_024;

/// What an application gets for a state.
pub(crate) type Ticket = [u8; TICKET_LEN];

/// The saved states of an application at a token.
#[derive(Default)]
pub(crate) struct SavedStates(Mutex<VecDeque<(Ticket, Saved)>>);

impl SavedStates {
    /// Keeps a state.
    pub(crate) fn keep(&self, ticket: Ticket, saved: Saved) {
        let mut states = lock(&self.0);
        if states.len() >= STATES {
            states.pop_front();
        }
        states.push_back((ticket, saved));
    }

    /// Copies a state, which stays: it may be brought back more than once.
    pub(crate) fn find(&self, ticket: &[u8]) -> Result<Saved, Error> {
        lock(&self.0)
            .iter()
            .rev()
            .find(|(kept, _)| kept.as_slice() == ticket)
            .ok_or(Error::SavedStateInvalid)
            .and_then(|(_, saved)| saved.duplicate())
    }

    /// Forgets what uses private objects, as the login ends.
    pub(crate) fn forget_private(&self) {
        lock(&self.0).retain(|(_, saved)| !saved.is_private());
    }
}
