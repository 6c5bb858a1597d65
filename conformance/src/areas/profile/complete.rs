//! The Complete Provider: every function and every mechanism (Profiles section 5.2).

use cryptoki_sys::{
    CK_MECHANISM_TYPE, CKM_VENDOR_DEFINED, CKP_COMPLETE_PROVIDER, CKR_FUNCTION_NOT_SUPPORTED,
};

use crate::c::{Arg, Function, names};
use crate::case::{Case, Stage, case, profiles};
use crate::context::Context;

/// Functions that cannot be called with nothing: they would finalise, wait, initialise a token or close sessions. Other cases
/// ask for them.
const NOT_CALLED: &[Function] = &[
    Function::C_Initialize,
    Function::C_Finalize,
    Function::C_InitToken,
    Function::C_CloseAllSessions,
    Function::C_WaitForSlotEvent,
];

/// Beginnings of the names of mechanisms that only the document about historical mechanisms has.
const HISTORICAL: &[&str] = &[
    "CKM_BATON",
    "CKM_CAST",
    "CKM_CDMF",
    "CKM_DES_",
    "CKM_DSA_",
    "CKM_FASTHASH",
    "CKM_FORTEZZA",
    "CKM_IDEA",
    "CKM_JUNIPER",
    "CKM_KEA",
    "CKM_MD2",
    "CKM_MD5",
    "CKM_PBE_",
    "CKM_RC2",
    "CKM_RC4",
    "CKM_RC5",
    "CKM_RIPEMD",
    "CKM_SKIPJACK",
    "CKM_KEY_WRAP_",
    "CKM_ECMQV",
    "CKM_EC_MQV",
    "CKM_TLS_",
    "CKM_SSL3",
    "CKM_SECURID",
    "CKM_VENDOR_DEFINED",
];

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "profile.complete.functions",
            profiles("5.2"),
            "A Complete Provider serves every function: none answers CKR_FUNCTION_NOT_SUPPORTED.",
        )
        .stage(Stage::Public)
        .explain("Every function is called with null pointers and the session 0, which only a function that is served can refuse.")
        .run(|cx| {
            let lacks: Vec<_> = Function::ALL
                .iter()
                .filter(|function| !served(cx, **function))
                .map(ToString::to_string)
                .collect();
            if lacks.is_empty() {
                return Ok(());
            }
            let got = format!("{} lacking: {}", lacks.len(), lacks.join(", "));
            cx.lacking(CKP_COMPLETE_PROVIDER, "every function", &got)
        }),
        case(
            "profile.complete.mechanisms",
            profiles("5.2"),
            "A Complete Provider lists every mechanism of the specification, the historical ones apart.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let all: Vec<_> = names::MECHANISMS.iter().filter(|row| current(row)).collect();
            let lacks: Vec<_> = all
                .iter()
                .filter(|row| cx.facts.mechanism(row.0).is_none())
                .map(|row| row.1)
                .collect();
            if lacks.is_empty() {
                return Ok(());
            }
            let got = format!("{} of {} lacking, such as {}", lacks.len(), all.len(), lacks[0]);
            cx.lacking(CKP_COMPLETE_PROVIDER, "every mechanism", &got)
        }),
    ]
}

fn served(cx: &Context<'_>, function: Function) -> bool {
    if !cx.c.has(function) || NOT_CALLED.contains(&function) {
        return cx.c.has(function);
    }
    let nothing = (0..function.arity()).map(|_| Arg::Null).collect();
    cx.c.call(function, nothing).0 != CKR_FUNCTION_NOT_SUPPORTED
}

fn current(row: &(CK_MECHANISM_TYPE, &str)) -> bool {
    row.0 < CKM_VENDOR_DEFINED && !HISTORICAL.iter().any(|start| row.1.starts_with(start))
}
