//! `C_GetSessionInfo`, and how logins move sessions from state to state.

use cryptoki_sys::{
    CK_FLAGS, CK_STATE, CKF_RW_SESSION, CKF_SERIAL_SESSION, CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT,
    CKS_RO_PUBLIC_SESSION, CKS_RO_USER_FUNCTIONS, CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS,
    CKS_RW_USER_FUNCTIONS, CKU_USER,
};

use crate::c::{Arg, Function, names};
use crate::case::{Case, Stage, case, spec};
use crate::users::wrong;

pub(super) fn cases() -> Vec<Case> {
    [fields(), states(), logins(), logouts()]
        .into_iter()
        .flatten()
        .collect()
}

fn fields() -> Vec<Case> {
    let flags = |id: &str, writes: bool, expected: CK_FLAGS, requirement: &str| {
        case(format!("session.info.{id}"), spec("3.3"), requirement)
            .stage(Stage::Public)
            .run(move |cx| {
                let session = if writes { cx.session() } else { cx.read_only() }?;
                let (rv, info) = cx.c.session_info(session);
                cx.ok(rv)?;
                let named = |flags| names::flags(names::SESSION_FLAGS, flags);
                cx.equal("flags", &named(expected), &named(info.flags))
            })
    };
    vec![
        flags(
            "flags-read-write",
            true,
            CKF_SERIAL_SESSION | CKF_RW_SESSION,
            "A read/write session has the flags CKF_SERIAL_SESSION and CKF_RW_SESSION, and no other.",
        ),
        flags(
            "flags-read-only",
            false,
            CKF_SERIAL_SESSION,
            "A read-only session has the flag CKF_SERIAL_SESSION, and no other.",
        ),
        case(
            "session.info.slot",
            spec("3.3"),
            "A session names the slot that it was opened with.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let (rv, info) = cx.c.session_info(session);
            cx.ok(rv)?;
            let named = info.slotID;
            cx.equal("slotID", &cx.slot, &named)
        }),
        case(
            "session.info.device-error",
            spec("3.3"),
            "A session in which nothing has gone wrong has an ulDeviceError of zero.",
        )
        .stage(Stage::Public)
        .should()
        .run(|cx| {
            let session = cx.session()?;
            let (rv, info) = cx.c.session_info(session);
            cx.ok(rv)?;
            let error = info.ulDeviceError;
            cx.equal("ulDeviceError", &0, &error)
        }),
        case(
            "session.info.null",
            spec("5.6.4"),
            "A null pointer for the information answers CKR_ARGUMENTS_BAD.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let args = vec![Arg::Number(session.0), Arg::Null];
            let rv = cx.c.call(Function::C_GetSessionInfo, args);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
    ]
}

fn states() -> Vec<Case> {
    let state = |id: &str, stage: Stage, writes: bool, expected: CK_STATE| {
        let name = names::name(names::STATES, expected);
        let kind = if writes { "read/write" } else { "read-only" };
        let who = match stage {
            Stage::User => "while the user is logged in",
            Stage::Officer => "while the SO is logged in",
            _ => "while nobody is logged in",
        };
        case(
            format!("session.info.state.{id}"),
            spec("3.3"),
            format!("A new {kind} session is in the state {name} {who}."),
        )
        .stage(stage)
        .run(move |cx| {
            let session = if writes { cx.session() } else { cx.read_only() }?;
            cx.in_state(session, expected)
        })
    };
    vec![
        state(
            "read-only-public",
            Stage::Public,
            false,
            CKS_RO_PUBLIC_SESSION,
        ),
        state(
            "read-write-public",
            Stage::Public,
            true,
            CKS_RW_PUBLIC_SESSION,
        ),
        state("read-only-user", Stage::User, false, CKS_RO_USER_FUNCTIONS),
        state("read-write-user", Stage::User, true, CKS_RW_USER_FUNCTIONS),
        state(
            "read-write-officer",
            Stage::Officer,
            true,
            CKS_RW_SO_FUNCTIONS,
        ),
    ]
}

fn logins() -> Vec<Case> {
    vec![
        case(
            "session.state.user-login",
            spec("5.6.8"),
            "When the user logs in, every open session goes to its user state at once.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (first, second, reader) = (cx.session()?, cx.session()?, cx.read_only()?);
            cx.as_user(second)?;
            cx.in_state(first, CKS_RW_USER_FUNCTIONS)?;
            cx.in_state(second, CKS_RW_USER_FUNCTIONS)?;
            cx.in_state(reader, CKS_RO_USER_FUNCTIONS)
        }),
        case(
            "session.state.user-login-by-read-only",
            spec("5.6.8"),
            "When the user logs in through a read-only session, the read/write sessions follow.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            cx.as_user(reader)?;
            cx.in_state(reader, CKS_RO_USER_FUNCTIONS)?;
            cx.in_state(writer, CKS_RW_USER_FUNCTIONS)
        }),
        case(
            "session.state.officer-login",
            spec("5.6.8"),
            "When the SO logs in, every open session goes to the state CKS_RW_SO_FUNCTIONS.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            cx.as_officer(first)?;
            cx.in_state(first, CKS_RW_SO_FUNCTIONS)?;
            cx.in_state(second, CKS_RW_SO_FUNCTIONS)
        }),
        case(
            "session.state.failed-login",
            spec("5.6.8"),
            "A login with a wrong PIN leaves every session public.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let pin = cx.user_pin()?;
            cx.may_err(CKU_USER)?;
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            let rv = cx.c.login(writer, CKU_USER, &wrong(pin));
            let states = cx
                .in_state(writer, CKS_RW_PUBLIC_SESSION)
                .and_then(|()| cx.in_state(reader, CKS_RO_PUBLIC_SESSION));
            // A right login gives the tries back.
            let right = cx.c.login(writer, CKU_USER, pin);
            cx.expect(rv, CKR_PIN_INCORRECT)?;
            states?;
            cx.ok(right)
        }),
    ]
}

fn logouts() -> Vec<Case> {
    vec![
        case(
            "session.state.user-logout",
            spec("5.6.10"),
            "When the user logs out, every open session goes back to its public state.",
        )
        .stage(Stage::User)
        .run(|cx| {
            let (first, second, reader) = (cx.session()?, cx.session()?, cx.read_only()?);
            cx.ok(cx.c.logout(first))?;
            cx.in_state(first, CKS_RW_PUBLIC_SESSION)?;
            cx.in_state(second, CKS_RW_PUBLIC_SESSION)?;
            cx.in_state(reader, CKS_RO_PUBLIC_SESSION)
        }),
        case(
            "session.state.officer-logout",
            spec("5.6.10"),
            "When the SO logs out, every open session goes back to the state CKS_RW_PUBLIC_SESSION.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            cx.ok(cx.c.logout(second))?;
            cx.in_state(first, CKS_RW_PUBLIC_SESSION)?;
            cx.in_state(second, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "session.state.back-and-forth",
            spec("5.6.8"),
            "A session goes from public to user, to public, to SO and to public again.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            cx.as_user(session)?;
            cx.in_state(session, CKS_RW_USER_FUNCTIONS)?;
            cx.ok(cx.c.logout(session))?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)?;
            cx.as_officer(session)?;
            cx.in_state(session, CKS_RW_SO_FUNCTIONS)?;
            cx.ok(cx.c.logout(session))?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        }),
    ]
}
