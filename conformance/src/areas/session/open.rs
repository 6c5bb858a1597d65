//! `C_OpenSession`.

use std::collections::BTreeSet;

use cryptoki_sys::{
    CK_FLAGS, CK_SLOT_ID, CK_ULONG, CK_UNAVAILABLE_INFORMATION, CKF_RW_SESSION, CKF_SERIAL_SESSION,
    CKN_SURRENDER, CKR_ARGUMENTS_BAD, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_SESSION_COUNT,
    CKR_SESSION_PARALLEL_NOT_SUPPORTED, CKR_SESSION_READ_WRITE_SO_EXISTS, CKR_SLOT_ID_INVALID,
    CKR_TOKEN_NOT_PRESENT, CKS_RO_PUBLIC_SESSION, CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS,
};

use crate::c::{Arg, Function, Rv, Session, notify};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, fail, not_applicable};

const READ_WRITE: CK_FLAGS = CKF_SERIAL_SESSION | CKF_RW_SESSION;

pub(super) fn cases() -> Vec<Case> {
    [
        flags(),
        beside_officer(),
        slots(),
        absent(),
        counts(),
        callbacks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn flags() -> Vec<Case> {
    let refused = |id: &str, flags: CK_FLAGS, requirement: &str| {
        case(format!("session.open.{id}"), spec("5.6.1"), requirement)
            .stage(Stage::Public)
            .run(move |cx| {
                let (rv, session) = cx.c.open_session(cx.slot, flags);
                let refused = cx.expect(rv, CKR_SESSION_PARALLEL_NOT_SUPPORTED);
                if rv.is_ok() {
                    cx.c.close_session(session);
                }
                refused
            })
    };
    vec![
        refused(
            "serial-required",
            CKF_RW_SESSION,
            "A read/write session without CKF_SERIAL_SESSION answers CKR_SESSION_PARALLEL_NOT_SUPPORTED.",
        ),
        refused(
            "no-flags",
            0,
            "A session without any flag answers CKR_SESSION_PARALLEL_NOT_SUPPORTED.",
        ),
        case(
            "session.open.read-write",
            spec("5.6.1"),
            "A read/write session opens, with a handle that is not zero.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            cx.check(session.0 != 0, "a handle that is not zero", "0")?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "session.open.read-only",
            spec("5.6.1"),
            "A read-only session opens, with a handle that is not zero.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.read_only()?;
            cx.check(session.0 != 0, "a handle that is not zero", "0")?;
            cx.in_state(session, CKS_RO_PUBLIC_SESSION)
        }),
    ]
}

fn beside_officer() -> Vec<Case> {
    vec![
        case(
            "session.open.read-only-while-officer",
            spec("5.6.1"),
            "A read-only session while the SO is logged in answers CKR_SESSION_READ_WRITE_SO_EXISTS.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let (rv, session) = cx.c.open_read_only(cx.slot);
            if rv.is_ok() {
                cx.c.close_session(session);
            }
            cx.expect(rv, CKR_SESSION_READ_WRITE_SO_EXISTS)
        }),
        case(
            "session.open.read-write-while-officer",
            spec("5.6.1"),
            "A read/write session opens while the SO is logged in, in the state CKS_RW_SO_FUNCTIONS.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            cx.in_state(session, CKS_RW_SO_FUNCTIONS)
        }),
        case(
            "session.open.read-only-after-officer",
            spec("5.6.1"),
            "A read-only session opens again once the SO has logged out.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.logout(session))?;
            let session = cx.read_only()?;
            cx.in_state(session, CKS_RO_PUBLIC_SESSION)
        }),
    ]
}

