//! Null and wild arguments, absurd lengths, random calls.
//!
//! The specification promises little to an application that passes wrong pointers; what a module must do in any case is come back,
//! with a code of the standard, and go on serving.

mod game;
mod lengths;
mod nulls;

use cryptoki_sys::CKR_OK;

use crate::c::{Rv, names};
use crate::case::{Case, Outcome};
use crate::context::{Context, fail};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = nulls::cases();
    cases.extend(lengths::cases());
    cases.extend(game::cases());
    cases
}

/// Requires a code of the standard that is not `CKR_OK`.
fn refused(cx: &Context<'_>, rv: Rv) -> Outcome {
    if rv.0 == CKR_OK {
        return fail(format!("{} refuses it", cx.c.answered(rv)), rv.to_string());
    }
    documented(cx, rv)
}

/// Requires a code of the standard, or one of the vendor's own range.
fn documented(cx: &Context<'_>, rv: Rv) -> Outcome {
    let known = names::RETURN_CODES.iter().any(|row| row.0 == rv.0);
    let vendor = rv.0 & cryptoki_sys::CKR_VENDOR_DEFINED != 0;
    cx.check(
        known || vendor,
        "a return code of the standard",
        rv.to_string(),
    )
}

/// Requires that the module still serves.
fn still_serves(cx: &mut Context<'_>) -> Outcome {
    let session = cx.session()?;
    cx.ok(cx.c.session_info(session).0)
}
