//! A caller: who calls, and the ways into a session that several calls share.

use std::sync::{Arc, MutexGuard};

use audit::Actor;
use ck::Mechanism;
use ck::flags::session;
use proto::Class;
use proto::shape::{Answer, MechanismArgument, ObjectHandle, SessionHandle, SlotId};

use crate::Error;
use crate::application::Application;
use crate::hsm::{Core, Hsm};
use crate::journal::Who;
use crate::operation::message::MessageKind;
use crate::operation::{Ending, Kind};
use crate::replies::{CallId, Prior};
use crate::session::{Activity, Session};
use crate::tenancy::{Login, Tenancy};

/// Serves the calls of an application. Make one for each call: it is only a pair of references.
pub struct Caller<'a> {
    pub(super) hsm: &'a Hsm,
    pub(super) application: &'a Application,
    /// Which of the application's calls it is, and what is known of an earlier attempt.
    pub(super) attempt: Option<(u64, Prior)>,
}

/// A call inside of a session, for the length of the call.
pub(super) struct Within<'a> {
    pub(super) core: &'a Core,
    pub(super) hsm: &'a Hsm,
    pub(super) who: Who,
    pub(super) session: &'a Session,
    pub(super) activity: MutexGuard<'a, Activity>,
    pub(super) application: &'a Application,
    pub(super) attempt: Option<(u64, Prior)>,
}

impl<'a> Caller<'a> {
    /// Serves the calls of `application`.
    #[must_use]
    pub const fn new(hsm: &'a Hsm, application: &'a Application) -> Self {
        Self {
            hsm,
            application,
            attempt: None,
        }
    }

    /// Serves one certain call of `application`, which may have been served before.
    #[must_use]
    pub const fn of_call(
        hsm: &'a Hsm,
        application: &'a Application,
        call: CallId,
        prior: Prior,
    ) -> Self {
        Self {
            attempt: Some((call.correlation, prior)),
            ..Self::new(hsm, application)
        }
    }

    pub(super) fn session(&self, handle: SessionHandle) -> Result<Arc<Session>, Error> {
        self.application.session(handle.0)
    }

    /// Opens a session and gives its handle.
    pub(super) fn open(&self, slot: SlotId, flags: u64) -> Result<u64, Error> {
        let partition = self.hsm.partition_of(self.application, slot.0)?;
        if flags & session::SERIAL_SESSION == 0 {
            return Err(Error::SessionParallel);
        }
        if flags & session::ASYNC_SESSION != 0 {
            return Err(Error::SessionAsyncNotSupported);
        }
        if partition.ledger.view().label.is_none() {
            return Err(Error::TokenUninitialized);
        }
        let writable = flags & session::RW_SESSION != 0;
        let handle = self.hsm.session_handle();
        self.application.open_session(handle, partition, writable)?;
        Ok(handle)
    }

    /// Checks that a session is what a class of calls asks for.
    pub(super) fn check_class(&self, class: Class, session: SessionHandle) -> Result<(), Error> {
        let session = self.session(session)?;
        match class {
            Class::ReadWrite if !session.writable => Err(Error::SessionReadOnly),
            Class::SecurityOfficer if session.tenancy.login() != Login::SecurityOfficer => {
                Err(Error::UserNotLoggedIn)
            }
            Class::Public | Class::ReadWrite | Class::SecurityOfficer | Class::Session => Ok(()),
        }
    }

    /// Runs a call inside of a session, which no other call is in meanwhile.
    pub(super) fn within<T>(
        &self,
        handle: SessionHandle,
        call: impl FnOnce(Within<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let session = self.session(handle)?;
        call(Within {
            core: &self.hsm.core,
            hsm: self.hsm,
            who: self.who_in(&session.tenancy),
            activity: session.enter()?,
            session: &session,
            application: self.application,
            attempt: self.attempt,
        })
    }

    /// Who makes a call in a session.
    fn who_in(&self, tenancy: &Tenancy) -> Who {
        let who = self.who(tenancy.login());
        match tenancy.named().filter(|_| who.actor == Actor::User) {
            Some(named) => Who {
                actor: Actor::Named(named.name),
                ..who
            },
            None => who,
        }
    }

    pub(super) fn who(&self, login: Login) -> Who {
        Who {
            actor: match login {
                Login::Public => Actor::Application,
                Login::SecurityOfficer => Actor::SecurityOfficer,
                Login::User => Actor::User,
            },
            agent: self.application.agent.clone(),
        }
    }

    /// Ends an operation that gives a result.
    pub(super) fn end(
        &self,
        session: SessionHandle,
        kind: Kind,
        ending: Ending<'_>,
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.activity.operations.end(kind, ending, answer)
        })
    }

    /// Starts a process that works on messages.
    pub(super) fn begin_messages(
        &self,
        session: SessionHandle,
        kind: MessageKind,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin_messages(kind, mechanism, key.0)
        })
    }

    /// Ends a process that works on messages.
    pub(super) fn end_messages(
        &self,
        session: SessionHandle,
        kind: MessageKind,
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.activity.messages.end(kind))
    }

    /// Gives a part to an operation without output.
    pub(super) fn feed(
        &self,
        session: SessionHandle,
        kind: Kind,
        part: &[u8],
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.activity.operations.feed(kind, part)
        })
    }

    /// Gives a part to a cipher and its plaintext to another operation.
    pub(super) fn update_beside(
        &self,
        session: SessionHandle,
        kinds: (Kind, Kind),
        part: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            let (cipher, other) = kinds;
            call.activity
                .operations
                .update_beside(cipher, other, part, answer)
        })
    }

    /// Gives a part to a cipher.
    pub(super) fn update(
        &self,
        session: SessionHandle,
        kind: Kind,
        part: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.activity.operations.update(kind, part, answer)
        })
    }
}

/// Finds a mechanism's row; the null pointer is no mechanism here.
pub(super) fn mechanism_of<'a>(
    argument: Option<MechanismArgument<'a>>,
) -> Result<(&'static Mechanism, MechanismArgument<'a>), Error> {
    let argument = argument.ok_or(Error::Argument("mechanism"))?;
    let row = ck::mechanism(argument.id).ok_or(mech::Error::MechanismInvalid)?;
    Ok((row, argument))
}
