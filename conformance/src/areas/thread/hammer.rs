//! Many threads that call one module.

use std::thread;

use cryptoki_sys::{
    CK_SLOT_ID, CKF_OS_LOCKING_OK, CKR_CANT_LOCK, CKR_TOKEN_WRITE_PROTECTED, CKU_USER,
};

use crate::c::{Module, Rv, Session, Structure, locks};
use crate::case::Outcome;
use crate::context::{Context, fail, not_applicable};

/// How many threads call at a time.
pub(super) const THREADS: usize = 8;

/// How the module is to lock.
#[derive(Clone, Copy)]
pub(super) enum Locking {
    /// With the operating system's primitives.
    System,
    /// With the application's functions.
    Own,
}

impl Locking {
    /// Returns the arguments of `C_Initialize` that ask for it.
    fn arguments(self) -> Structure {
        match self {
            Self::System => locks::without_functions(CKF_OS_LOCKING_OK, 0),
            Self::Own => locks::arguments(0, 0),
        }
    }
}

/// What a thread has: the module and the slot, which threads share.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) c: &'a Module,
    pub(super) slot: CK_SLOT_ID,
}

impl Place<'_> {
    /// Opens a read/write session of this thread's own.
    pub(super) fn session(&self) -> Outcome<Session> {
        let (rv, session) = self.c.open_read_write(self.slot);
        good("C_OpenSession", rv)?;
        Ok(session)
    }

    /// Closes a session of this thread's own.
    pub(super) fn close(&self, session: Session) -> Outcome {
        good("C_CloseSession", self.c.close_session(session))
    }
}

/// Requires `CKR_OK`, in whatever thread.
pub(super) fn good(function: &str, rv: Rv) -> Outcome {
    if rv.is_ok() {
        return Ok(());
    }
    if rv.0 == CKR_TOKEN_WRITE_PROTECTED {
        return not_applicable("the token is write-protected");
    }
    fail(format!("{function} answers CKR_OK"), rv.to_string())
}

/// Initialises the module for many threads.
///
/// # Errors
/// The case does not apply where the module cannot lock like that.
pub(super) fn initialize<'a>(cx: &Context<'a>, locking: Locking) -> Outcome<Place<'a>> {
    let rv = cx.c.initialize(Some(&locking.arguments()));
    if rv.0 == CKR_CANT_LOCK {
        return not_applicable("C_Initialize answers CKR_CANT_LOCK");
    }
    cx.ok(rv)?;
    Ok(Place {
        c: cx.c,
        slot: cx.slot,
    })
}

/// Initialises the module for many threads and logs the user in, with a session that stays open.
///
/// # Errors
/// As [`initialize`], and without a PIN.
pub(super) fn log_in<'a>(cx: &mut Context<'a>, locking: Locking) -> Outcome<Place<'a>> {
    let pin = cx.user_pin()?;
    let place = initialize(cx, locking)?;
    let session = cx.session()?;
    cx.prepared(cx.c.login(session, CKU_USER, pin))?;
    Ok(place)
}

/// Runs `work` in every thread for so many rounds; it is given the thread's and the round's number.
///
/// # Errors
/// What went wrong first in the thread with the lowest number.
pub(super) fn hammer(rounds: usize, work: impl Fn(usize, usize) -> Outcome + Sync) -> Outcome {
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|index| scope.spawn(move || (0..rounds).try_for_each(|round| work(index, round))))
            .collect();
        let ends: Vec<Outcome> = threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| fail("a thread that returns", "a panic"))
            })
            .collect();
        ends.into_iter().collect()
    })
}
