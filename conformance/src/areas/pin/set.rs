//! `C_SetPIN`.

use cryptoki_sys::{
    CKA_VALUE, CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE,
    CKR_SESSION_READ_ONLY, CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS, CKS_RW_USER_FUNCTIONS,
    CKU_SO, CKU_USER,
};

use super::restore::{Pins, officer_logs_in, restoring, user_logs_in};
use crate::c::{Arg, Function, Rv, Session};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};
use crate::users::{VALUE, data, labelled, wrong};

pub(super) fn cases() -> Vec<Case> {
    [
        read_only(),
        user(),
        stays(),
        refused(),
        officer(),
        officer_refused(),
        pointers(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn read_only() -> Vec<Case> {
    let reader = |id: &str, stage: Stage, who: &str| {
        case(
            format!("pin.set.{id}"),
            spec("5.5.9"),
            format!("C_SetPIN in a read-only session while {who} answers CKR_SESSION_READ_ONLY."),
        )
        .stage(stage)
        .run(|cx| {
            cx.pin_by_call()?;
            let (session, pin) = (cx.read_only()?, cx.user_pin()?);
            // The PIN that the user has: a module that sets it changes nothing.
            let rv = cx.c.set_pin(session, pin, pin);
            cx.expect(rv, CKR_SESSION_READ_ONLY)
        })
    };
    vec![
        reader("read-only-public", Stage::Public, "nobody is logged in"),
        reader("read-only-user", Stage::User, "the user is logged in"),
    ]
}

fn destructive(
    id: &str,
    stage: Stage,
    requirement: &str,
    body: fn(&mut Context<'_>, &Pins) -> Outcome,
) -> Case {
    case(id, spec("5.5.9"), requirement)
        .stage(stage)
        .destructive()
        .deadline(120)
        .run(move |cx| restoring(cx, body))
}

fn user() -> Vec<Case> {
    vec![
        destructive(
            "pin.set.user",
            Stage::User,
            "The user changes the PIN: the new one logs in, and the old one does not.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.new))?;
                cx.ok(cx.c.logout(session))?;
                let rv = cx.c.login(session, CKU_USER, &pins.user);
                cx.expect(rv, CKR_PIN_INCORRECT)?;
                user_logs_in(cx, session, &pins.new)
            },
        ),
        destructive(
            "pin.set.public",
            Stage::Public,
            "C_SetPIN while nobody is logged in changes the user's PIN.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.new))?;
                let rv = cx.c.login(session, CKU_USER, &pins.user);
                cx.expect(rv, CKR_PIN_INCORRECT)?;
                user_logs_in(cx, session, &pins.new)
            },
        ),
        destructive(
            "pin.set.keeps-login",
            Stage::User,
            "A user who changes the PIN stays logged in, in every session.",
            |cx, pins| {
                let (session, other) = (cx.session()?, cx.session()?);
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.new))?;
                cx.in_state(session, CKS_RW_USER_FUNCTIONS)?;
                cx.in_state(other, CKS_RW_USER_FUNCTIONS)
            },
        ),
        destructive(
            "pin.set.keeps-public",
            Stage::Public,
            "C_SetPIN while nobody is logged in logs nobody in.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.new))?;
                cx.in_state(session, CKS_RW_PUBLIC_SESSION)
            },
        ),
        destructive(
            "pin.set.there-and-back",
            Stage::User,
            "The PIN changes and changes back in one login.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.new))?;
                cx.ok(cx.c.set_pin(session, &pins.new, &pins.user))?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
    ]
}

fn stays() -> Vec<Case> {
    vec![
        destructive(
            "pin.set.outlives-finalize",
            Stage::User,
            "A changed PIN counts after C_Finalize and C_Initialize.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.new))?;
                cx.ok(cx.c.finalize())?;
                cx.ok(cx.c.initialize(None))?;
                let session = cx.session()?;
                user_logs_in(cx, session, &pins.new)
            },
        ),
        destructive(
            "pin.set.objects-stay",
            Stage::User,
            "A private token object from before a change of the PIN is read after it.",
            |cx, pins| {
                let session = cx.session()?;
                let label = cx.label();
                cx.import(session, &data(true, true, &label))?;
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.new))?;
                cx.ok(cx.c.logout(session))?;
                cx.ok(cx.c.login(session, CKU_USER, &pins.new))?;
                let found = cx.c.find(session, &labelled(&label)).unwrap_or_default();
                cx.equal("objects found", &1, &found.len())?;
                let value = cx.c.attribute(session, found[0], CKA_VALUE);
                cx.c.destroy_object(session, found[0]);
                match value {
                    Ok(value) => cx.equal_bytes("the value", VALUE, &value),
                    Err(rv) => cx.ok(rv),
                }
            },
        ),
        case(
            "pin.set.same",
            spec("5.5.9"),
            "The new PIN may be the old one.",
        )
        .should()
        .destructive()
        .run(|cx| {
            restoring(cx, |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.user, &pins.user))?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            })
        }),
    ]
}

