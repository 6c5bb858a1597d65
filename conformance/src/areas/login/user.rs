//! The user's login.

use cryptoki_sys::{
    CK_RV, CK_ULONG, CK_USER_TYPE, CKR_ARGUMENTS_BAD, CKR_OK, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE,
    CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_USER_TYPE_INVALID,
    CKS_RO_USER_FUNCTIONS, CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS, CKS_RW_USER_FUNCTIONS,
    CKU_USER,
};

use crate::c::{Arg, Function, Rv, Session};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};
use crate::users::wrong;

/// The longest PIN that a case makes up.
const LONGEST: CK_ULONG = 4096;

pub(super) fn cases() -> Vec<Case> {
    [
        right(),
        wrong_pins(),
        wrong_lengths(),
        pointers(),
        again(),
        kinds(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn right() -> Vec<Case> {
    vec![
        case(
            "login.user.right-pin",
            spec("5.6.8"),
            "The user logs in with the right PIN.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            cx.as_user(session)?;
            cx.in_state(session, CKS_RW_USER_FUNCTIONS)
        }),
        case(
            "login.user.read-only",
            spec("5.6.8"),
            "The user logs in through a read-only session.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.read_only()?;
            cx.as_user(session)?;
            cx.in_state(session, CKS_RO_USER_FUNCTIONS)
        }),
        case(
            "login.user.every-session",
            spec("5.6.8"),
            "One login is that of all sessions of the application, those opened later among them.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            cx.as_user(first)?;
            let third = cx.session()?;
            cx.in_state(second, CKS_RW_USER_FUNCTIONS)?;
            cx.in_state(third, CKS_RW_USER_FUNCTIONS)
        }),
        case(
            "login.user.over-and-over",
            spec("5.6.8"),
            "The user logs in and out 20 times.",
        )
        .stage(Stage::Public)
        .deadline(120)
        .run(|cx| {
            let session = cx.session()?;
            for _ in 0..20 {
                cx.as_user(session)?;
                cx.ok(cx.c.logout(session))?;
            }
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "login.user.right-after-wrong",
            spec("5.6.8"),
            "The right PIN is accepted after a wrong one.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let pin = cx.user_pin()?;
            cx.may_err(CKU_USER)?;
            let session = cx.session()?;
            let rv = cx.c.login(session, CKU_USER, &wrong(pin));
            let right = cx.c.login(session, CKU_USER, pin);
            cx.expect(rv, CKR_PIN_INCORRECT)?;
            cx.ok(right)
        }),
    ]
}

/// Logs in with a PIN that is not right, looks at the answer, and gives the tries back with the right one.
fn refused(cx: &mut Context<'_>, pin: &[u8], codes: &[CK_RV]) -> Outcome {
    let right = cx.user_pin()?;
    cx.may_err(CKU_USER)?;
    let session = cx.session()?;
    let rv = cx.c.login(session, CKU_USER, pin);
    let judged = cx
        .expect_one_of(rv, codes)
        .and_then(|()| cx.in_state(session, CKS_RW_PUBLIC_SESSION));
    if rv.0 == CKR_OK {
        cx.c.logout(session);
    }
    let again = cx.c.login(session, CKU_USER, right);
    judged?;
    cx.ok(again)
}

/// Codes for a PIN of another length: the length rules apply to setting PINs, and many modules tell here too.
const LENGTH: &[CK_RV] = &[CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE];

fn wrong_pins() -> Vec<Case> {
    let made =
        |id: &str, codes: &'static [CK_RV], requirement: &str, make: fn(&[u8]) -> Vec<u8>| {
            case(format!("login.user.{id}"), spec("5.6.8"), requirement)
                .stage(Stage::Public)
                .run(move |cx| {
                    let pin = make(cx.user_pin()?);
                    refused(cx, &pin, codes)
                })
        };
    vec![
        made(
            "wrong-pin",
            &[CKR_PIN_INCORRECT],
            "A wrong PIN answers CKR_PIN_INCORRECT and logs nobody in.",
            wrong,
        ),
        made(
            "first-letter",
            &[CKR_PIN_INCORRECT],
            "A PIN that is wrong in its first letter only answers CKR_PIN_INCORRECT.",
            |pin| {
                let mut other = pin.to_vec();
                if let Some(first) = other.first_mut() {
                    *first = if *first == b'z' { b'y' } else { b'z' };
                }
                other
            },
        ),
        made(
            "shortened",
            LENGTH,
            "The PIN without its last letter answers CKR_PIN_INCORRECT or CKR_PIN_LEN_RANGE.",
            |pin| pin[..pin.len().saturating_sub(1)].to_vec(),
        ),
        made(
            "lengthened",
            LENGTH,
            "The PIN with one more letter answers CKR_PIN_INCORRECT or CKR_PIN_LEN_RANGE.",
            |pin| [pin, b"0"].concat(),
        ),
        made(
            "trailing-nul",
            LENGTH,
            "The PIN with a zero byte behind it answers CKR_PIN_INCORRECT or CKR_PIN_LEN_RANGE: its length counts.",
            |pin| [pin, b"\0"].concat(),
        ),
        made(
            "trailing-space",
            LENGTH,
            "The PIN with a space behind it answers CKR_PIN_INCORRECT or CKR_PIN_LEN_RANGE.",
            |pin| [pin, b" "].concat(),
        ),
    ]
}

