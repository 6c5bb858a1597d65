//! Sessions and their states.

use cryptoki_sys::{CK_RV, CK_SESSION_INFO, CK_ULONG, CKF_RW_SESSION, CKF_SERIAL_SESSION};
use cryptoki_sys::{CKR_GENERAL_ERROR, CKR_OK, CKR_SESSION_HANDLE_INVALID};
use cryptoki_sys::{
    CKR_SESSION_READ_WRITE_SO_EXISTS, CKS_RO_PUBLIC_SESSION, CKS_RO_USER_FUNCTIONS,
};
use cryptoki_sys::{CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS, CKS_RW_USER_FUNCTIONS};

use crate::functions::Function::{CloseAllSessions, CloseSession, GetSessionInfo, Login, Logout};
use crate::functions::Function::{
    Decrypt, DecryptInit, DigestFinal, DigestInit, DigestUpdate, Encrypt,
};
use crate::functions::Function::{EncryptInit, FindObjects, FindObjectsFinal, FindObjectsInit};
use crate::functions::Function::{OpenSession, Sign, SignInit};
use crate::hook::ALL;
use crate::hook::Hook::{Around, Instead};
use crate::module::{Call, size};
use crate::notes;
use crate::rule::{Rule, row};

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("session-serial-not-required", "5.6.1", "C_OpenSession overlooks that CKF_SERIAL_SESSION is missing.",
        Around(&[OpenSession], |call| with_flags(call, size(CKF_SERIAL_SESSION))), &["session.open.serial-required", "session.open.no-flags"]),
    row("session-unknown-general-error", "5.1.2", "Calls in an unknown session answer CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_SESSION_HANDLE_INVALID, CKR_GENERAL_ERROR), &["session.handle.closed.C_GetSessionInfo", "session.close.never-given"]),
    row("session-close-unknown-accepted", "5.6.2", "C_CloseSession answers CKR_OK for an unknown session.",
        Instead(&[CloseSession], CKR_SESSION_HANDLE_INVALID, CKR_OK), &["session.close.largest-handle", "session.handle.zero.C_CloseSession"]),
    row("session-closed-stays-open", "5.6.2", "A session that was closed can still be used.",
        Around(&[CloseSession], stay_open), &["session.close.once", "session.close.read-only"]),
    row("session-close-all-closes-none", "5.6.3", "C_CloseAllSessions answers CKR_OK and closes none.",
        Around(&[CloseAllSessions], |_| CKR_OK), &["session.close-all.closes-all"]),
    row("session-close-closes-all", "5.6.2", "C_CloseSession closes the slot's other sessions as well.",
        Around(&[CloseSession], close_all), &["session.close.leaves-the-others"]),
    row("session-last-close-keeps-login", "5.6.2", "The user stays logged in when the last session is closed.",
        Around(&[CloseAllSessions, Login, OpenSession], keep_login), &["session.close.last-logs-out"]),
    row("session-login-lost-on-open", "5.6.8", "A second session ends the login of the first.",
        Around(&[OpenSession], logout_on_open), &["session.info.state.read-write-user", "session.close.not-the-last-keeps-login"]),
    row("session-state-stale", "5.6.4", "C_GetSessionInfo does not notice a login.",
        Around(&[GetSessionInfo], |call| info(call, |info| info.state = public(info.state))), &["session.info.state.read-write-user", "session.info.state.read-only-user"]),
    row("session-state-read-only", "5.6.4", "C_GetSessionInfo says that a read/write session is read-only.",
        Around(&[GetSessionInfo], |call| info(call, |info| info.state = read_only(info.state))), &["session.open.read-write"]),
    row("session-info-no-serial-flag", "5.6.4", "CK_SESSION_INFO lacks CKF_SERIAL_SESSION.",
        Around(&[GetSessionInfo], |call| info(call, |info| info.flags &= !CKF_SERIAL_SESSION)), &["session.info.flags-read-write", "session.info.flags-read-only"]),
    row("session-info-no-rw-flag", "5.6.4", "CK_SESSION_INFO of a read/write session lacks CKF_RW_SESSION.",
        Around(&[GetSessionInfo], |call| info(call, |info| info.flags &= !CKF_RW_SESSION)), &["session.info.flags-read-write"]),
    row("session-info-slot-wrong", "5.6.4", "CK_SESSION_INFO names another slot than the session's.",
        Around(&[GetSessionInfo], |call| info(call, |info| info.slotID ^= 1)), &["session.info.slot"]),
    row("session-read-only-writes", "5.6.1", "A read-only session may do what a read/write session may.",
        Around(&[GetSessionInfo, OpenSession], read_only_writes), &["session.read-only.create-token-object"]),
    row("session-read-only-beside-so", "5.6.1", "A read-only session can be opened while the security officer is logged in.",
        Around(&[OpenSession], |call| match call.pass() {
            CKR_SESSION_READ_WRITE_SO_EXISTS => with_flags(call, size(CKF_RW_SESSION)),
            rv => rv,
        }), &["session.open.read-only-while-officer"]),
    row("session-handle-shared", "5.6.1", "Every C_OpenSession returns the handle of the first session.",
        Around(&[OpenSession], same_handle), &["session.open.many-16"]),
    row("session-operations-shared", "5.6", "All sessions work on one operation.",
        Around(&[Decrypt, DecryptInit, DigestFinal, DigestInit, DigestUpdate, Encrypt, EncryptInit, FindObjects, FindObjectsFinal,
            FindObjectsInit, Sign, SignInit], in_one_session),
        &["session.operation.two-digests", "session.operation.sixteen-digests", "session.operation.two-searches"]),
];

