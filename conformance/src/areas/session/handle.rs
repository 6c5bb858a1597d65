//! Every function that takes a session's handle, with one that is not valid.

use cryptoki_sys::{
    CK_ULONG, CKA_LABEL, CKM_SHA256, CKO_DATA, CKR_FUNCTION_NOT_PARALLEL,
    CKR_SESSION_HANDLE_INVALID, CKU_USER,
};

use crate::c::{Arg, Buffer, Function, Mechanism, Query, Rv, Session, Template};
use crate::case::{Case, Stage, case, spec};
use crate::context::Context;

/// The functions, each with the arguments behind the session in a letter or two of [`argument`].
#[rustfmt::skip] // A table reads by its columns.
const CALLS: &[(Function, &str)] = &[
    (Function::C_InitPIN, "p"),
    (Function::C_SetPIN, "pp"),
    (Function::C_CloseSession, ""),
    (Function::C_GetSessionInfo, "i"),
    (Function::C_GetOperationState, "o"),
    (Function::C_SetOperationState, "bkk"),
    (Function::C_Login, "up"),
    (Function::C_Logout, ""),
    (Function::C_CreateObject, "th"),
    (Function::C_CopyObject, "kth"),
    (Function::C_DestroyObject, "k"),
    (Function::C_GetObjectSize, "kh"),
    (Function::C_GetAttributeValue, "kq"),
    (Function::C_SetAttributeValue, "kt"),
    (Function::C_FindObjectsInit, "t"),
    (Function::C_FindObjects, "f"),
    (Function::C_FindObjectsFinal, ""),
    (Function::C_EncryptInit, "mk"),
    (Function::C_Encrypt, "bo"),
    (Function::C_EncryptUpdate, "bo"),
    (Function::C_EncryptFinal, "o"),
    (Function::C_DecryptInit, "mk"),
    (Function::C_Decrypt, "bo"),
    (Function::C_DecryptUpdate, "bo"),
    (Function::C_DecryptFinal, "o"),
    (Function::C_DigestInit, "m"),
    (Function::C_Digest, "bo"),
    (Function::C_DigestUpdate, "b"),
    (Function::C_DigestKey, "k"),
    (Function::C_DigestFinal, "o"),
    (Function::C_SignInit, "mk"),
    (Function::C_Sign, "bo"),
    (Function::C_SignUpdate, "b"),
    (Function::C_SignFinal, "o"),
    (Function::C_SignRecoverInit, "mk"),
    (Function::C_SignRecover, "bo"),
    (Function::C_VerifyInit, "mk"),
    (Function::C_Verify, "bb"),
    (Function::C_VerifyUpdate, "b"),
    (Function::C_VerifyFinal, "b"),
    (Function::C_VerifyRecoverInit, "mk"),
    (Function::C_VerifyRecover, "bo"),
    (Function::C_DigestEncryptUpdate, "bo"),
    (Function::C_DecryptDigestUpdate, "bo"),
    (Function::C_SignEncryptUpdate, "bo"),
    (Function::C_DecryptVerifyUpdate, "bo"),
    (Function::C_GenerateKey, "mth"),
    (Function::C_GenerateKeyPair, "mtthh"),
    (Function::C_WrapKey, "mkko"),
    (Function::C_UnwrapKey, "mkbth"),
    (Function::C_DeriveKey, "mkth"),
    (Function::C_SeedRandom, "b"),
    (Function::C_GenerateRandom, "r"),
    (Function::C_GetFunctionStatus, ""),
    (Function::C_CancelFunction, ""),
    (Function::C_LoginUser, "upb"),
    (Function::C_SessionCancel, "n"),
    (Function::C_MessageEncryptInit, "mk"),
    (Function::C_EncryptMessage, "bbbo"),
    (Function::C_EncryptMessageBegin, "bb"),
    (Function::C_EncryptMessageNext, "bbon"),
    (Function::C_MessageEncryptFinal, ""),
    (Function::C_MessageDecryptInit, "mk"),
    (Function::C_DecryptMessage, "bbbo"),
    (Function::C_DecryptMessageBegin, "bb"),
    (Function::C_DecryptMessageNext, "bbon"),
    (Function::C_MessageDecryptFinal, ""),
    (Function::C_MessageSignInit, "mk"),
    (Function::C_SignMessage, "bbo"),
    (Function::C_SignMessageBegin, "b"),
    (Function::C_SignMessageNext, "bbo"),
    (Function::C_MessageSignFinal, ""),
    (Function::C_MessageVerifyInit, "mk"),
    (Function::C_VerifyMessage, "bbb"),
    (Function::C_VerifyMessageBegin, "b"),
    (Function::C_VerifyMessageNext, "bbb"),
    (Function::C_MessageVerifyFinal, ""),
    (Function::C_EncapsulateKey, "mktoh"),
    (Function::C_DecapsulateKey, "mktbh"),
    (Function::C_VerifySignatureInit, "mkb"),
    (Function::C_VerifySignature, "b"),
    (Function::C_VerifySignatureUpdate, "b"),
    (Function::C_VerifySignatureFinal, ""),
    (Function::C_GetSessionValidationFlags, "nh"),
    (Function::C_AsyncComplete, "si"),
    (Function::C_AsyncGetID, "sh"),
    (Function::C_AsyncJoin, "snr"),
    (Function::C_WrapKeyAuthenticated, "mkkbo"),
    (Function::C_UnwrapKeyAuthenticated, "mkbtbh"),
];

/// A handle that no object has in practice.
const NO_OBJECT: CK_ULONG = 0x7fff_fff1;
/// How much room outputs have.
const ROOM: usize = 256;

