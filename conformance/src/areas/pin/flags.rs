//! What the token's information says of PINs.
//!
//! A token may always leave the flags of tries clear (PKCS#11 3.1 section 3.2), so only contradictions fail.

use cryptoki_sys::{
    CK_FLAGS, CK_USER_TYPE, CKF_SO_PIN_LOCKED, CKF_USER_PIN_INITIALIZED, CKF_USER_PIN_LOCKED,
    CKF_USER_PIN_TO_BE_CHANGED, CKR_PIN_INCORRECT, CKU_SO, CKU_USER,
};

use super::restore::restoring;
use crate::c::names;
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::Context;
use crate::users::{SO_TRIES, USER_TRIES, wrong};

pub(super) fn cases() -> Vec<Case> {
    [limits(), clean(), tries()].into_iter().flatten().collect()
}

/// Requires that none of these flags is set.
pub(super) fn none_of(cx: &Context<'_>, flags: CK_FLAGS) -> Outcome {
    let set = names::flags(names::TOKEN_FLAGS, cx.token()?.flags & flags);
    let named = names::flags(names::TOKEN_FLAGS, flags).join(", ");
    cx.check(set.is_empty(), format!("none of {named}"), set.join(" | "))
}

fn limits() -> Vec<Case> {
    vec![
        case(
            "pin.flags.limits",
            spec("3.2"),
            "ulMinPinLen is not more than ulMaxPinLen.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let token = cx.token()?;
            let (least, most) = (token.ulMinPinLen, token.ulMaxPinLen);
            cx.check(
                least <= most,
                "ulMinPinLen <= ulMaxPinLen",
                format!("{least} and {most}"),
            )
        }),
        case(
            "pin.flags.within-limits",
            spec("3.2"),
            "The PIN that the user logs in with is as long as ulMinPinLen and ulMaxPinLen say.",
        )
        .run(|cx| {
            cx.pin_by_call()?;
            let token = cx.token()?;
            let (least, most) = (token.ulMinPinLen, token.ulMaxPinLen);
            let length = cx.user_pin()?.len() as u64;
            cx.check(
                (least..=most).contains(&length),
                format!("a length from {least} to {most}"),
                length.to_string(),
            )
        }),
        case(
            "pin.flags.user-initialized",
            spec("3.2"),
            "A token whose user logs in has the flag CKF_USER_PIN_INITIALIZED.",
        )
        .run(|cx| {
            cx.check(
                cx.token()?.flags & CKF_USER_PIN_INITIALIZED != 0,
                "CKF_USER_PIN_INITIALIZED",
                "it is clear",
            )
        }),
    ]
}

fn clean() -> Vec<Case> {
    vec![
        case(
            "pin.flags.user-clean",
            spec("3.2"),
            "After the user has logged in the flags of few tries of the user's PIN are clear.",
        )
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.logout(session))?;
            cx.as_user(session)?;
            none_of(cx, USER_TRIES)
        }),
        case(
            "pin.flags.officer-clean",
            spec("3.2"),
            "After the SO has logged in the flags of few tries of the SO's PIN are clear.",
        )
        .stage(Stage::Officer)
        .run(|cx| none_of(cx, SO_TRIES)),
        case(
            "pin.flags.not-to-be-changed",
            spec("3.2"),
            "After the user has changed the PIN the flag CKF_USER_PIN_TO_BE_CHANGED is clear.",
        )
        .destructive()
        .deadline(120)
        .run(|cx| {
            restoring(cx, |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.new))?;
                none_of(cx, CKF_USER_PIN_TO_BE_CHANGED)
            })
        }),
    ]
}

fn tries() -> Vec<Case> {
    vec![
        case(
            "pin.flags.user-wrong-once",
            spec("3.2"),
            "One wrong PIN of the user leaves the right one valid unless CKF_USER_PIN_LOCKED says otherwise; the right one clears the flags.",
        )
        .stage(Stage::Public)
        .run(|cx| wrong_once(cx, CKU_USER, USER_TRIES, CKF_USER_PIN_LOCKED)),
        case(
            "pin.flags.officer-wrong-once",
            spec("3.2"),
            "One wrong PIN of the SO leaves the right one valid unless CKF_SO_PIN_LOCKED says otherwise; the right one clears the flags.",
        )
        .stage(Stage::Public)
        .destructive()
        .run(|cx| wrong_once(cx, CKU_SO, SO_TRIES, CKF_SO_PIN_LOCKED)),
        case(
            "pin.flags.other-user",
            spec("3.2"),
            "A wrong PIN of the user sets no flag of the SO's PIN.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let pin = cx.user_pin()?;
            cx.may_err(CKU_USER)?;
            let before = cx.token()?.flags & SO_TRIES;
            let session = cx.session()?;
            cx.c.login(session, CKU_USER, &wrong(pin));
            let after = cx.token()?.flags & SO_TRIES;
            cx.as_user(session)?;
            cx.equal("the flags of the SO's PIN", &before, &after)
        }),
    ]
}

fn wrong_once(
    cx: &mut Context<'_>,
    user: CK_USER_TYPE,
    tries: CK_FLAGS,
    locked: CK_FLAGS,
) -> Outcome {
    let pin = if user == CKU_SO {
        cx.so_pin()?
    } else {
        cx.user_pin()?
    };
    cx.may_err(user)?;
    let session = cx.session()?;
    let rv = cx.c.login(session, user, &wrong(pin));
    let flags = cx.token()?.flags;
    let right = cx.c.login(session, user, pin);
    cx.check(
        rv.0 == CKR_PIN_INCORRECT,
        "C_Login with a wrong PIN answers CKR_PIN_INCORRECT",
        rv.to_string(),
    )?;
    if flags & locked != 0 {
        return cx.check(
            !right.is_ok(),
            "a PIN that the flags call locked does not log in",
            right.to_string(),
        );
    }
    cx.ok(right)?;
    none_of(cx, tries)
}