fn slots() -> Vec<Case> {
    vec![
        case(
            "session.open.null-handle",
            spec("5.6.1"),
            "A null pointer for the session's handle answers CKR_ARGUMENTS_BAD.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let args = vec![
                Arg::Number(cx.slot),
                Arg::Number(READ_WRITE),
                Arg::Null,
                Arg::Null,
                Arg::Null,
            ];
            cx.expect(cx.c.call(Function::C_OpenSession, args), CKR_ARGUMENTS_BAD)
        }),
        case(
            "session.open.slot-invalid",
            spec("5.6.1"),
            "A slot that is not in the list of slots answers CKR_SLOT_ID_INVALID.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let slots = slots_of(cx, false)?;
            let unused = (0x7ff0_0000..).find(|slot| !slots.contains(slot));
            let unused = unused.expect("there are more numbers than slots");
            cx.expect(cx.c.open_session(unused, READ_WRITE).0, CKR_SLOT_ID_INVALID)
        }),
        case(
            "session.open.slot-largest",
            spec("5.6.1"),
            "The largest number for a slot answers CKR_SLOT_ID_INVALID.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            cx.expect(
                cx.c.open_session(CK_SLOT_ID::MAX, READ_WRITE).0,
                CKR_SLOT_ID_INVALID,
            )
        }),
    ]
}

fn absent() -> Vec<Case> {
    vec![
        case(
            "session.open.empty-slot",
            spec("5.6.1"),
            "A slot without a token answers CKR_TOKEN_NOT_PRESENT.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let full = slots_of(cx, true)?;
            let empty = slots_of(cx, false)?
                .into_iter()
                .find(|slot| !full.contains(slot));
            let Some(empty) = empty else {
                return not_applicable("every slot has a token");
            };
            cx.expect(
                cx.c.open_session(empty, READ_WRITE).0,
                CKR_TOKEN_NOT_PRESENT,
            )
        }),
        case(
            "session.open.not-initialized",
            spec("5.6.1"),
            "C_OpenSession before C_Initialize answers CKR_CRYPTOKI_NOT_INITIALIZED.",
        )
        .stage(Stage::Loaded)
        .run(|cx| {
            cx.expect(
                cx.c.open_session(cx.slot, READ_WRITE).0,
                CKR_CRYPTOKI_NOT_INITIALIZED,
            )
        }),
    ]
}

fn slots_of(cx: &Context<'_>, present: bool) -> Outcome<Vec<CK_SLOT_ID>> {
    match cx.c.slots(present) {
        Ok(slots) => Ok(slots),
        Err(rv) => cx.ok(rv).map(|()| Vec::new()),
    }
}

fn counts() -> Vec<Case> {
    let many = |count: usize| {
        case(
            format!("session.open.many-{count}"),
            spec("5.6.1"),
            format!("{count} sessions open, unless the token names a lower limit; each has a handle of its own and works."),
        )
        .stage(Stage::Public)
        .deadline(120)
        .run(move |cx| open_many(cx, count))
    };
    vec![
        many(16),
        many(64),
        many(256),
        case(
            "session.open.mixed",
            spec("5.6.1"),
            "Read-only and read/write sessions open side by side, each with a handle of its own.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let mut handles = BTreeSet::new();
            for _ in 0..4 {
                let (writer, reader) = (cx.session()?, cx.read_only()?);
                cx.in_state(writer, CKS_RW_PUBLIC_SESSION)?;
                cx.in_state(reader, CKS_RO_PUBLIC_SESSION)?;
                handles.extend([writer.0, reader.0]);
            }
            cx.equal("distinct handles", &8, &handles.len())
        }),
        case(
            "session.open.again-and-again",
            spec("5.6.1"),
            "A session can be opened and closed 500 times.",
        )
        .stage(Stage::Public)
        .deadline(120)
        .run(|cx| {
            for _ in 0..500 {
                let (rv, session) = cx.c.open_read_write(cx.slot);
                cx.ok(rv)?;
                cx.ok(cx.c.close_session(session))?;
            }
            Ok(())
        }),
        case(
            "session.open.counted",
            spec("3.2"),
            "ulSessionCount of the token counts the application's sessions, if the token tells it at all.",
        )
        .stage(Stage::Public)
        .run(|cx| counted(cx, 2, |cx| Ok(cx.token()?.ulSessionCount))),
        case(
            "session.open.counted-read-write",
            spec("3.2"),
            "ulRwSessionCount of the token counts the application's read/write sessions, if the token tells it at all.",
        )
        .stage(Stage::Public)
        .run(|cx| counted(cx, 1, |cx| Ok(cx.token()?.ulRwSessionCount))),
    ]
}

