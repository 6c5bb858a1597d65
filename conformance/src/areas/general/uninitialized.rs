//! Every function of a module that is not initialised (PKCS#11 3.1 section 5.1.6, `CKR_CRYPTOKI_NOT_INITIALIZED`).

use cryptoki_sys::{
    CK_RV, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_FUNCTION_NOT_PARALLEL, CKR_SESSION_HANDLE_INVALID,
};

use super::shape;
use crate::c::Function;
use crate::case::{Case, Stage, case, spec};

/// The codes that a function may answer; the two legacy functions may say what they always say. A session's handle is not valid before
/// there are sessions, and that error goes first (section 5.1.7).
fn codes(function: Function) -> &'static [CK_RV] {
    match function {
        Function::C_GetFunctionStatus | Function::C_CancelFunction => {
            &[CKR_CRYPTOKI_NOT_INITIALIZED, CKR_FUNCTION_NOT_PARALLEL]
        }
        Function::C_Finalize
        | Function::C_GetInfo
        | Function::C_GetSlotList
        | Function::C_GetSlotInfo
        | Function::C_GetTokenInfo
        | Function::C_WaitForSlotEvent
        | Function::C_GetMechanismList
        | Function::C_GetMechanismInfo
        | Function::C_InitToken
        | Function::C_OpenSession
        | Function::C_CloseAllSessions => &[CKR_CRYPTOKI_NOT_INITIALIZED],
        _ => &[CKR_CRYPTOKI_NOT_INITIALIZED, CKR_SESSION_HANDLE_INVALID],
    }
}

/// One case for each function, of a module on which `C_Initialize` was never called.
pub(super) fn before() -> Vec<Case> {
    let cases = shape::functions().map(|function| {
        case(
            format!("general.before-initialize.{function}"),
            spec("5.1.6"),
            format!("{function} before C_Initialize answers CKR_CRYPTOKI_NOT_INITIALIZED."),
        )
        .stage(Stage::Loaded)
        .since(function.since())
        .run(move |cx| cx.expect_one_of(shape::call(cx, function), codes(function)))
    });
    cases.collect()
}

/// One case for each function, of a module on which `C_Finalize` was called.
pub(super) fn after() -> Vec<Case> {
    let cases = shape::functions().map(|function| {
        case(
            format!("general.after-finalize.{function}"),
            spec("5.1.6"),
            format!("{function} after C_Finalize answers CKR_CRYPTOKI_NOT_INITIALIZED."),
        )
        .stage(Stage::Loaded)
        .since(function.since())
        .run(move |cx| {
            cx.ok(cx.c.initialize(None))?;
            cx.ok(cx.c.finalize())?;
            cx.expect_one_of(shape::call(cx, function), codes(function))
        })
    });
    cases.collect()
}
