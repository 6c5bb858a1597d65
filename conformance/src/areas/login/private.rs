//! Private objects: only the user sees, makes and uses them.

use cryptoki_sys::{
    CK_RV, CKA_EC_PARAMS, CKA_PRIVATE, CKA_SIGN, CKA_VALUE, CKA_VALUE_LEN, CKF_GENERATE,
    CKF_GENERATE_KEY_PAIR, CKF_LOGIN_REQUIRED, CKF_SIGN, CKK_AES, CKK_EC, CKM_AES_KEY_GEN,
    CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID,
    CKR_USER_NOT_LOGGED_IN,
};

use crate::c::{Mechanism, Object, Rv, Session, Template};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, fail, not_applicable};
use crate::keys::{private, public, secret, unhex};
use crate::known_keys::P256;
use crate::users::{VALUE, data};

pub(super) fn cases() -> Vec<Case> {
    [hidden(), handles(), made(), officer()]
        .into_iter()
        .flatten()
        .collect()
}

/// Runs something with a private token object after the user who made it has logged out; it is destroyed afterwards.
fn with_private_object(
    cx: &mut Context<'_>,
    body: impl FnOnce(&Context<'_>, Session, Object, &str) -> Outcome,
) -> Outcome {
    let session = cx.session()?;
    let label = cx.label();
    let object = cx.import(session, &data(true, true, &label))?;
    cx.ok(cx.c.logout(session))?;
    let outcome = body(cx, session, object, &label);
    // The user may be logged in again, or the SO.
    cx.c.logout(session);
    cx.as_user(session)?;
    let found = cx.c.find(session, &crate::users::labelled(&label));
    for object in found.unwrap_or_default() {
        cx.c.destroy_object(session, object);
    }
    outcome
}

fn unreadable(cx: &Context<'_>, session: Session, object: Object) -> Outcome {
    match cx.c.attribute(session, object, CKA_VALUE) {
        Ok(_) => fail(
            "a handle that is not valid any more",
            "it can be read through",
        ),
        Err(rv) => cx.expect(rv, CKR_OBJECT_HANDLE_INVALID),
    }
}

fn hidden() -> Vec<Case> {
    vec![
        case(
            "login.private.flag",
            spec("3.2"),
            "A token that makes no private object without a login has the flag CKF_LOGIN_REQUIRED.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let template = data(false, true, &cx.label());
            if cx.c.create_object(session, &template).0.0 != CKR_USER_NOT_LOGGED_IN {
                return not_applicable("the token makes private objects, or none, without a login");
            }
            let required = cx.token()?.flags & CKF_LOGIN_REQUIRED != 0;
            cx.check(required, "CKF_LOGIN_REQUIRED", "it is clear")
        }),
        case(
            "login.private.not-found-without-login",
            spec("5.7.7"),
            "A private token object is not found while nobody is logged in, and is found after the next login.",
        )
        .run(|cx| {
            with_private_object(cx, |cx, session, _, label| {
                cx.equal("objects found", &0, &cx.count_labelled(session, label)?)?;
                cx.as_user(session)?;
                cx.equal("objects found", &1, &cx.count_labelled(session, label)?)
            })
        }),
        case(
            "login.private.not-found-in-new-session",
            spec("5.7.7"),
            "A private token object is not found in a session that is opened after the logout.",
        )
        .run(|cx| {
            with_private_object(cx, |cx, _, _, label| {
                let (rv, session) = cx.c.open_read_only(cx.slot);
                cx.ok(rv)?;
                let found = cx.count_labelled(session, label);
                cx.c.close_session(session);
                cx.equal("objects found", &0, &found?)
            })
        }),
        case(
            "login.private.readable-after-next-login",
            spec("5.6.8"),
            "A private token object keeps its value over a logout and the next login.",
        )
        .run(|cx| {
            with_private_object(cx, |cx, session, _, label| {
                cx.as_user(session)?;
                let found = cx.c.find(session, &crate::users::labelled(label));
                let found = found.unwrap_or_default();
                cx.equal("objects found", &1, &found.len())?;
                match cx.c.attribute(session, found[0], CKA_VALUE) {
                    Ok(value) => cx.equal_bytes("the value", VALUE, &value),
                    Err(rv) => cx.ok(rv),
                }
            })
        }),
    ]
}

fn handles() -> Vec<Case> {
    vec![
        case(
            "login.private.handle-ends-with-login",
            spec("5.6.10"),
            "The handle of a private token object is not valid after a logout.",
        )
        .run(|cx| {
            with_private_object(cx, |cx, session, object, _| unreadable(cx, session, object))
        }),
        case(
            "login.private.handle-stays-invalid",
            spec("5.6.10"),
            "The handle of a private token object from before a logout stays invalid after the next login.",
        )
        .run(|cx| {
            with_private_object(cx, |cx, session, object, _| {
                cx.as_user(session)?;
                unreadable(cx, session, object)
            })
        }),
        case(
            "login.private.destroy-after-logout",
            spec("5.7.3"),
            "A private token object cannot be destroyed after a logout.",
        )
        .run(|cx| {
            with_private_object(cx, |cx, session, object, label| {
                let codes = [CKR_OBJECT_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN];
                cx.expect_one_of(cx.c.destroy_object(session, object), &codes)?;
                cx.as_user(session)?;
                cx.equal("objects found", &1, &cx.count_labelled(session, label)?)
            })
        }),
        case(
            "login.private.session-object-ends-with-login",
            spec("5.6.10"),
            "A logout destroys private session objects: they are gone after the next login too.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let label = cx.label();
            let object = cx.import(session, &data(false, true, &label))?;
            cx.ok(cx.c.logout(session))?;
            unreadable(cx, session, object)?;
            cx.as_user(session)?;
            cx.equal("objects found", &0, &cx.count_labelled(session, &label)?)
        }),
        case(
            "login.private.session-object-of-others-ends",
            spec("5.6.10"),
            "A logout in one session destroys the private session objects of the others.",
        )
        .run(|cx| {
            let (session, other) = (cx.session()?, cx.session()?);
            let label = cx.label();
            let object = cx.import(other, &data(false, true, &label))?;
            cx.ok(cx.c.logout(session))?;
            unreadable(cx, other, object)?;
            cx.as_user(session)?;
            cx.equal("objects found", &0, &cx.count_labelled(other, &label)?)
        }),
        key_after_logout("login.private.key-after-logout", false),
        key_after_logout("login.private.key-after-next-login", true),
    ]
}

