//! Arguments that would do for every function: what a call needs to get as far as asking whether the module is initialised.

use cryptoki_sys::{CKA_CLASS, CKM_SHA256, CKO_DATA};

use crate::c::{Arg, Buffer, Function, Mechanism, Query, Rv, Template};
use crate::context::Context;

/// What a function is given, one letter for each argument.
///
/// | letter | argument |
/// |---|---|
/// | `n` | the number 1: a handle, a slot, a flag word, a length |
/// | `b` | sixteen bytes that the module reads, whose length is told as 1 |
/// | `l` | a label of 32 bytes |
/// | `o` | a buffer that the module writes to |
/// | `p` | a place for a length or a handle, which holds 1 |
/// | `m` | a mechanism |
/// | `t` | a template of one attribute that the module reads |
/// | `q` | a template of one attribute that the module writes to |
/// | `z` | a null pointer |
#[rustfmt::skip] // A table reads by its columns.
const SHAPES: &[(Function, &str)] = &[
    (Function::C_Finalize, "z"),
    (Function::C_GetInfo, "o"),
    (Function::C_GetSlotList, "nop"),
    (Function::C_GetSlotInfo, "no"),
    (Function::C_GetTokenInfo, "no"),
    (Function::C_GetMechanismList, "nop"),
    (Function::C_GetMechanismInfo, "nno"),
    (Function::C_InitToken, "nbnl"),
    (Function::C_InitPIN, "nbn"),
    (Function::C_SetPIN, "nbnbn"),
    (Function::C_OpenSession, "nnzzp"),
    (Function::C_CloseSession, "n"),
    (Function::C_CloseAllSessions, "n"),
    (Function::C_GetSessionInfo, "no"),
    (Function::C_GetOperationState, "nop"),
    (Function::C_SetOperationState, "nbnnn"),
    (Function::C_Login, "nnbn"),
    (Function::C_Logout, "n"),
    (Function::C_CreateObject, "ntnp"),
    (Function::C_CopyObject, "nntnp"),
    (Function::C_DestroyObject, "nn"),
    (Function::C_GetObjectSize, "nnp"),
    (Function::C_GetAttributeValue, "nnqn"),
    (Function::C_SetAttributeValue, "nntn"),
    (Function::C_FindObjectsInit, "ntn"),
    (Function::C_FindObjects, "nonp"),
    (Function::C_FindObjectsFinal, "n"),
    (Function::C_EncryptInit, "nmn"),
    (Function::C_Encrypt, "nbnop"),
    (Function::C_EncryptUpdate, "nbnop"),
    (Function::C_EncryptFinal, "nop"),
    (Function::C_DecryptInit, "nmn"),
    (Function::C_Decrypt, "nbnop"),
    (Function::C_DecryptUpdate, "nbnop"),
    (Function::C_DecryptFinal, "nop"),
    (Function::C_DigestInit, "nm"),
    (Function::C_Digest, "nbnop"),
    (Function::C_DigestUpdate, "nbn"),
    (Function::C_DigestKey, "nn"),
    (Function::C_DigestFinal, "nop"),
    (Function::C_SignInit, "nmn"),
    (Function::C_Sign, "nbnop"),
    (Function::C_SignUpdate, "nbn"),
    (Function::C_SignFinal, "nop"),
    (Function::C_SignRecoverInit, "nmn"),
    (Function::C_SignRecover, "nbnop"),
    (Function::C_VerifyInit, "nmn"),
    (Function::C_Verify, "nbnbn"),
    (Function::C_VerifyUpdate, "nbn"),
    (Function::C_VerifyFinal, "nbn"),
    (Function::C_VerifyRecoverInit, "nmn"),
    (Function::C_VerifyRecover, "nbnop"),
    (Function::C_DigestEncryptUpdate, "nbnop"),
    (Function::C_DecryptDigestUpdate, "nbnop"),
    (Function::C_SignEncryptUpdate, "nbnop"),
    (Function::C_DecryptVerifyUpdate, "nbnop"),
    (Function::C_GenerateKey, "nmtnp"),
    (Function::C_GenerateKeyPair, "nmtntnpp"),
    (Function::C_WrapKey, "nmnnop"),
    (Function::C_UnwrapKey, "nmnbntnp"),
    (Function::C_DeriveKey, "nmntnp"),
    (Function::C_SeedRandom, "nbn"),
    (Function::C_GenerateRandom, "non"),
    (Function::C_GetFunctionStatus, "n"),
    (Function::C_CancelFunction, "n"),
    (Function::C_WaitForSlotEvent, "npz"),
    (Function::C_LoginUser, "nnbnbn"),
    (Function::C_SessionCancel, "nn"),
    (Function::C_MessageEncryptInit, "nmn"),
    (Function::C_EncryptMessage, "nbnbnbnop"),
    (Function::C_EncryptMessageBegin, "nbnbn"),
    (Function::C_EncryptMessageNext, "nbnbnopn"),
    (Function::C_MessageEncryptFinal, "n"),
    (Function::C_MessageDecryptInit, "nmn"),
    (Function::C_DecryptMessage, "nbnbnbnop"),
    (Function::C_DecryptMessageBegin, "nbnbn"),
    (Function::C_DecryptMessageNext, "nbnbnopn"),
    (Function::C_MessageDecryptFinal, "n"),
    (Function::C_MessageSignInit, "nmn"),
    (Function::C_SignMessage, "nbnbnop"),
    (Function::C_SignMessageBegin, "nbn"),
    (Function::C_SignMessageNext, "nbnbnop"),
    (Function::C_MessageSignFinal, "n"),
    (Function::C_MessageVerifyInit, "nmn"),
    (Function::C_VerifyMessage, "nbnbnbn"),
    (Function::C_VerifyMessageBegin, "nbn"),
    (Function::C_VerifyMessageNext, "nbnbnbn"),
    (Function::C_MessageVerifyFinal, "n"),
    (Function::C_EncapsulateKey, "nmntnopp"),
    (Function::C_DecapsulateKey, "nmntnbnp"),
    (Function::C_VerifySignatureInit, "nmnbn"),
    (Function::C_VerifySignature, "nbn"),
    (Function::C_VerifySignatureUpdate, "nbn"),
    (Function::C_VerifySignatureFinal, "n"),
    (Function::C_GetSessionValidationFlags, "nnp"),
    (Function::C_AsyncComplete, "nlo"),
    (Function::C_AsyncGetID, "nlp"),
    (Function::C_AsyncJoin, "nlnon"),
    (Function::C_WrapKeyAuthenticated, "nmnnbnop"),
    (Function::C_UnwrapKeyAuthenticated, "nmnbntnbnp"),
];