/// What the arguments point to.
struct Memory {
    pin: Vec<u8>,
    mechanism: Mechanism,
    template: Template,
    query: Query,
    list: [CK_ULONG; 4],
    outputs: Vec<(Buffer, CK_ULONG)>,
}

impl Memory {
    fn new(cx: &Context<'_>, shape: &str) -> Self {
        // The right PIN: a module that takes the handle for valid then changes nothing.
        let pin = cx.target.user_pin.as_ref();
        Self {
            pin: pin.map_or_else(|| b"12345678".to_vec(), |pin| pin.expose().to_vec()),
            mechanism: Mechanism::new(CKM_SHA256),
            template: Template::class(CKO_DATA),
            query: Query::values(&[(CKA_LABEL, ROOM)]),
            list: [0; 4],
            outputs: shape
                .chars()
                .map(|_| (Buffer::new(ROOM), ROOM as CK_ULONG))
                .collect(),
        }
    }
}

/// Calls a function with arguments that are in order but for the session.
fn call(cx: &Context<'_>, function: Function, shape: &str, session: Session) -> Rv {
    let Memory {
        pin,
        mechanism,
        template,
        query,
        list,
        outputs,
    } = &mut Memory::new(cx, shape);
    let (mut query, mut list) = (Some(query), Some(list));
    let mut args = vec![Arg::Number(session.0)];
    for (letter, (buffer, number)) in shape.chars().zip(outputs) {
        let room = Arg::Number(ROOM as CK_ULONG);
        match letter {
            'm' => args.push(Arg::Mechanism(mechanism)),
            'k' => args.push(Arg::Number(NO_OBJECT)),
            'n' => args.push(Arg::Number(0)),
            'u' => args.push(Arg::Number(CKU_USER)),
            's' => args.push(Arg::Bytes(b"C_Sign\0")),
            'h' => args.push(Arg::Place(number)),
            'i' => args.push(Arg::Buffer(buffer)),
            'b' => args.extend([Arg::Bytes(&[0x5a; 32]), Arg::Number(32)]),
            'p' => args.extend([Arg::Secret(pin), Arg::Number(pin.len() as CK_ULONG)]),
            'o' => args.extend([Arg::Buffer(buffer), Arg::Place(number)]),
            'r' => args.extend([Arg::Buffer(buffer), room]),
            't' => args.extend([
                Arg::Template(template),
                Arg::Number(template.len() as CK_ULONG),
            ]),
            'q' => {
                args.extend(query.take().map(Arg::Query));
                args.push(Arg::Number(1));
            }
            'f' => {
                args.extend(list.take().map(|list| Arg::Numbers(list)));
                args.extend([Arg::Number(4), Arg::Place(number)]);
            }
            other => unreachable!("the table has no letter {other}"),
        }
    }
    cx.c.call(function, args)
}

pub(super) fn cases() -> Vec<Case> {
    CALLS
        .iter()
        .flat_map(|(function, shape)| [zero(*function, shape), closed(*function, shape)])
        .collect()
}

fn zero(function: Function, shape: &'static str) -> Case {
    case(
        format!("session.handle.zero.{function}"),
        spec("5.1.2"),
        format!(
            "{function} with the handle zero answers {}.",
            words(function)
        ),
    )
    .since(function.since())
    .stage(Stage::Public)
    .run(move |cx| judge(cx, function, call(cx, function, shape, Session(0))))
}

fn closed(function: Function, shape: &'static str) -> Case {
    case(
        format!("session.handle.closed.{function}"),
        spec("5.1.2"),
        format!(
            "{function} with a closed session answers {}.",
            words(function)
        ),
    )
    .since(function.since())
    .stage(Stage::Public)
    .run(move |cx| {
        let session = cx.session()?;
        cx.ok(cx.c.close_session(session))?;
        judge(cx, function, call(cx, function, shape, session))
    })
}

/// The two functions of the past need not look at the session.
fn is_of_the_past(function: Function) -> bool {
    matches!(
        function,
        Function::C_GetFunctionStatus | Function::C_CancelFunction
    )
}

fn words(function: Function) -> &'static str {
    if is_of_the_past(function) {
        "CKR_SESSION_HANDLE_INVALID or CKR_FUNCTION_NOT_PARALLEL"
    } else {
        "CKR_SESSION_HANDLE_INVALID"
    }
}

fn judge(cx: &Context<'_>, function: Function, rv: Rv) -> crate::case::Outcome {
    if is_of_the_past(function) {
        return cx.expect_one_of(rv, &[CKR_SESSION_HANDLE_INVALID, CKR_FUNCTION_NOT_PARALLEL]);
    }
    cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many arguments a letter stands for.
    fn arguments(letter: char) -> usize {
        match letter {
            'm' | 'k' | 'n' | 'u' | 's' | 'h' | 'i' => 1,
            'f' => 3,
            _ => 2,
        }
    }

    #[test]
    fn each_row_has_the_arguments_of_its_function() {
        for (function, shape) in CALLS {
            let count = 1 + shape.chars().map(arguments).sum::<usize>();
            assert_eq!(count, function.arity(), "{function}");
        }
    }

    #[test]
    fn every_function_of_a_session_is_there() {
        let without = [
            "C_Initialize",
            "C_Finalize",
            "C_GetInfo",
            "C_GetFunctionList",
            "C_GetSlotList",
            "C_GetSlotInfo",
            "C_GetTokenInfo",
            "C_WaitForSlotEvent",
            "C_GetMechanismList",
            "C_GetMechanismInfo",
            "C_InitToken",
            "C_OpenSession",
            "C_CloseAllSessions",
            "C_GetInterfaceList",
            "C_GetInterface",
        ];
        for function in Function::ALL {
            let listed = CALLS.iter().any(|(row, _)| row == function);
            assert_ne!(listed, without.contains(&function.name()), "{function}");
        }
    }
}
