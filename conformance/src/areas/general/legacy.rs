//! The functions that were for parallel execution (PKCS#11 3.1 section 5.20).

use cryptoki_sys::{CKF_DIGEST, CKM_SHA256, CKR_FUNCTION_NOT_PARALLEL, CKR_SESSION_HANDLE_INVALID};

use crate::c::{Arg, Function, Mechanism, Out, Session};
use crate::case::{Case, Stage, case, spec};
use crate::keys::unhex;

/// SHA-256 of `abc`: FIPS 180-4's example.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Returns the cases about both functions.
pub(super) fn cases() -> Vec<Case> {
    [
        (Function::C_GetFunctionStatus, "5.20.1"),
        (Function::C_CancelFunction, "5.20.2"),
    ]
    .into_iter()
    .flat_map(|(function, section)| of(function, section))
    .collect()
}

fn of(function: Function, section: &'static str) -> Vec<Case> {
    let draft = |id: &str, requirement: String| {
        let id = format!("general.legacy.{function}.{id}");
        case(id, spec(section), requirement).stage(Stage::Public)
    };
    vec![
        draft(
            "idle",
            format!("{function} answers CKR_FUNCTION_NOT_PARALLEL."),
        )
        .should()
        .run(move |cx| {
            let session = cx.session()?;
            let rv = cx.c.call(function, vec![Arg::Number(session.0)]);
            cx.expect(rv, CKR_FUNCTION_NOT_PARALLEL)
        }),
        draft(
            "invalid-session",
            format!("{function} with an invalid session answers CKR_SESSION_HANDLE_INVALID or CKR_FUNCTION_NOT_PARALLEL."),
        )
        .run(move |cx| {
            let session = closed(cx)?;
            let rv = cx.c.call(function, vec![Arg::Number(session.0)]);
            cx.expect_one_of(rv, &[CKR_SESSION_HANDLE_INVALID, CKR_FUNCTION_NOT_PARALLEL])
        }),
        draft(
            "operation",
            format!("{function} leaves an operation of the session alone."),
        )
        .run(move |cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            let session = cx.session()?;
            let mechanism = Mechanism::new(CKM_SHA256);
            cx.prepared(cx.c.digest_init(session, Some(&mechanism)))?;
            cx.prepared(cx.c.digest_update(session, b"a"))?;
            let rv = cx.c.call(function, vec![Arg::Number(session.0)]);
            cx.expect(rv, CKR_FUNCTION_NOT_PARALLEL)?;
            cx.ok(cx.c.digest_update(session, b"bc"))?;
            let digest = cx.c.digest_final(session, Out::Room(32));
            cx.ok(digest.rv)?;
            cx.equal_bytes("SHA-256", &unhex(ABC), &digest.bytes)
        }),
    ]
}

/// A session that was closed again.
fn closed(cx: &mut crate::context::Context<'_>) -> crate::case::Outcome<Session> {
    let session = cx.session()?;
    cx.prepared(cx.c.close_session(session))?;
    Ok(session)
}