fn with_flags(call: &Call, flags: usize) -> CK_RV {
    call.with(1, call.word(1) | flags).pass()
}

/// Changes what `C_GetSessionInfo` answers.
pub(super) fn info(call: &mut Call, change: impl Fn(&mut CK_SESSION_INFO)) -> CK_RV {
    let rv = call.pass();
    if let (CKR_OK, Some(info)) = (rv, call.structure::<CK_SESSION_INFO>(1)) {
        change(info);
    }
    rv
}

/// Returns the state without the login.
pub(super) const fn public(state: CK_ULONG) -> CK_ULONG {
    match state {
        CKS_RO_USER_FUNCTIONS => CKS_RO_PUBLIC_SESSION,
        CKS_RW_SO_FUNCTIONS | CKS_RW_USER_FUNCTIONS => CKS_RW_PUBLIC_SESSION,
        other => other,
    }
}

const fn read_only(state: CK_ULONG) -> CK_ULONG {
    match state {
        CKS_RW_PUBLIC_SESSION => CKS_RO_PUBLIC_SESSION,
        CKS_RW_USER_FUNCTIONS => CKS_RO_USER_FUNCTIONS,
        other => other,
    }
}

/// Asks the real module about a session.
pub(super) fn ask(session: usize) -> Option<CK_SESSION_INFO> {
    let mut info = CK_SESSION_INFO::default();
    let place = (&raw mut info).expose_provenance();
    (Call::ask(GetSessionInfo, &[session, place]) == CKR_OK).then_some(info)
}

/// Returns the slot of a session, where it is open.
fn slot_of(session: usize) -> Option<usize> {
    ask(session).map(|info| size(info.slotID))
}

fn stay_open(call: &mut Call) -> CK_RV {
    match slot_of(call.word(0)) {
        Some(_) => CKR_OK,
        None => call.pass(),
    }
}

fn close_all(call: &mut Call) -> CK_RV {
    match slot_of(call.word(0)) {
        Some(slot) => Call::ask(CloseAllSessions, &[slot]),
        None => call.pass(),
    }
}

/// Keeps a session of our own open from the first login on, so that the login outlives those of the host.
fn keep_login(call: &mut Call) -> CK_RV {
    const OPEN: &str = "open";
    const OURS: &str = "ours";
    if call.function() == CloseAllSessions && notes::get(OURS, 0).is_some() {
        for session in notes::about(OPEN) {
            notes::take(OPEN, session);
            Call::ask(CloseSession, &[size(session)]);
        }
        return CKR_OK;
    }
    let rv = call.pass();
    if rv == CKR_OK && call.function() == OpenSession {
        notes::put(OPEN, call.number(4).unwrap_or_default(), 1);
    }
    if rv == CKR_OK && call.function() == Login && notes::get(OURS, 0).is_none() {
        let mut ours: CK_ULONG = 0;
        let place = (&raw mut ours).expose_provenance();
        let slot = slot_of(call.word(0)).unwrap_or_default();
        let flags = size(CKF_SERIAL_SESSION | CKF_RW_SESSION);
        Call::ask(OpenSession, &[slot, flags, 0, 0, place]);
        notes::put(OURS, 0, ours);
    }
    rv
}

fn logout_on_open(call: &mut Call) -> CK_RV {
    let rv = call.pass();
    if rv == CKR_OK {
        Call::ask(Logout, &[call.number(4).map_or(0, size)]);
    }
    rv
}

fn read_only_writes(call: &mut Call) -> CK_RV {
    const READ_ONLY: &str = "read-only";
    if call.function() == GetSessionInfo {
        let claimed = notes::get(READ_ONLY, call.word(0) as CK_ULONG).is_some();
        return info(call, |info| {
            if claimed {
                info.state = read_only(info.state);
                info.flags &= !CKF_RW_SESSION;
            }
        });
    }
    let rv = with_flags(call, size(CKF_RW_SESSION));
    let session = call.number(4).unwrap_or_default();
    notes::take(READ_ONLY, session);
    if rv == CKR_OK && call.word(1) & size(CKF_RW_SESSION) == 0 {
        notes::put(READ_ONLY, session, 1);
    }
    rv
}

/// Does in the session that did something first whatever any session does, as long as that one is open.
fn in_one_session(call: &mut Call) -> CK_RV {
    const FIRST: &str = "works";
    let first = notes::get(FIRST, 0).map(size);
    match first.filter(|first| slot_of(*first).is_some()) {
        Some(first) => call.with(0, first).pass(),
        None => {
            notes::put(FIRST, 0, call.word(0) as CK_ULONG);
            call.pass()
        }
    }
}

fn same_handle(call: &mut Call) -> CK_RV {
    const FIRST: &str = "first";
    let rv = call.pass();
    if rv != CKR_OK {
        return rv;
    }
    match notes::get(FIRST, 0).filter(|first| slot_of(size(*first)).is_some()) {
        Some(first) => {
            Call::ask(CloseSession, &[call.number(4).map_or(0, size)]);
            call.set_number(4, first);
        }
        None => notes::put(FIRST, 0, call.number(4).unwrap_or_default()),
    }
    rv
}
