//! The security officer's login.

use cryptoki_sys::{
    CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE, CKR_SESSION_READ_ONLY_EXISTS,
    CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKS_RO_PUBLIC_SESSION,
    CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS, CKS_RW_USER_FUNCTIONS, CKU_SO,
};

use crate::c::{Arg, Function};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};
use crate::users::wrong;

pub(super) fn cases() -> Vec<Case> {
    [right(), refused(), wrong_pins()]
        .into_iter()
        .flatten()
        .collect()
}

fn right() -> Vec<Case> {
    vec![
        case(
            "login.officer.right-pin",
            spec("5.6.8"),
            "The SO logs in with the right PIN.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            cx.as_officer(session)?;
            cx.in_state(session, CKS_RW_SO_FUNCTIONS)
        }),
        case(
            "login.officer.every-session",
            spec("5.6.8"),
            "The SO's login is that of all sessions, those opened later among them.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            cx.as_officer(first)?;
            let third = cx.session()?;
            cx.in_state(second, CKS_RW_SO_FUNCTIONS)?;
            cx.in_state(third, CKS_RW_SO_FUNCTIONS)
        }),
        case(
            "login.officer.after-read-only-closed",
            spec("5.6.8"),
            "The SO logs in once the last read-only session is closed.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            cx.ok(cx.c.close_session(reader))?;
            cx.as_officer(writer)?;
            cx.in_state(writer, CKS_RW_SO_FUNCTIONS)
        }),
    ]
}

fn refused() -> Vec<Case> {
    vec![
        case(
            "login.officer.read-only-exists",
            spec("5.6.8"),
            "A login of the SO while a read-only session is open answers CKR_SESSION_READ_ONLY_EXISTS.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            let rv = cx.c.login(writer, CKU_SO, cx.so_pin()?);
            cx.expect(rv, CKR_SESSION_READ_ONLY_EXISTS)?;
            cx.in_state(writer, CKS_RW_PUBLIC_SESSION)?;
            cx.in_state(reader, CKS_RO_PUBLIC_SESSION)
        }),
        case(
            "login.officer.through-read-only",
            spec("5.6.8"),
            "A login of the SO through a read-only session answers CKR_SESSION_READ_ONLY_EXISTS.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let reader = cx.read_only()?;
            let rv = cx.c.login(reader, CKU_SO, cx.so_pin()?);
            cx.expect(rv, CKR_SESSION_READ_ONLY_EXISTS)?;
            cx.in_state(reader, CKS_RO_PUBLIC_SESSION)
        }),
        case(
            "login.officer.twice",
            spec("5.6.8"),
            "A second login of the SO answers CKR_USER_ALREADY_LOGGED_IN.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            let rv = cx.c.login(session, CKU_SO, cx.so_pin()?);
            cx.expect(rv, CKR_USER_ALREADY_LOGGED_IN)?;
            cx.in_state(session, CKS_RW_SO_FUNCTIONS)
        }),
        case(
            "login.officer.while-user",
            spec("5.6.8"),
            "A login of the SO while the user is logged in answers CKR_USER_ANOTHER_ALREADY_LOGGED_IN.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let rv = cx.c.login(session, CKU_SO, cx.so_pin()?);
            cx.expect(rv, CKR_USER_ANOTHER_ALREADY_LOGGED_IN)?;
            cx.in_state(session, CKS_RW_USER_FUNCTIONS)
        }),
        case(
            "login.officer.null-pin",
            spec("5.6.8"),
            "A null pointer for a PIN of some length answers CKR_ARGUMENTS_BAD.",
        )
        .should()
        .stage(Stage::Public)
        .run(null_pin),
    ]
}

fn null_pin(cx: &mut Context<'_>) -> Outcome {
    cx.may_err(CKU_SO)?;
    cx.so_pin()?;
    let session = cx.session()?;
    let args = vec![
        Arg::Number(session.0),
        Arg::Number(CKU_SO),
        Arg::Null,
        Arg::Number(8),
    ];
    cx.expect(cx.c.call(Function::C_Login, args), CKR_ARGUMENTS_BAD)?;
    cx.in_state(session, CKS_RW_PUBLIC_SESSION)?;
    cx.as_officer(session)
}

fn wrong_pins() -> Vec<Case> {
    vec![
        case(
            "login.officer.wrong-pin",
            spec("5.6.8"),
            "A wrong PIN of the SO answers CKR_PIN_INCORRECT; the right one is accepted after it.",
        )
        .stage(Stage::Public)
        .destructive()
        .run(|cx| {
            let pin = wrong(cx.so_pin()?);
            one_wrong(cx, &pin)
        }),
        case(
            "login.officer.user-pin",
            spec("5.6.8"),
            "The user's PIN does not log the SO in.",
        )
        .stage(Stage::Public)
        .destructive()
        .run(|cx| {
            let pin = cx.user_pin()?.to_vec();
            if pin == cx.so_pin()? {
                return not_applicable("user and SO have the same PIN");
            }
            one_wrong(cx, &pin)
        }),
    ]
}

/// Tries one wrong PIN, and gives the tries back with the right one: the SO's PIN must never lock.
fn one_wrong(cx: &mut Context<'_>, pin: &[u8]) -> Outcome {
    cx.may_err(CKU_SO)?;
    let session = cx.session()?;
    let rv = cx.c.login(session, CKU_SO, pin);
    let state = cx.in_state(session, CKS_RW_PUBLIC_SESSION);
    let right = cx.as_officer(session);
    cx.expect_one_of(rv, &[CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE])?;
    state?;
    right
}
