//! `C_CloseSession` and `C_CloseAllSessions`.

use cryptoki_sys::{
    CK_SLOT_ID, CKF_DIGEST, CKF_TOKEN_INITIALIZED, CKM_SHA256, CKR_OBJECT_HANDLE_INVALID,
    CKR_OPERATION_NOT_INITIALIZED, CKR_SESSION_HANDLE_INVALID, CKR_SLOT_ID_INVALID,
    CKS_RO_PUBLIC_SESSION, CKS_RW_PUBLIC_SESSION, CKS_RW_USER_FUNCTIONS,
};

use crate::c::{Mechanism, Out, Session};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};
use crate::users::{VALUE, data, labelled};

pub(super) fn cases() -> Vec<Case> {
    [handles(), logins(), operations(), all(), slots()]
        .into_iter()
        .flatten()
        .collect()
}

fn gone(cx: &Context<'_>, session: Session) -> Outcome {
    cx.expect(cx.c.session_info(session).0, CKR_SESSION_HANDLE_INVALID)
}

fn handles() -> Vec<Case> {
    vec![
        case(
            "session.close.once",
            spec("5.6.2"),
            "A closed session's handle is not valid any more.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.close_session(session))?;
            gone(cx, session)
        }),
        case(
            "session.close.twice",
            spec("5.6.2"),
            "Closing a session a second time answers CKR_SESSION_HANDLE_INVALID.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.close_session(session))?;
            cx.expect(cx.c.close_session(session), CKR_SESSION_HANDLE_INVALID)
        }),
        case(
            "session.close.never-given",
            spec("5.6.2"),
            "Closing a session with a handle that was never given answers CKR_SESSION_HANDLE_INVALID.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let given = cx.session()?;
            for bit in [40, 50, 62] {
                let wild = Session(given.0 ^ (1 << bit));
                cx.expect(cx.c.close_session(wild), CKR_SESSION_HANDLE_INVALID)?;
            }
            cx.in_state(given, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "session.close.largest-handle",
            spec("5.6.2"),
            "Closing the session with the largest handle there is answers CKR_SESSION_HANDLE_INVALID.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let largest = Session(u64::MAX);
            cx.expect(cx.c.close_session(largest), CKR_SESSION_HANDLE_INVALID)
        }),
        case(
            "session.close.leaves-the-others",
            spec("5.6.2"),
            "Closing one session leaves the others as they are.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (first, second, third) = (cx.session()?, cx.session()?, cx.read_only()?);
            cx.ok(cx.c.close_session(second))?;
            cx.in_state(first, CKS_RW_PUBLIC_SESSION)?;
            cx.in_state(third, CKS_RO_PUBLIC_SESSION)
        }),
        case(
            "session.close.read-only",
            spec("5.6.2"),
            "A closed read-only session's handle is not valid any more.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.read_only()?;
            cx.ok(cx.c.close_session(session))?;
            gone(cx, session)
        }),
    ]
}

fn logins() -> Vec<Case> {
    vec![
        case(
            "session.close.last-logs-out",
            spec("5.6.2"),
            "Closing the application's last session logs it out: a new session is public.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let session = cx.session()?;
            cx.as_user(session)?;
            cx.ok(cx.c.close_session(session))?;
            let session = cx.session()?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "session.close.last-officer-logs-out",
            spec("5.6.2"),
            "Closing the last session logs the SO out: a read-only session opens again.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let session = cx.session()?;
            cx.as_officer(session)?;
            cx.ok(cx.c.close_session(session))?;
            let session = cx.read_only()?;
            cx.in_state(session, CKS_RO_PUBLIC_SESSION)
        }),
        case(
            "session.close.not-the-last-keeps-login",
            spec("5.6.2"),
            "Closing the session that logged in keeps the login while another session is open.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let (login, other) = (cx.session()?, cx.session()?);
            cx.as_user(login)?;
            cx.ok(cx.c.close_session(login))?;
            cx.in_state(other, CKS_RW_USER_FUNCTIONS)?;
            let new = cx.session()?;
            cx.in_state(new, CKS_RW_USER_FUNCTIONS)
        }),
    ]
}

fn operations() -> Vec<Case> {
    vec![
        case(
            "session.close.active-digest",
            spec("5.6.2"),
            "A session closes with a digest under way, and a new one does not go on with it.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            let session = cx.session()?;
            cx.prepared(cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))))?;
            cx.ok(cx.c.digest_update(session, b"abc"))?;
            cx.ok(cx.c.close_session(session))?;
            let session = cx.session()?;
            let output = cx.c.digest_final(session, Out::Room(32));
            cx.expect(output.rv, CKR_OPERATION_NOT_INITIALIZED)
        }),
        case(
            "session.close.active-find",
            spec("5.6.2"),
            "A session closes with a search under way, and a new one does not go on with it.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx
                .c
                .find_objects_init(session, &labelled("nothing has this label")))?;
            cx.ok(cx.c.close_session(session))?;
            let session = cx.session()?;
            let found = cx.c.find_objects(session, 1);
            cx.expect(found.rv, CKR_OPERATION_NOT_INITIALIZED)
        }),
    ]
}

