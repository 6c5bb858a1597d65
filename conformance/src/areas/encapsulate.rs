//! What version 3.2 adds for keys: encapsulation, authenticated wrapping, validation flags, functions that run on their own.

mod authenticated;
mod kem;

use cryptoki_sys::*;

use crate::c::function::Version;
use crate::c::{Arg, Function};
use crate::case::{Case, case, spec32};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        kem::cases(),
        authenticated::cases(),
        flags(),
        asynchronous(),
    ]
    .into_iter()
    .flatten()
    .map(|mut case| {
        case.since = Version::V3_2;
        case
    })
    .collect()
}

/// `CKS_LAST_VALIDATION_OK`
const LAST: u64 = 1;

fn flags() -> Vec<Case> {
    vec![
        case(
            "encapsulate.validation-flags.last",
            spec32("5.6"),
            "C_GetSessionValidationFlags tells the flags of the last operation.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let mut flags = u64::MAX;
            let args = vec![
                Arg::Number(session.0),
                Arg::Number(LAST),
                Arg::Place(&mut flags),
            ];
            cx.ok(cx.c.call(Function::C_GetSessionValidationFlags, args))?;
            cx.check(flags != u64::MAX, "flags", "nothing written")
        }),
        case(
            "encapsulate.validation-flags.no-place",
            spec32("5.6"),
            "C_GetSessionValidationFlags without a place for the flags answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let args = vec![Arg::Number(session.0), Arg::Number(LAST), Arg::Null];
            cx.expect(
                cx.c.call(Function::C_GetSessionValidationFlags, args),
                CKR_ARGUMENTS_BAD,
            )
        }),
        case(
            "encapsulate.validation-flags.session",
            spec32("5.6"),
            "C_GetSessionValidationFlags in a session that was never opened answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(|cx| {
            let mut flags = 0;
            let args = vec![
                Arg::Number(0x7fff_0001),
                Arg::Number(LAST),
                Arg::Place(&mut flags),
            ];
            cx.expect(
                cx.c.call(Function::C_GetSessionValidationFlags, args),
                CKR_SESSION_HANDLE_INVALID,
            )
        }),
    ]
}

fn asynchronous() -> Vec<Case> {
    let name = b"C_SignInit\0";
    vec![
        case(
            "encapsulate.asynchronous.no-identifier",
            spec32("5"),
            "C_AsyncGetID of a function that does not run answers CKR_OPERATION_NOT_INITIALIZED.",
        )
        .should()
        .run(move |cx| {
            let session = cx.session()?;
            let mut id = 0;
            let args = vec![
                Arg::Number(session.0),
                Arg::Bytes(name),
                Arg::Place(&mut id),
            ];
            cx.expect_one_of(
                cx.c.call(Function::C_AsyncGetID, args),
                &[
                    CKR_OPERATION_NOT_INITIALIZED,
                    CKR_SESSION_ASYNC_NOT_SUPPORTED,
                ],
            )
        }),
        case(
            "encapsulate.asynchronous.nothing-to-join",
            spec32("5"),
            "C_AsyncJoin of an identifier that was never given is refused.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let args = vec![
                Arg::Number(session.0),
                Arg::Bytes(name),
                Arg::Number(0x7fff_0003),
                Arg::Null,
                Arg::Number(0),
            ];
            let rv = cx.c.call(Function::C_AsyncJoin, args);
            cx.expect_one_of(
                rv,
                &[
                    CKR_SAVED_STATE_INVALID,
                    CKR_ARGUMENTS_BAD,
                    CKR_OPERATION_NOT_INITIALIZED,
                    CKR_SESSION_ASYNC_NOT_SUPPORTED,
                ],
            )
        }),
    ]
}
