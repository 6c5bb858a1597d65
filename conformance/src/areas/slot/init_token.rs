//! `C_InitToken` (PKCS#11 3.1 section 5.5.7). Every case puts the token back, whatever came.

use cryptoki_sys::{
    CKA_LABEL, CKA_PRIVATE, CKA_TOKEN, CKF_TOKEN_INITIALIZED, CKF_USER_PIN_INITIALIZED, CKO_DATA,
    CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT, CKR_SESSION_EXISTS, CKR_USER_PIN_NOT_INITIALIZED, CKU_SO,
    CKU_USER,
};

use crate::c::{Arg, Function, Template};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::child::renew;
use crate::context::Context;

/// A label that no token has by itself.
const LABEL: &str = "dew-conformance init";

fn draft(id: &str, requirement: &str) -> Draft {
    let id = format!("slot.init-token.{id}");
    case(id, spec("5.5.7"), requirement)
        .stage(Stage::Initialized)
        .destructive()
}

/// Runs a case on the token and initialises it again with the PINs of the run.
fn and_back(cx: &mut Context<'_>, work: impl FnOnce(&mut Context<'_>) -> Outcome) -> Outcome {
    let (so_pin, user_pin) = (cx.so_pin()?, cx.user_pin()?);
    let outcome = work(cx);
    let restored = renew(cx.c, cx.facts, so_pin, user_pin);
    outcome.and(restored)
}

/// Initialises the token with a label, and passes if it does.
fn initialize(cx: &Context<'_>, label: &str) -> Outcome {
    let pin = cx.so_pin()?;
    cx.ok(cx.c.init_token(cx.slot, pin, label))
}

/// Returns the cases about initialising a token.
pub(super) fn cases() -> Vec<Case> {
    [refusals(), results()].into_iter().flatten().collect()
}

fn refusals() -> Vec<Case> {
    vec![
        draft(
            "session-exists",
            "C_InitToken while the application has a session open answers CKR_SESSION_EXISTS, and the token stays as it is.",
        )
        .run(|cx| {
            and_back(cx, |cx| {
                let before = cx.c.token_info(cx.slot).1.label;
                cx.read_only()?;
                let rv = cx.c.init_token(cx.slot, cx.so_pin()?, LABEL);
                cx.expect(rv, CKR_SESSION_EXISTS)?;
                cx.equal("label", &before, &cx.c.token_info(cx.slot).1.label)
            })
        }),
        draft(
            "wrong-pin",
            "C_InitToken of an initialised token with a wrong PIN answers CKR_PIN_INCORRECT, and the token stays as it is.",
        )
        .run(|cx| {
            and_back(cx, |cx| {
                let before = cx.c.token_info(cx.slot).1.label;
                let mut wrong = cx.so_pin()?.to_vec();
                if let Some(last) = wrong.last_mut() {
                    *last = if *last == b'0' { b'1' } else { b'0' };
                }
                let rv = cx.c.init_token(cx.slot, &wrong, LABEL);
                cx.expect(rv, CKR_PIN_INCORRECT)?;
                cx.equal("label", &before, &cx.c.token_info(cx.slot).1.label)?;
                let session = cx.session()?;
                cx.ok(cx.c.login(session, CKU_USER, cx.user_pin()?))
            })
        }),
        draft(
            "null-label",
            "C_InitToken without a label answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            and_back(cx, |cx| {
                let pin = cx.so_pin()?;
                let args = vec![
                    Arg::Number(cx.slot),
                    Arg::Secret(pin),
                    Arg::Number(pin.len() as u64),
                    Arg::Null,
                ];
                cx.expect(cx.c.call(Function::C_InitToken, args), CKR_ARGUMENTS_BAD)
            })
        }),
    ]
}

fn results() -> Vec<Case> {
    vec![
        draft("label", "C_InitToken gives the token the label, padded with blanks.").run(|cx| {
            and_back(cx, |cx| {
                initialize(cx, LABEL)?;
                let mut padded = [b' '; 32];
                padded[..LABEL.len()].copy_from_slice(LABEL.as_bytes());
                cx.equal("label", &padded, &cx.c.token_info(cx.slot).1.label)
            })
        }),
        draft("full-label", "C_InitToken takes a label of 32 bytes.").run(|cx| {
            and_back(cx, |cx| {
                let label = "dew-conformance label of 32 bytes";
                initialize(cx, &label[..32])?;
                cx.equal_bytes("label", &label.as_bytes()[..32], &cx.c.token_info(cx.slot).1.label)
            })
        }),
        draft("flags", "After C_InitToken the token sets CKF_TOKEN_INITIALIZED and not CKF_USER_PIN_INITIALIZED.").run(|cx| {
            and_back(cx, |cx| {
                initialize(cx, LABEL)?;
                let flags = cx.c.token_info(cx.slot).1.flags;
                cx.check(flags & CKF_TOKEN_INITIALIZED != 0, "CKF_TOKEN_INITIALIZED", format!("{flags:#x}"))?;
                cx.check(flags & CKF_USER_PIN_INITIALIZED == 0, "CKF_USER_PIN_INITIALIZED clear", format!("{flags:#x}"))
            })
        }),
        draft("user-locked-out", "After C_InitToken the user cannot log in until the security officer sets a PIN: CKR_USER_PIN_NOT_INITIALIZED.").run(|cx| {
            and_back(cx, |cx| {
                initialize(cx, LABEL)?;
                let session = cx.session()?;
                let rv = cx.c.login(session, CKU_USER, cx.user_pin()?);
                cx.expect(rv, CKR_USER_PIN_NOT_INITIALIZED)
            })
        }),
        draft("so-pin", "After C_InitToken the security officer logs in with the PIN that was given.").run(|cx| {
            and_back(cx, |cx| {
                initialize(cx, LABEL)?;
                let session = cx.session()?;
                cx.ok(cx.c.login(session, CKU_SO, cx.so_pin()?))
            })
        }),
        draft("objects", "C_InitToken destroys the objects of the token.").run(|cx| {
            and_back(cx, |cx| {
                let data = Template::class(CKO_DATA)
                    .flag(CKA_TOKEN, true)
                    .flag(CKA_PRIVATE, false)
                    .text(CKA_LABEL, &cx.label());
                let session = cx.session()?;
                cx.prepared(cx.c.login(session, CKU_USER, cx.user_pin()?))?;
                cx.import(session, &data)?;
                cx.prepared(cx.c.close_all_sessions(cx.slot))?;
                initialize(cx, LABEL)?;
                let session = cx.session()?;
                let found = cx.c.find(session, &data).map(|found| found.len());
                cx.equal("objects", &Ok(0), &found)
            })
        }),
        draft("serial", "C_InitToken leaves the token in its slot.").should().run(|cx| {
            and_back(cx, |cx| {
                let before = cx.c.token_info(cx.slot).1.serialNumber;
                initialize(cx, LABEL)?;
                let (rv, info) = cx.c.token_info(cx.slot);
                cx.ok(rv)?;
                cx.equal("serial number", &before, &info.serialNumber)
            })
        }),
    ]
}
