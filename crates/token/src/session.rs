//! A session: its place, its active operations and its search.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use ck::SessionState;

use crate::Error;
use crate::lock::lock;
use crate::operation::Operations;
use crate::operation::message::Messages;
use crate::replies::Replies;
use crate::tenancy::{Login, Tenancy};

/// A session between an application and a token.
pub(crate) struct Session {
    /// Its handle, never given to another session.
    pub(crate) handle: u64,
    /// Whether it may change objects of the token.
    pub(crate) writable: bool,
    /// The application's side of the token.
    pub(crate) tenancy: Arc<Tenancy>,
    /// The answers of its last calls.
    pub(crate) replies: Mutex<Replies>,
    activity: Mutex<Activity>,
}

/// What goes on in a session. It is locked for the length of a call, so that the calls of a session come one after
/// another, as the standard has it (5.1.2).
#[derive(Default)]
pub(crate) struct Activity {
    /// The active operations.
    pub(crate) operations: Operations,
    /// The processes that work on messages.
    pub(crate) messages: Messages,
    /// The handles still to be given out by an active search.
    pub(crate) search: Option<VecDeque<u64>>,
    closed: bool,
}

impl Activity {
    /// Tells whether something waits for the PIN.
    pub(crate) fn any_locked(&self) -> bool {
        self.operations.any_locked() || self.messages.any_locked()
    }

    /// Lets what waits for the PIN work.
    pub(crate) fn unlock(&mut self) {
        self.operations.unlock();
        self.messages.unlock();
    }
}

impl Session {
    /// Opens a session.
    pub(crate) fn new(
        handle: u64,
        writable: bool,
        tenancy: Arc<Tenancy>,
        replies: Replies,
    ) -> Self {
        Self {
            replies: Mutex::new(replies),
            handle,
            writable,
            tenancy,
            activity: Mutex::default(),
        }
    }

    /// Waits for the session's running call and enters the next.
    pub(crate) fn enter(&self) -> Result<MutexGuard<'_, Activity>, Error> {
        let activity = lock(&self.activity);
        if activity.closed || self.tenancy.partition.is_closed() {
            return Err(Error::SessionHandleInvalid);
        }
        Ok(activity)
    }

    /// Ends everything in the session, after its running call. Tells whether it was open.
    pub(crate) fn end(&self) -> bool {
        let mut activity = lock(&self.activity);
        let was_open = !activity.closed;
        *activity = Activity {
            closed: true,
            ..Activity::default()
        };
        was_open
    }

    /// Ends what goes on with private objects, after the running call.
    pub(crate) fn end_private(&self) {
        let mut activity = lock(&self.activity);
        activity.operations.cancel_private();
        activity.messages.cancel_private();
    }

    /// The state of the session (5.6, "session states").
    pub(crate) fn state(&self) -> SessionState {
        match (self.tenancy.login(), self.writable) {
            (Login::Public, false) => SessionState::RO_PUBLIC_SESSION,
            (Login::Public, true) => SessionState::RW_PUBLIC_SESSION,
            (Login::User, false) => SessionState::RO_USER_FUNCTIONS,
            (Login::User, true) => SessionState::RW_USER_FUNCTIONS,
            (Login::SecurityOfficer, _) => SessionState::RW_SO_FUNCTIONS,
        }
    }
}
