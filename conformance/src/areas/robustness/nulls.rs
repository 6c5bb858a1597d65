//! Every function with null pointers where it needs memory.

use cryptoki_sys::{CK_ULONG, CKF_RW_SESSION, CKF_SERIAL_SESSION, CKM_AES_KEY_GEN, CKM_SHA256};

use super::{documented, refused, still_serves};
use crate::c::{Arg, Function, Mechanism, Session};
use crate::case::{Case, Stage, case, spec};

/// What a function is given: one letter for each argument.
///
/// `s` the session, `l` the slot, `n` the number 16, `z` zero, `0` a null pointer, `m` a mechanism, `f` flags of a session.
struct Row(Function, &'static str, Answer);

/// What it may answer.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    /// Not `CKR_OK`: it cannot do what it is for.
    Refuses,
    /// Anything, as long as it comes back.
    Returns,
}

use Answer::{Refuses, Returns};

#[rustfmt::skip] // A table reads by its columns.
const ROWS: &[Row] = &[
    Row(Function::C_GetInfo,             "0",        Refuses),
    Row(Function::C_GetFunctionList,     "0",        Refuses),
    Row(Function::C_GetInterfaceList,    "00",       Refuses),
    Row(Function::C_GetInterface,        "000z",     Refuses),
    Row(Function::C_GetSlotList,         "z00",      Refuses),
    Row(Function::C_GetSlotInfo,         "l0",       Refuses),
    Row(Function::C_GetTokenInfo,        "l0",       Refuses),
    Row(Function::C_GetMechanismList,    "l00",      Refuses),
    Row(Function::C_GetMechanismInfo,    "lz0",      Refuses),
    Row(Function::C_OpenSession,         "lf000",    Refuses),
    Row(Function::C_GetSessionInfo,      "s0",       Refuses),
    Row(Function::C_GetOperationState,   "s00",      Refuses),
    Row(Function::C_SetOperationState,   "s0nzz",    Refuses),
    Row(Function::C_CreateObject,        "s0n0",     Refuses),
    Row(Function::C_CopyObject,          "sn0n0",    Refuses),
    Row(Function::C_GetObjectSize,       "sn0",      Refuses),
    Row(Function::C_GetAttributeValue,   "sn0n",     Refuses),
    Row(Function::C_SetAttributeValue,   "sn0n",     Refuses),
    Row(Function::C_FindObjectsInit,     "s0n",      Refuses),
    Row(Function::C_FindObjects,         "s0n0",     Refuses),
    Row(Function::C_EncryptInit,         "s0n",      Returns),
    Row(Function::C_Encrypt,             "s0n00",    Refuses),
    Row(Function::C_EncryptUpdate,       "s0n00",    Refuses),
    Row(Function::C_EncryptFinal,        "s00",      Refuses),
    Row(Function::C_DecryptInit,         "s0n",      Returns),
    Row(Function::C_Decrypt,             "s0n00",    Refuses),
    Row(Function::C_DecryptUpdate,       "s0n00",    Refuses),
    Row(Function::C_DecryptFinal,        "s00",      Refuses),
    Row(Function::C_DigestInit,          "s0",       Returns),
    Row(Function::C_Digest,              "s0n00",    Refuses),
    Row(Function::C_DigestUpdate,        "s0n",      Refuses),
    Row(Function::C_DigestFinal,         "s00",      Refuses),
    Row(Function::C_SignInit,            "s0n",      Returns),
    Row(Function::C_Sign,                "s0n00",    Refuses),
    Row(Function::C_SignUpdate,          "s0n",      Refuses),
    Row(Function::C_SignFinal,           "s00",      Refuses),
    Row(Function::C_SignRecoverInit,     "s0n",      Returns),
    Row(Function::C_SignRecover,         "s0n00",    Refuses),
    Row(Function::C_VerifyInit,          "s0n",      Returns),
    Row(Function::C_Verify,              "s0n0n",    Refuses),
    Row(Function::C_VerifyUpdate,        "s0n",      Refuses),
    Row(Function::C_VerifyFinal,         "s0n",      Refuses),
    Row(Function::C_VerifyRecoverInit,   "s0n",      Returns),
    Row(Function::C_VerifyRecover,       "s0n00",    Refuses),
    Row(Function::C_DigestEncryptUpdate, "s0n00",    Refuses),
    Row(Function::C_DecryptDigestUpdate, "s0n00",    Refuses),
    Row(Function::C_SignEncryptUpdate,   "s0n00",    Refuses),
    Row(Function::C_DecryptVerifyUpdate, "s0n00",    Refuses),
    Row(Function::C_GenerateKey,         "sm0n0",    Refuses),
    Row(Function::C_GenerateKeyPair,     "sm0n0n00", Refuses),
    Row(Function::C_WrapKey,             "s0nn00",   Refuses),
    Row(Function::C_UnwrapKey,           "s0n0n0n0", Refuses),
    Row(Function::C_DeriveKey,           "s0n0n0",   Refuses),
    Row(Function::C_SeedRandom,          "s0n",      Refuses),
    Row(Function::C_GenerateRandom,      "s0n",      Refuses),
    Row(Function::C_EncryptMessage,      "s0n0n0n00", Refuses),
    Row(Function::C_DecryptMessage,      "s0n0n0n00", Refuses),
    Row(Function::C_SignMessage,         "s0n0n00",  Refuses),
    Row(Function::C_VerifyMessage,       "s0n0n0n",  Refuses),
    Row(Function::C_EncapsulateKey,      "s0n0n000", Refuses),
    Row(Function::C_DecapsulateKey,      "s0n0n0n0", Refuses),
    Row(Function::C_VerifySignatureInit, "s0n0n",    Refuses),
    Row(Function::C_GetSessionValidationFlags, "sn0", Refuses),
];

/// One case for each function.
pub(super) fn cases() -> Vec<Case> {
    let rows = ROWS.iter().map(|Row(function, shape, answer)| {
        let requirement = match answer {
            Refuses => format!(
                "{function} refuses null pointers for memory that it needs, and does not crash."
            ),
            Returns => format!("{function} comes back from a null pointer for its mechanism."),
        };
        case(
            format!("robustness.null.{}", function.name()),
            spec("5.1.6"),
            requirement,
        )
        .stage(Stage::User)
        .should()
        .since(function.since())
        .run(move |cx| {
            let session = cx.session()?;
            let generate = Mechanism::new(if *function == Function::C_DigestInit {
                CKM_SHA256
            } else {
                CKM_AES_KEY_GEN
            });
            let slot = cx.slot;
            let args = shape
                .chars()
                .map(|letter| argument(letter, session, slot, &generate))
                .collect();
            let rv = cx.c.call(*function, args);
            if *answer == Refuses {
                refused(cx, rv)?;
            } else {
                documented(cx, rv)?;
            }
            still_serves(cx)
        })
    });
    rows.collect()
}

fn argument(letter: char, session: Session, slot: CK_ULONG, mechanism: &Mechanism) -> Arg<'_> {
    match letter {
        's' => Arg::Number(session.0),
        'l' => Arg::Number(slot),
        'n' => Arg::Number(16),
        'z' => Arg::Number(0),
        'f' => Arg::Number(CKF_SERIAL_SESSION | CKF_RW_SESSION),
        'm' => Arg::Mechanism(mechanism),
        _ => Arg::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_as_many_letters_as_its_function_has_arguments() {
        for Row(function, shape, _) in ROWS {
            assert_eq!(shape.len(), function.arity(), "{function}");
        }
    }
}