fn all() -> Vec<Case> {
    vec![
        case(
            "session.close-all.closes-all",
            spec("5.6.3"),
            "C_CloseAllSessions closes every session with the token.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let sessions = [cx.session()?, cx.read_only()?, cx.session()?];
            cx.ok(cx.c.close_all_sessions(cx.slot))?;
            sessions.iter().try_for_each(|session| gone(cx, *session))
        }),
        case(
            "session.close-all.logs-out",
            spec("5.6.3"),
            "C_CloseAllSessions logs the user out: new sessions are public.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let session = cx.session()?;
            cx.as_user(session)?;
            cx.ok(cx.c.close_all_sessions(cx.slot))?;
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            cx.in_state(writer, CKS_RW_PUBLIC_SESSION)?;
            cx.in_state(reader, CKS_RO_PUBLIC_SESSION)
        }),
        case(
            "session.close-all.logs-officer-out",
            spec("5.6.3"),
            "C_CloseAllSessions logs the SO out: a read-only session opens again.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let session = cx.session()?;
            cx.as_officer(session)?;
            cx.ok(cx.c.close_all_sessions(cx.slot))?;
            let reader = cx.read_only()?;
            cx.in_state(reader, CKS_RO_PUBLIC_SESSION)
        }),
        case(
            "session.close-all.none-open",
            spec("5.6.3"),
            "C_CloseAllSessions without any session answers CKR_OK.",
        )
        .stage(Stage::Initialized)
        .should()
        .run(|cx| cx.ok(cx.c.close_all_sessions(cx.slot))),
        case(
            "session.close-all.session-objects",
            spec("5.6.3"),
            "C_CloseAllSessions destroys the session objects.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let session = cx.session()?;
            let label = cx.label();
            let object = cx.import(session, &data(false, false, &label))?;
            cx.ok(cx.c.close_all_sessions(cx.slot))?;
            let session = cx.session()?;
            cx.equal("objects found", &0, &cx.count_labelled(session, &label)?)?;
            let value = cx.c.attribute(session, object, cryptoki_sys::CKA_VALUE);
            match value {
                Ok(_) => cx.check(false, "the object is destroyed", "it can be read"),
                Err(rv) => cx.expect(rv, CKR_OBJECT_HANDLE_INVALID),
            }
        }),
        case(
            "session.close-all.token-objects",
            spec("5.6.3"),
            "C_CloseAllSessions leaves token objects as they are.",
        )
        .stage(Stage::Initialized)
        .run(token_objects_stay),
    ]
}

fn token_objects_stay(cx: &mut Context<'_>) -> Outcome {
    let session = cx.session()?;
    cx.as_user(session)?;
    let label = cx.label();
    cx.import(session, &data(true, false, &label))?;
    cx.ok(cx.c.close_all_sessions(cx.slot))?;
    let session = cx.session()?;
    cx.as_user(session)?;
    let found = cx.c.find(session, &labelled(&label)).unwrap_or_default();
    cx.equal("objects found", &1, &found.len())?;
    let value = cx.c.attribute(session, found[0], cryptoki_sys::CKA_VALUE);
    cx.ok(cx.c.destroy_object(session, found[0]))?;
    match value {
        Ok(value) => cx.equal_bytes("its value", VALUE, &value),
        Err(rv) => cx.ok(rv),
    }
}

fn slots() -> Vec<Case> {
    vec![
        case(
            "session.close-all.slot-invalid",
            spec("5.6.3"),
            "C_CloseAllSessions of a slot that does not exist answers CKR_SLOT_ID_INVALID.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let rv = cx.c.close_all_sessions(CK_SLOT_ID::MAX);
            cx.expect(rv, CKR_SLOT_ID_INVALID)?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "session.close-all.this-slot-only",
            spec("5.6.3"),
            "C_CloseAllSessions leaves the sessions with other tokens open.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let slots = cx.c.slots(true).unwrap_or_default();
            let other = slots.into_iter().find(|slot| {
                *slot != cx.slot && cx.c.token_info(*slot).1.flags & CKF_TOKEN_INITIALIZED != 0
            });
            let Some(other) = other else {
                return not_applicable("there is one initialised token only");
            };
            let ours = cx.session()?;
            let (rv, theirs) = cx.c.open_read_only(other);
            cx.prepared(rv)?;
            cx.ok(cx.c.close_all_sessions(cx.slot))?;
            gone(cx, ours)?;
            cx.in_state(theirs, CKS_RO_PUBLIC_SESSION)?;
            cx.ok(cx.c.close_session(theirs))
        }),
    ]
}