fn refused() -> Vec<Case> {
    vec![
        destructive(
            "pin.set.wrong-old",
            Stage::User,
            "A wrong old PIN answers CKR_PIN_INCORRECT, and the PIN stays, though the user is logged in.",
            |cx, pins| {
                cx.may_err(CKU_USER)?;
                let session = cx.session()?;
                let rv = cx.c.set_pin(session, &wrong(&pins.user), &pins.new);
                cx.expect(rv, CKR_PIN_INCORRECT)?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
        destructive(
            "pin.set.wrong-old-public",
            Stage::Public,
            "A wrong old PIN while nobody is logged in answers CKR_PIN_INCORRECT, and the PIN stays.",
            |cx, pins| {
                cx.may_err(CKU_USER)?;
                let session = cx.session()?;
                let rv = cx.c.set_pin(session, &wrong(&pins.user), &pins.new);
                cx.expect(rv, CKR_PIN_INCORRECT)?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
        destructive(
            "pin.set.old-shortened",
            Stage::User,
            "The old PIN without its last letter is refused.",
            |cx, pins| {
                cx.may_err(CKU_USER)?;
                let session = cx.session()?;
                let short = &pins.user[..pins.user.len().saturating_sub(1)];
                let rv = cx.c.set_pin(session, short, &pins.new);
                cx.expect_one_of(rv, &[CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE])?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
        destructive(
            "pin.set.user-not-officers",
            Stage::User,
            "The logged-in user does not change a PIN by the SO's as the old one.",
            |cx, pins| {
                cx.may_err(CKU_USER)?;
                if pins.user == pins.officer {
                    return not_applicable("user and SO have the same PIN");
                }
                let session = cx.session()?;
                let rv = cx.c.set_pin(session, &pins.officer, &pins.new);
                cx.expect_one_of(rv, &[CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE])?;
                cx.ok(cx.c.logout(session))?;
                officer_logs_in(cx, session, &pins.officer)
            },
        ),
    ]
}

fn officer() -> Vec<Case> {
    vec![
        destructive(
            "pin.set.officer",
            Stage::Officer,
            "The SO changes the SO's PIN: the new one logs in, and stays until it is changed back.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.officer, &pins.new))?;
                cx.in_state(session, CKS_RW_SO_FUNCTIONS)?;
                cx.ok(cx.c.logout(session))?;
                cx.ok(cx.c.login(session, CKU_SO, &pins.new))?;
                cx.ok(cx.c.set_pin(session, &pins.new, &pins.officer))?;
                cx.ok(cx.c.logout(session))?;
                officer_logs_in(cx, session, &pins.officer)
            },
        ),
        destructive(
            "pin.set.officer-old-refused",
            Stage::Officer,
            "The SO's old PIN does not log in after a change.",
            |cx, pins| {
                cx.may_err(CKU_SO)?;
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.officer, &pins.new))?;
                cx.ok(cx.c.logout(session))?;
                let rv = cx.c.login(session, CKU_SO, &pins.officer);
                let judged = cx.expect(rv, CKR_PIN_INCORRECT);
                cx.ok(cx.c.login(session, CKU_SO, &pins.new))?;
                cx.ok(cx.c.set_pin(session, &pins.new, &pins.officer))?;
                judged
            },
        ),
        destructive(
            "pin.set.officer-not-users",
            Stage::Officer,
            "A change of the SO's PIN leaves the user's as it is.",
            |cx, pins| {
                let session = cx.session()?;
                cx.ok(cx.c.set_pin(session, &pins.officer, &pins.new))?;
                cx.ok(cx.c.set_pin(session, &pins.new, &pins.officer))?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
    ]
}

fn officer_refused() -> Vec<Case> {
    vec![
        destructive(
            "pin.set.officer-wrong-old",
            Stage::Officer,
            "A wrong old PIN of the SO answers CKR_PIN_INCORRECT, and the PIN stays.",
            |cx, pins| {
                cx.may_err(CKU_SO)?;
                let session = cx.session()?;
                let rv = cx.c.set_pin(session, &wrong(&pins.officer), &pins.new);
                cx.ok(cx.c.logout(session))?;
                officer_logs_in(cx, session, &pins.officer)?;
                // The last call is now another; the code is what this is about.
                cx.check(
                    rv.0 == CKR_PIN_INCORRECT,
                    "C_SetPIN answers CKR_PIN_INCORRECT",
                    rv.to_string(),
                )
            },
        ),
        destructive(
            "pin.set.officer-users-old",
            Stage::Officer,
            "The logged-in SO does not change a PIN by the user's as the old one.",
            |cx, pins| {
                cx.may_err(CKU_SO)?;
                if pins.user == pins.officer {
                    return not_applicable("user and SO have the same PIN");
                }
                let session = cx.session()?;
                let rv = cx.c.set_pin(session, &pins.user, &pins.new);
                let judged = cx.expect_one_of(rv, &[CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE]);
                cx.ok(cx.c.logout(session))?;
                officer_logs_in(cx, session, &pins.officer)?;
                judged?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
    ]
}

fn set_with(cx: &Context<'_>, session: Session, old: Option<&[u8]>, new: Option<&[u8]>) -> Rv {
    let length = |bytes: Option<&[u8]>| Arg::Number(bytes.map_or(8, <[u8]>::len) as u64);
    let (old_length, new_length) = (length(old), length(new));
    let args = vec![
        Arg::Number(session.0),
        old.map_or(Arg::Null, Arg::Secret),
        old_length,
        new.map_or(Arg::Null, Arg::Secret),
        new_length,
    ];
    cx.c.call(Function::C_SetPIN, args)
}

fn pointers() -> Vec<Case> {
    vec![
        destructive(
            "pin.set.null-old",
            Stage::User,
            "A null pointer for the old PIN is refused, and the PIN stays.",
            |cx, pins| {
                let session = cx.session()?;
                let rv = set_with(cx, session, None, Some(&pins.new));
                cx.expect_one_of(rv, &[CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT, CKR_PIN_INVALID])?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
        destructive(
            "pin.set.null-new",
            Stage::User,
            "A null pointer for the new PIN is refused, and the PIN stays.",
            |cx, pins| {
                let session = cx.session()?;
                let rv = set_with(cx, session, Some(&pins.user), None);
                cx.expect_one_of(rv, &[CKR_ARGUMENTS_BAD, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE])?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)
            },
        ),
    ]
}
