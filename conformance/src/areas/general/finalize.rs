//! `C_Finalize`, and what is left after it (PKCS#11 3.1 section 5.4.2).

use cryptoki_sys::{
    CKA_APPLICATION, CKA_LABEL, CKA_PRIVATE, CKA_TOKEN, CKF_DIGEST, CKM_SHA256, CKO_DATA,
    CKR_ARGUMENTS_BAD, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_SESSION_HANDLE_INVALID,
    CKS_RW_PUBLIC_SESSION, CKU_USER,
};

use super::initialize::nothing;
use crate::c::{Arg, Function, Mechanism, Session, Template};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::Context;

fn draft(id: &str, requirement: &str) -> Draft {
    let id = format!("general.finalize.{id}");
    case(id, spec("5.4.2"), requirement).stage(Stage::Loaded)
}

/// Returns the cases about `C_Finalize`.
pub(super) fn cases() -> Vec<Case> {
    [calls(), leftovers()].into_iter().flatten().collect()
}

fn calls() -> Vec<Case> {
    vec![
        draft(
            "reserved",
            "C_Finalize with a reserved pointer that is not null answers CKR_ARGUMENTS_BAD, and the module stays initialised.",
        )
        .should()
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            let rv = cx.c.call(Function::C_Finalize, vec![Arg::Address(nothing())]);
            cx.expect(rv, CKR_ARGUMENTS_BAD)?;
            cx.ok(cx.c.info().0)
        }),
        draft(
            "twice",
            "A second C_Finalize answers CKR_CRYPTOKI_NOT_INITIALIZED.",
        )
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            cx.ok(cx.c.finalize())?;
            cx.expect(cx.c.finalize(), CKR_CRYPTOKI_NOT_INITIALIZED)
        }),
        draft("with-sessions", "C_Finalize succeeds while sessions are open.").run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            cx.prepared(cx.c.open_read_write(cx.slot).0)?;
            cx.prepared(cx.c.open_read_only(cx.slot).0)?;
            cx.ok(cx.c.finalize())
        }),
        draft(
            "with-operation",
            "C_Finalize succeeds while an operation is active.",
        )
        .run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            cx.ok(cx.c.initialize(None))?;
            let (rv, session) = cx.c.open_read_only(cx.slot);
            cx.prepared(rv)?;
            cx.prepared(cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))))?;
            cx.prepared(cx.c.digest_update(session, b"abc"))?;
            cx.ok(cx.c.finalize())
        }),
        draft(
            "with-search",
            "C_Finalize succeeds while a search is active.",
        )
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            let (rv, session) = cx.c.open_read_only(cx.slot);
            cx.prepared(rv)?;
            cx.prepared(cx.c.find_objects_init(session, &Template::new()))?;
            cx.ok(cx.c.finalize())
        }),
    ]
}

fn leftovers() -> Vec<Case> {
    vec![
        draft(
            "sessions-gone",
            "No session outlives C_Finalize: after another C_Initialize its handle is invalid.",
        )
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            let (rv, session) = cx.c.open_read_write(cx.slot);
            cx.prepared(rv)?;
            again(cx)?;
            cx.expect(cx.c.session_info(session).0, CKR_SESSION_HANDLE_INVALID)
        }),
        draft(
            "login-gone",
            "No login outlives C_Finalize: after another C_Initialize a new session is a public one.",
        )
        .run(|cx| {
            let session = logged_in(cx)?;
            cx.prepared(cx.c.session_info(session).0)?;
            again(cx)?;
            let session = cx.session()?;
            let (rv, info) = cx.c.session_info(session);
            cx.ok(rv)?;
            cx.equal("state", &CKS_RW_PUBLIC_SESSION, &info.state)
        }),
        draft(
            "session-objects-gone",
            "No session object outlives C_Finalize.",
        )
        .run(|cx| {
            let data = data(cx, false);
            let session = logged_in(cx)?;
            cx.import(session, &data)?;
            again(cx)?;
            let session = login(cx)?;
            found(cx, session, &data, 0)
        }),
        draft("token-objects-stay", "Token objects outlive C_Finalize.").run(|cx| {
            let data = data(cx, true);
            let session = logged_in(cx)?;
            cx.import(session, &data)?;
            again(cx)?;
            let session = login(cx)?;
            let outcome = found(cx, session, &data, 1);
            for object in cx.c.find(session, &data).unwrap_or_default() {
                cx.ok(cx.c.destroy_object(session, object))?;
            }
            outcome
        }),
    ]
}

/// A data object, which every token stores.
fn data(cx: &Context<'_>, token: bool) -> Template {
    Template::class(CKO_DATA)
        .flag(CKA_TOKEN, token)
        .flag(CKA_PRIVATE, true)
        .text(CKA_LABEL, &cx.label())
        .text(CKA_APPLICATION, "finalize")
}

/// Finalises and initialises again.
fn again(cx: &Context<'_>) -> Outcome {
    cx.ok(cx.c.finalize())?;
    cx.ok(cx.c.initialize(None))
}

fn logged_in(cx: &mut Context<'_>) -> Outcome<Session> {
    cx.ok(cx.c.initialize(None))?;
    login(cx)
}

fn login(cx: &mut Context<'_>) -> Outcome<Session> {
    let pin = cx.user_pin()?;
    let (rv, session) = cx.c.open_read_write(cx.slot);
    cx.prepared(rv)?;
    cx.prepared(cx.c.login(session, CKU_USER, pin))?;
    Ok(session)
}

fn found(cx: &Context<'_>, session: Session, template: &Template, count: usize) -> Outcome {
    match cx.c.find(session, template) {
        Ok(objects) => cx.equal("objects found", &count, &objects.len()),
        Err(rv) => crate::context::fail("a search", rv.to_string()),
    }
}