/// Opens one read/write and one read-only session, and looks whether a count goes up by `more`.
fn counted(
    cx: &mut Context<'_>,
    more: CK_ULONG,
    count: fn(&Context<'_>) -> Outcome<CK_ULONG>,
) -> Outcome {
    let before = count(cx)?;
    if before == CK_UNAVAILABLE_INFORMATION {
        return not_applicable("the token does not tell how many sessions are open");
    }
    let (writer, reader) = (cx.session()?, cx.read_only()?);
    cx.equal("the count with two more", &(before + more), &count(cx)?)?;
    cx.ok(cx.c.close_session(writer))?;
    cx.ok(cx.c.close_session(reader))?;
    cx.equal("the count without them", &before, &count(cx)?)
}

fn open_many(cx: &mut Context<'_>, count: usize) -> Outcome {
    let mut open = Vec::new();
    let mut refused = None;
    for _ in 0..count {
        let (rv, session) = cx.c.open_read_write(cx.slot);
        if !rv.is_ok() {
            refused = Some(rv);
            break;
        }
        open.push(session);
    }
    let outcome = match refused {
        Some(rv) => limited(cx, rv, open.len()),
        None => each_works(cx, &open),
    };
    for session in open {
        cx.c.close_session(session);
    }
    outcome
}

/// A token that refuses a session has to say that it has a limit.
fn limited(cx: &Context<'_>, rv: Rv, opened: usize) -> Outcome {
    cx.expect(rv, CKR_SESSION_COUNT)?;
    let most = cx.token()?.ulMaxRwSessionCount;
    if most == 0 {
        return fail(
            "any number of sessions, as ulMaxRwSessionCount is CK_EFFECTIVELY_INFINITE",
            format!("CKR_SESSION_COUNT after {opened}"),
        );
    }
    not_applicable(format!("the token allows {opened} more sessions"))
}

fn each_works(cx: &Context<'_>, sessions: &[Session]) -> Outcome {
    let handles: BTreeSet<_> = sessions.iter().map(|session| session.0).collect();
    cx.equal("distinct handles", &sessions.len(), &handles.len())?;
    for session in sessions {
        cx.in_state(*session, CKS_RW_PUBLIC_SESSION)?;
    }
    Ok(())
}

/// A word that is no address: the module has to hand it on, not to look at it.
const APPLICATION: usize = 0x11;

fn callbacks() -> Vec<Case> {
    vec![
        case(
            "session.open.application-pointer",
            spec("5.6.1"),
            "pApplication is the application's own; the module does not look at what it points to.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = open_with(cx, APPLICATION, None)?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)?;
            cx.ok(cx.c.close_session(session))
        }),
        case(
            "session.open.notify",
            spec("5.6.1"),
            "A session with a callback opens, works and closes.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = open_with(cx, APPLICATION, Some(notify::address()))?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)?;
            cx.c.generate_random(session, 1 << 16);
            cx.ok(cx.c.close_session(session))
        }),
        case(
            "session.open.notify-surrender",
            spec("5.21"),
            "A callback is called for its own session, with the application's pointer, and only to surrender while the token stays in its slot.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let _ = notify::take_calls();
            let session = open_with(cx, APPLICATION, Some(notify::address()))?;
            cx.c.generate_random(session, 1 << 16);
            cx.ok(cx.c.close_session(session))?;
            let calls = notify::take_calls();
            let expected = notify::Call {
                session: session.0,
                event: CKN_SURRENDER,
                application: APPLICATION,
            };
            match calls.iter().find(|call| **call != expected) {
                Some(other) => fail(format!("{expected:?}"), format!("{other:?}")),
                None => Ok(()),
            }
        }),
    ]
}

fn open_with(cx: &Context<'_>, application: usize, callback: Option<usize>) -> Outcome<Session> {
    let mut handle: CK_ULONG = 0;
    let args = vec![
        Arg::Number(cx.slot),
        Arg::Number(READ_WRITE),
        Arg::Address(application),
        callback.map_or(Arg::Null, Arg::Address),
        Arg::Place(&mut handle),
    ];
    cx.ok(cx.c.call(Function::C_OpenSession, args))?;
    Ok(Session(handle))
}
