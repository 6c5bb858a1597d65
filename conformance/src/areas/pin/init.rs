//! `C_InitPIN`.

use cryptoki_sys::{
    CK_RV, CKF_USER_PIN_INITIALIZED, CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE,
    CKR_SESSION_READ_ONLY, CKR_USER_NOT_LOGGED_IN, CKR_USER_PIN_NOT_INITIALIZED,
    CKS_RW_SO_FUNCTIONS, CKU_USER,
};

use super::restore::{Pins, restoring, user_logs_in};
use crate::c::info::text;
use crate::c::{Arg, Function};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::Context;

pub(super) fn cases() -> Vec<Case> {
    [refused(), changes(), first()]
        .into_iter()
        .flatten()
        .collect()
}

fn refused() -> Vec<Case> {
    let state = |id: &str, stage: Stage, writes: bool, codes: &'static [CK_RV]| {
        case(
            format!("pin.init.needs-officer.{id}"),
            spec("5.5.8"),
            "C_InitPIN while the SO is not logged in answers CKR_USER_NOT_LOGGED_IN.",
        )
        .stage(stage)
        .run(move |cx| {
            let session = if writes { cx.session() } else { cx.read_only() }?;
            // The PIN that the user has: a module that sets it changes nothing.
            let rv = cx.c.init_pin(session, cx.user_pin()?);
            cx.expect_one_of(rv, codes)
        })
    };
    let reader: &[CK_RV] = &[CKR_USER_NOT_LOGGED_IN, CKR_SESSION_READ_ONLY];
    let writer: &[CK_RV] = &[CKR_USER_NOT_LOGGED_IN];
    vec![
        state("read-write-public", Stage::Public, true, writer),
        state("read-write-user", Stage::User, true, writer),
        state("read-only-public", Stage::Public, false, reader),
        state("read-only-user", Stage::User, false, reader),
        case(
            "pin.init.null",
            spec("5.5.8"),
            "C_InitPIN with a null pointer for a PIN of some length answers CKR_ARGUMENTS_BAD, and the user's PIN stays.",
        )
        .stage(Stage::Officer)
        .destructive()
        .run(|cx| {
            restoring(cx, |cx, pins| {
                let session = cx.session()?;
                let args = vec![Arg::Number(session.0), Arg::Null, Arg::Number(8)];
                cx.expect(cx.c.call(Function::C_InitPIN, args), CKR_ARGUMENTS_BAD)?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            })
        }),
        case(
            "pin.init.after-logout",
            spec("5.5.8"),
            "C_InitPIN after the SO has logged out answers CKR_USER_NOT_LOGGED_IN.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.logout(session))?;
            let rv = cx.c.init_pin(session, cx.user_pin()?);
            cx.expect(rv, CKR_USER_NOT_LOGGED_IN)
        }),
    ]
}

fn destructive(id: &str, requirement: &str, body: fn(&mut Context<'_>, &Pins) -> Outcome) -> Case {
    case(id, spec("5.5.8"), requirement)
        .stage(Stage::Officer)
        .destructive()
        .deadline(120)
        .run(move |cx| restoring(cx, body))
}

fn changes() -> Vec<Case> {
    vec![
        destructive(
            "pin.init.sets",
            "The user logs in with the PIN that the SO has set, and not with the one before.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.init_pin(session, &pins.new))?;
                cx.ok(cx.c.logout(session))?;
                let rv = cx.c.login(session, CKU_USER, &pins.user);
                cx.expect(rv, CKR_PIN_INCORRECT)?;
                user_logs_in(cx, session, &pins.new)
            },
        ),
        destructive(
            "pin.init.keeps-officer",
            "C_InitPIN leaves the SO logged in.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.init_pin(session, &pins.new))?;
                cx.in_state(session, CKS_RW_SO_FUNCTIONS)
            },
        ),
        destructive(
            "pin.init.twice",
            "Of two PINs that the SO sets, the second counts.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.init_pin(session, &pins.new))?;
                cx.ok(cx.c.init_pin(session, &pins.user))?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
        destructive(
            "pin.init.same",
            "The SO sets the PIN that the user has, and it stays.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.init_pin(session, &pins.user))?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
        destructive(
            "pin.init.not-the-officers",
            "C_InitPIN leaves the SO's own PIN as it is.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.init_pin(session, &pins.new))?;
                cx.ok(cx.c.logout(session))?;
                cx.as_officer(session)
            },
        ),
    ]
}

/// Initialises the token again, which takes the user's PIN away.
fn without_user_pin(cx: &mut Context<'_>, pins: &Pins) -> Outcome {
    let label = text(&cx.token()?.label);
    cx.c.close_all_sessions(cx.slot);
    let rv = cx.c.init_token(cx.slot, &pins.officer, &label);
    cx.prepared(rv)
}

fn first() -> Vec<Case> {
    vec![
        destructive(
            "pin.init.none-yet",
            "The user of a token without a user's PIN is answered CKR_USER_PIN_NOT_INITIALIZED.",
            |cx, pins| {
                without_user_pin(cx, pins)?;
                let session = cx.session()?;
                let rv = cx.c.login(session, CKU_USER, &pins.user);
                cx.expect(rv, CKR_USER_PIN_NOT_INITIALIZED)
            },
        ),
        destructive(
            "pin.init.flag",
            "CKF_USER_PIN_INITIALIZED is clear after C_InitToken, and set once the SO has set the user's PIN.",
            |cx, pins| {
                let set = |cx: &Context<'_>| -> Outcome<bool> {
                    Ok(cx.token()?.flags & CKF_USER_PIN_INITIALIZED != 0)
                };
                without_user_pin(cx, pins)?;
                cx.equal("CKF_USER_PIN_INITIALIZED before", &false, &set(cx)?)?;
                let session = cx.session()?;
                cx.as_officer(session)?;
                cx.ok(cx.c.init_pin(session, &pins.user))?;
                cx.equal("CKF_USER_PIN_INITIALIZED after", &true, &set(cx)?)
            },
        ),
        destructive(
            "pin.init.set-pin-needs-one",
            "C_SetPIN in a public session does not give a token its first user's PIN.",
            |cx, pins| {
                without_user_pin(cx, pins)?;
                let session = cx.session()?;
                let rv = cx.c.set_pin(session, &pins.user, &pins.new);
                let codes = [
                    CKR_USER_PIN_NOT_INITIALIZED,
                    CKR_PIN_INCORRECT,
                    CKR_PIN_LEN_RANGE,
                ];
                cx.expect_one_of(rv, &codes)?;
                let rv = cx.c.login(session, CKU_USER, &pins.new);
                cx.expect(rv, CKR_USER_PIN_NOT_INITIALIZED)
            },
        ),
    ]
}
