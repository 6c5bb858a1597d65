//! Public objects: whoever has a session sees them.

use cryptoki_sys::{
    CKA_LABEL, CKA_SIGN, CKA_VALUE, CKA_VERIFY, CKF_DIGEST, CKF_SIGN, CKF_VERIFY, CKM_ECDSA,
    CKM_SHA256, CKR_OK, CKR_USER_NOT_LOGGED_IN,
};

use crate::c::{Mechanism, Object, Out, Rv, Session};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};
use crate::users::{VALUE, data, labelled};

pub(super) fn cases() -> Vec<Case> {
    [seen(), made(), used()].into_iter().flatten().collect()
}

fn reads(cx: &Context<'_>, session: Session, object: Object) -> Outcome {
    match cx.c.attribute(session, object, CKA_VALUE) {
        Ok(value) => cx.equal_bytes("the value", VALUE, &value),
        Err(rv) => cx.ok(rv),
    }
}

fn seen() -> Vec<Case> {
    vec![
        case(
            "login.public.found-without-login",
            spec("5.7.7"),
            "A public token object is found and read while nobody is logged in.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let label = cx.label();
            cx.import(session, &data(true, false, &label))?;
            cx.ok(cx.c.logout(session))?;
            let found = cx.c.find(session, &labelled(&label)).unwrap_or_default();
            let outcome = cx
                .equal("objects found", &1, &found.len())
                .and_then(|()| reads(cx, session, found[0]));
            cx.as_user(session)?;
            for object in cx.c.find(session, &labelled(&label)).unwrap_or_default() {
                cx.c.destroy_object(session, object);
            }
            outcome
        }),
        case(
            "login.public.session-object-outlives-login",
            spec("5.6.10"),
            "A public session object and its handle outlive a logout.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data(session, false, false)?;
            cx.ok(cx.c.logout(session))?;
            reads(cx, session, object)
        }),
        case(
            "login.public.token-handle-outlives-login",
            spec("5.6.10"),
            "The handle of a public token object outlives a logout.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data(session, true, false)?;
            cx.ok(cx.c.logout(session))?;
            let outcome = reads(cx, session, object);
            cx.as_user(session)?;
            cx.c.destroy_object(session, object);
            outcome
        }),
        case(
            "login.public.outlives-next-login",
            spec("5.6.8"),
            "A public session object from before a login is read after it.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data(session, false, false)?;
            cx.as_user(session)?;
            reads(cx, session, object)
        }),
        case(
            "login.public.seen-by-officer",
            spec("5.7.7"),
            "The SO reads a public session object.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data(session, false, false)?;
            reads(cx, session, object)
        }),
    ]
}

/// Accepts that a token wants a login for this, as `CKF_LOGIN_REQUIRED` lets it.
fn allowed(cx: &Context<'_>, rv: Rv) -> Outcome {
    if rv.0 == CKR_USER_NOT_LOGGED_IN {
        cx.login_required()?;
        return not_applicable(format!("the token wants a login for {}", cx.c.answered(rv)));
    }
    cx.expect(rv, CKR_OK)
}

fn made() -> Vec<Case> {
    vec![
        case(
            "login.public.create-session-object",
            spec("5.7.1"),
            "A public session object is created while nobody is logged in.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let (rv, object) = cx.c.create_object(session, &data(false, false, "public"));
            allowed(cx, rv)?;
            reads(cx, session, object)
        }),
        case(
            "login.public.change-session-object",
            spec("5.7.6"),
            "A public session object is changed and destroyed while nobody is logged in.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data(session, false, false)?;
            allowed(
                cx,
                cx.c.set_attribute_values(session, object, &labelled("changed")),
            )?;
            match cx.c.attribute(session, object, CKA_LABEL) {
                Ok(label) => cx.equal_bytes("the label", b"changed", &label)?,
                Err(rv) => cx.ok(rv)?,
            }
            allowed(cx, cx.c.destroy_object(session, object))
        }),
    ]
}

fn used() -> Vec<Case> {
    vec![
        case(
            "login.public.digest",
            spec("5.12.1"),
            "A digest is computed while nobody is logged in.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            let session = cx.session()?;
            allowed(
                cx,
                cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))),
            )?;
            cx.ok(cx.c.digest(session, b"abc", Out::Room(32)).rv)
        }),
        case(
            "login.public.verify",
            spec("5.15.1"),
            "A signature is verified with a public key while nobody is logged in.",
        )
        .run(|cx| {
            cx.mechanism(CKM_ECDSA, CKF_SIGN | CKF_VERIFY)?;
            let session = cx.session()?;
            let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?;
            let mechanism = Mechanism::new(CKM_ECDSA);
            cx.ok(cx.c.sign_init(session, Some(&mechanism), pair.private))?;
            let signature = cx.c.sign(session, &[7; 32], Out::Room(64));
            cx.ok(signature.rv)?;
            cx.ok(cx.c.logout(session))?;
            allowed(cx, cx.c.verify_init(session, Some(&mechanism), pair.public))?;
            cx.ok(cx.c.verify(session, &[7; 32], &signature.bytes))
        }),
    ]
}