fn wrong_lengths() -> Vec<Case> {
    vec![
        case(
            "login.user.too-long",
            spec("5.6.8"),
            "A PIN longer than ulMaxPinLen answers CKR_PIN_INCORRECT or CKR_PIN_LEN_RANGE.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let length = usize::try_from(cx.facts.max_pin).unwrap_or(usize::MAX);
            if cx.facts.max_pin >= LONGEST {
                return not_applicable("the token takes PINs of any length");
            }
            refused(cx, &vec![b'7'; length + 1], LENGTH)
        }),
        case(
            "login.user.far-too-long",
            spec("5.6.8"),
            "A PIN of 64 KiB answers CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE or CKR_ARGUMENTS_BAD.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let codes = [CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE, CKR_ARGUMENTS_BAD];
            refused(cx, &[b'7'; 1 << 16], &codes)
        }),
        case(
            "login.user.officer-pin",
            spec("5.6.8"),
            "The SO's PIN does not log the user in.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let pin = cx.so_pin()?;
            if pin == cx.user_pin()? {
                return not_applicable("user and SO have the same PIN");
            }
            refused(cx, pin, LENGTH)
        }),
    ]
}

fn login_with(cx: &Context<'_>, session: Session, pin: Arg<'_>, length: CK_ULONG) -> Rv {
    let args = vec![
        Arg::Number(session.0),
        Arg::Number(CKU_USER),
        pin,
        Arg::Number(length),
    ];
    cx.c.call(Function::C_Login, args)
}

fn pointers() -> Vec<Case> {
    let odd = |id: &str,
               codes: &'static [CK_RV],
               requirement: &str,
               call: fn(&Context<'_>, Session, &[u8]) -> Rv| {
        case(format!("login.user.{id}"), spec("5.6.8"), requirement)
            .stage(Stage::Public)
            .run(move |cx| {
                let pin = cx.user_pin()?;
                cx.may_err(CKU_USER)?;
                let session = cx.session()?;
                let rv = call(cx, session, pin);
                let judged = cx
                    .expect_one_of(rv, codes)
                    .and_then(|()| cx.in_state(session, CKS_RW_PUBLIC_SESSION));
                let again = cx.c.login(session, CKU_USER, pin);
                judged?;
                cx.ok(again)
            })
    };
    vec![
        odd(
            "null-pin",
            &[CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE],
            "A null pointer for a PIN of some length is refused.",
            |cx, session, pin| login_with(cx, session, Arg::Null, pin.len() as CK_ULONG),
        ),
        odd(
            "no-pin",
            &[CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE],
            "No PIN at all, which stands for a protected authentication path, is refused by a token without one.",
            |cx, session, _| login_with(cx, session, Arg::Null, 0),
        ),
        odd(
            "empty-pin",
            &[CKR_ARGUMENTS_BAD, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE],
            "The right PIN with a length of zero is refused.",
            |cx, session, pin| login_with(cx, session, Arg::Secret(pin), 0),
        ),
    ]
}

fn again() -> Vec<Case> {
    vec![
        case(
            "login.user.twice",
            spec("5.6.8"),
            "A second login of the user answers CKR_USER_ALREADY_LOGGED_IN.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let rv = cx.c.login(session, CKU_USER, cx.user_pin()?);
            cx.expect(rv, CKR_USER_ALREADY_LOGGED_IN)?;
            cx.in_state(session, CKS_RW_USER_FUNCTIONS)
        }),
        case(
            "login.user.twice-read-only",
            spec("5.6.8"),
            "A second login through a read-only session answers CKR_USER_ALREADY_LOGGED_IN.",
        )
        .run(|cx| {
            let session = cx.read_only()?;
            let rv = cx.c.login(session, CKU_USER, cx.user_pin()?);
            cx.expect(rv, CKR_USER_ALREADY_LOGGED_IN)?;
            cx.in_state(session, CKS_RO_USER_FUNCTIONS)
        }),
        case(
            "login.user.twice-wrong-pin",
            spec("5.6.8"),
            "A second login with a wrong PIN is refused and keeps the user logged in.",
        )
        .run(|cx| {
            let pin = cx.user_pin()?;
            cx.may_err(CKU_USER)?;
            let session = cx.session()?;
            let rv = cx.c.login(session, CKU_USER, &wrong(pin));
            let state = cx.in_state(session, CKS_RW_USER_FUNCTIONS);
            if rv.0 == CKR_PIN_INCORRECT {
                cx.c.logout(session);
                cx.as_user(session)?;
            }
            cx.expect_one_of(rv, &[CKR_USER_ALREADY_LOGGED_IN, CKR_PIN_INCORRECT])?;
            state
        }),
        case(
            "login.user.while-officer",
            spec("5.6.8"),
            "A login of the user while the SO is logged in answers CKR_USER_ANOTHER_ALREADY_LOGGED_IN.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            let rv = cx.c.login(session, CKU_USER, cx.user_pin()?);
            cx.expect(rv, CKR_USER_ANOTHER_ALREADY_LOGGED_IN)?;
            cx.in_state(session, CKS_RW_SO_FUNCTIONS)
        }),
    ]
}

fn kinds() -> Vec<Case> {
    let kind = |id: &str, user: CK_USER_TYPE| {
        case(
            format!("login.kind.{id}"),
            spec("5.6.8"),
            format!("The kind of user {user:#x} answers CKR_USER_TYPE_INVALID."),
        )
        .stage(Stage::Public)
        .run(move |cx| {
            let session = cx.session()?;
            let rv = cx.c.login(session, user, cx.user_pin()?);
            cx.expect(rv, CKR_USER_TYPE_INVALID)?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        })
    };
    vec![
        kind("three", 3),
        kind("hundred", 100),
        kind("above-32-bits", 0x1_0000_0001),
        kind("largest", CK_USER_TYPE::MAX),
    ]
}