fn key_after_logout(id: &str, again: bool) -> Case {
    let when = if again {
        "after a logout and the next login"
    } else {
        "after a logout"
    };
    case(
        id,
        spec("5.6.10"),
        format!("A private session key does not sign {when}."),
    )
    .run(move |cx| {
        cx.mechanism(CKM_ECDSA, CKF_SIGN)?;
        let session = cx.session()?;
        let key = cx.p256(session, &[], &[CKA_SIGN])?.private;
        let mechanism = Mechanism::new(CKM_ECDSA);
        cx.ok(cx.c.logout(session))?;
        if again {
            cx.as_user(session)?;
        }
        let mut codes: Vec<CK_RV> = vec![CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID];
        if !again {
            codes.push(CKR_USER_NOT_LOGGED_IN);
        }
        cx.expect_one_of(cx.c.sign_init(session, Some(&mechanism), key), &codes)
    })
}

/// Makes something private or public in a session.
type Make = fn(&Context<'_>, Session, bool) -> Outcome<Rv>;

const MAKERS: &[(&str, &str, &str, Make)] = &[
    (
        "create-session-object",
        "5.7.1",
        "Creating",
        |cx, session, private| {
            Ok(cx
                .c
                .create_object(session, &data(false, private, &cx.label()))
                .0)
        },
    ),
    (
        "create-token-object",
        "5.7.1",
        "Creating on the token",
        |cx, session, private| {
            let (rv, object) =
                cx.c.create_object(session, &data(true, private, &cx.label()));
            cx.c.destroy_object(session, object);
            Ok(rv)
        },
    ),
    (
        "copy-object",
        "5.7.2",
        "Copying to",
        |cx, session, private| {
            let object = cx.data(session, false, false)?;
            let template = Template::new().flag(CKA_PRIVATE, private);
            Ok(cx.c.copy_object(session, object, &template).0)
        },
    ),
    (
        "generate-key",
        "5.18.1",
        "Generating",
        |cx, session, private| {
            cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
            let template = secret(CKK_AES, &[])
                .number(CKA_VALUE_LEN, 16)
                .flag(CKA_PRIVATE, private);
            let mechanism = Mechanism::new(CKM_AES_KEY_GEN);
            Ok(cx.c.generate_key(session, &mechanism, &template).0)
        },
    ),
    (
        "generate-key-pair",
        "5.18.2",
        "Generating a pair with",
        |cx, session, is_private| {
            cx.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
            let public = public(CKK_EC, &[]).bytes(CKA_EC_PARAMS, &unhex(P256));
            let private = private(CKK_EC, &[CKA_SIGN]).flag(CKA_PRIVATE, is_private);
            let mechanism = Mechanism::new(CKM_EC_KEY_PAIR_GEN);
            Ok(cx
                .c
                .generate_key_pair(session, &mechanism, &public, &private)
                .0)
        },
    ),
];

fn made() -> Vec<Case> {
    let make = |(id, section, verb, make): &(&str, &'static str, &str, Make), stage: Stage| {
        let (make, officer) = (*make, stage == Stage::Officer);
        let (place, who) = if officer {
            ("officer", "while the SO is logged in")
        } else {
            ("private", "while nobody is logged in")
        };
        case(
            format!("login.{place}.{id}"),
            spec(section),
            format!("{verb} a private object {who} answers CKR_USER_NOT_LOGGED_IN."),
        )
        .stage(stage)
        .run(move |cx| {
            let session = cx.session()?;
            // The same as a public object shows that nothing else is refused.
            cx.prepared(make(cx, session, false)?)?;
            cx.expect(make(cx, session, true)?, CKR_USER_NOT_LOGGED_IN)
        })
    };
    [Stage::Public, Stage::Officer]
        .into_iter()
        .flat_map(|stage| MAKERS.iter().map(move |maker| make(maker, stage)))
        .collect()
}

fn officer() -> Vec<Case> {
    vec![
        case(
            "login.officer.private-not-found",
            spec("5.7.7"),
            "The SO does not find the user's private objects.",
        )
        .run(|cx| {
            with_private_object(cx, |cx, session, _, label| {
                cx.as_officer(session)?;
                cx.equal("objects found", &0, &cx.count_labelled(session, label)?)
            })
        }),
        case(
            "login.officer.private-not-readable",
            spec("5.6.10"),
            "The SO does not read a private object through the user's handle of it.",
        )
        .run(|cx| {
            with_private_object(cx, |cx, session, object, _| {
                cx.as_officer(session)?;
                unreadable(cx, session, object)
            })
        }),
    ]
}
