//! Which PINs a token takes: their length, and letters beyond ASCII.

use cryptoki_sys::{
    CK_ULONG, CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_TOO_WEAK, CKU_USER,
};

use super::restore::{Pins, of_length, restoring, user_logs_in};
use crate::c::{Rv, Session};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};

/// The longest PIN that a case makes up.
const LONGEST: CK_ULONG = 4096;

/// How a PIN is set.
#[derive(Clone, Copy)]
struct Way {
    name: &'static str,
    function: &'static str,
    section: &'static str,
    stage: Stage,
    set: fn(&Context<'_>, Session, &Pins, &[u8]) -> Rv,
}

const WAYS: [Way; 2] = [
    Way {
        name: "init",
        function: "C_InitPIN",
        section: "5.5.8",
        stage: Stage::Officer,
        set: |cx, session, _, pin| cx.c.init_pin(session, pin),
    },
    Way {
        name: "set",
        function: "C_SetPIN",
        section: "5.5.9",
        stage: Stage::User,
        set: |cx, session, pins, pin| cx.c.set_pin(session, &pins.user, pin),
    },
];

pub(super) fn cases() -> Vec<Case> {
    WAYS.into_iter()
        .flat_map(|way| lengths(way).into_iter().chain(letters(way)))
        .chain([of_officer("too-short"), of_officer("too-long")])
        .collect()
}

fn changing(
    way: Way,
    id: &str,
    requirement: String,
    body: impl Fn(&mut Context<'_>, &Pins) -> Outcome + Send + Sync + 'static,
) -> Case {
    case(
        format!("pin.{}.{id}", way.name),
        spec(way.section),
        requirement,
    )
    .stage(way.stage)
    .destructive()
    .deadline(120)
    .run(move |cx| restoring(cx, |cx, pins| body(cx, pins)))
}

fn shorter(cx: &Context<'_>) -> Outcome<Vec<u8>> {
    match usize::try_from(cx.facts.min_pin) {
        Ok(least) if least > 0 => Ok(of_length(least - 1)),
        _ => not_applicable("ulMinPinLen is zero"),
    }
}

fn longer(cx: &Context<'_>) -> Outcome<Vec<u8>> {
    longest(cx).map(|pin| of_length(pin.len() + 1))
}

fn longest(cx: &Context<'_>) -> Outcome<Vec<u8>> {
    match usize::try_from(cx.facts.max_pin) {
        Ok(most) if cx.facts.max_pin <= LONGEST => Ok(of_length(most)),
        _ => not_applicable(format!("ulMaxPinLen is more than {LONGEST}")),
    }
}

fn lengths(way: Way) -> Vec<Case> {
    let refused = |id: &str, what: &str, make: fn(&Context<'_>) -> Outcome<Vec<u8>>| {
        let requirement = format!(
            "{} with a PIN {what} answers CKR_PIN_LEN_RANGE, and the PIN stays.",
            way.function
        );
        changing(way, id, requirement, move |cx, pins| {
            let pin = make(cx)?;
            let session = cx.session()?;
            cx.expect((way.set)(cx, session, pins, &pin), CKR_PIN_LEN_RANGE)?;
            cx.ok(cx.c.logout(session))?;
            user_logs_in(cx, session, &pins.user)
        })
    };
    let taken = |id: &str, what: &str, make: fn(&Context<'_>) -> Outcome<Vec<u8>>| {
        let requirement = format!(
            "{} takes a PIN {what}, and the user logs in with it.",
            way.function
        );
        changing(way, id, requirement, move |cx, pins| {
            let pin = make(cx)?;
            let session = cx.session()?;
            let rv = (way.set)(cx, session, pins, &pin);
            if rv.0 == CKR_PIN_TOO_WEAK {
                return not_applicable("the token finds such a PIN too weak");
            }
            cx.ok(rv)?;
            cx.ok(cx.c.logout(session))?;
            user_logs_in(cx, session, &pin)
        })
    };
    vec![
        refused("too-short", "one letter shorter than ulMinPinLen", shorter),
        refused("too-long", "one letter longer than ulMaxPinLen", longer),
        taken("shortest", "of ulMinPinLen letters", |cx| {
            Ok(of_length(usize::try_from(cx.facts.min_pin).unwrap_or(0)))
        }),
        taken("longest", "of ulMaxPinLen letters", longest),
    ]
}

fn letters(way: Way) -> Vec<Case> {
    let utf8 = format!(
        "{} takes a PIN in UTF-8, and the user logs in with it byte for byte; or it answers CKR_PIN_INVALID.",
        way.function
    );
    let cut = format!(
        "The longest PIN set by {} counts in full: without its last letter it is refused.",
        way.function
    );
    vec![
        changing(way, "utf-8", utf8, move |cx, pins| {
            let pin = "Schlüssel-鍵-83610".as_bytes();
            let length = pin.len() as CK_ULONG;
            if length < cx.facts.min_pin || length > cx.facts.max_pin {
                return not_applicable("the token takes no PIN of this length");
            }
            let session = cx.session()?;
            let rv = (way.set)(cx, session, pins, pin);
            if rv.0 == CKR_PIN_INVALID {
                return Ok(());
            }
            cx.ok(rv)?;
            cx.ok(cx.c.logout(session))?;
            user_logs_in(cx, session, pin)
        }),
        changing(way, "longest-in-full", cut, move |cx, pins| {
            let pin = longest(cx)?;
            let Some((_, all_but_one)) = pin.split_last() else {
                return not_applicable("ulMaxPinLen is 0");
            };
            let session = cx.session()?;
            cx.prepared((way.set)(cx, session, pins, &pin))?;
            cx.ok(cx.c.logout(session))?;
            let rv = cx.c.login(session, CKU_USER, all_but_one);
            cx.expect_one_of(rv, &[CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE])?;
            user_logs_in(cx, session, &pin)
        }),
    ]
}

fn of_officer(id: &'static str) -> Case {
    let what = if id == "too-short" {
        "shorter than ulMinPinLen"
    } else {
        "longer than ulMaxPinLen"
    };
    let way = Way {
        stage: Stage::Officer,
        ..WAYS[1]
    };
    let requirement =
        format!("A new PIN of the SO that is {what} answers CKR_PIN_LEN_RANGE, and the PIN stays.");
    changing(
        way,
        &format!("officer-{id}"),
        requirement,
        move |cx, pins| {
            let pin = if id == "too-short" {
                shorter(cx)?
            } else {
                longer(cx)?
            };
            let session = cx.session()?;
            let rv = cx.c.set_pin(session, &pins.officer, &pin);
            if rv.is_ok() {
                // The restored PIN could not be set otherwise: this one is not among those that are tried.
                cx.c.set_pin(session, &pin, &pins.officer);
            }
            cx.expect(rv, CKR_PIN_LEN_RANGE)?;
            cx.ok(cx.c.logout(session))?;
            cx.as_officer(session)
        },
    )
}