/// Every function that needs an initialised module, in the order of the function lists.
pub(super) fn functions() -> impl Iterator<Item = Function> {
    SHAPES.iter().map(|row| row.0)
}

/// Calls a function with arguments that would do.
pub(super) fn call(cx: &Context<'_>, function: Function) -> Rv {
    let shape = SHAPES.iter().find(|row| row.0 == function);
    let shape = shape.expect("every function that is asked for has a row").1;
    let mechanism = Mechanism::new(CKM_SHA256);
    let template = Template::class(CKO_DATA);
    let mut query = Query::values(&[(CKA_CLASS, 8)]);
    let mut places = [1; 8];
    let mut places = places.iter_mut();
    let mut buffer = Buffer::new(1024);
    let mut buffer = Some(&mut buffer);
    let mut query = Some(&mut query);
    let args = shape.chars().map(|letter| match letter {
        'n' => Arg::Number(1),
        'b' => Arg::Bytes(b"0123456789abcdef"),
        'l' => Arg::Bytes(b"a label\0                        "),
        'o' => Arg::Buffer(buffer.take().expect("no function writes to two buffers")),
        'p' => Arg::Place(places.next().expect("no function has so many places")),
        'm' => Arg::Mechanism(&mechanism),
        't' => Arg::Template(&template),
        'q' => Arg::Query(query.take().expect("no function fills two templates")),
        _ => Arg::Null,
    });
    cx.c.call(function, args.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_a_shape_of_its_arity() {
        const EXEMPT: [Function; 4] = [
            Function::C_Initialize,
            Function::C_GetFunctionList,
            Function::C_GetInterfaceList,
            Function::C_GetInterface,
        ];
        let needing = Function::ALL
            .iter()
            .copied()
            .filter(|function| !EXEMPT.contains(function));
        assert_eq!(needing.collect::<Vec<_>>(), functions().collect::<Vec<_>>());
        for (function, shape) in SHAPES {
            assert_eq!(shape.len(), function.arity(), "{function}");
        }
    }
}
