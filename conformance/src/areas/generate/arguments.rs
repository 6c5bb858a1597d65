//! Wrong arguments of the two functions: null pointers, unknown sessions, mechanisms that make something else.

use cryptoki_sys::*;

use crate::c::{Arg, Function, Mechanism, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::keys::{private, public, secret};

pub(super) fn cases() -> Vec<Case> {
    [pointers(), mechanisms()].into_iter().flatten().collect()
}

fn aes() -> Template {
    secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 32)
}

fn pointers() -> Vec<Case> {
    vec![
        case("generate.arguments.no-mechanism", spec("5.18.1"), "C_GenerateKey without a mechanism answers CKR_ARGUMENTS_BAD.")
            .run(|cx| {
                let session = cx.session()?;
                let (template, mut handle) = (aes(), 0);
                let args = vec![Arg::Number(session.0), Arg::Null, Arg::Template(&template), Arg::Number(template.len() as u64), Arg::Place(&mut handle)];
                cx.expect(cx.c.call(Function::C_GenerateKey, args), CKR_ARGUMENTS_BAD)
            }),
        case("generate.arguments.no-template", spec("5.18.1"), "C_GenerateKey with a null template of two attributes answers CKR_ARGUMENTS_BAD.")
            .run(|cx| {
                let (session, mechanism, mut handle) = (cx.session()?, Mechanism::new(CKM_AES_KEY_GEN), 0);
                let args = vec![Arg::Number(session.0), Arg::Mechanism(&mechanism), Arg::Null, Arg::Number(2), Arg::Place(&mut handle)];
                cx.expect(cx.c.call(Function::C_GenerateKey, args), CKR_ARGUMENTS_BAD)
            }),
        case("generate.arguments.no-place", spec("5.18.1"), "C_GenerateKey without a place for the handle answers CKR_ARGUMENTS_BAD.")
            .run(|cx| {
                let (session, mechanism, template) = (cx.session()?, Mechanism::new(CKM_AES_KEY_GEN), aes());
                let args = vec![Arg::Number(session.0), Arg::Mechanism(&mechanism), Arg::Template(&template), Arg::Number(template.len() as u64), Arg::Null];
                cx.expect(cx.c.call(Function::C_GenerateKey, args), CKR_ARGUMENTS_BAD)
            }),
        case("generate.arguments.pair-no-place", spec("5.18.2"), "C_GenerateKeyPair without a place for the private key's handle answers CKR_ARGUMENTS_BAD.")
            .run(|cx| {
                let (session, mechanism) = (cx.session()?, Mechanism::new(CKM_EC_KEY_PAIR_GEN));
                let (publics, privates, mut handle) = (public(CKK_EC, &[]), private(CKK_EC, &[]), 0);
                let args = vec![
                    Arg::Number(session.0), Arg::Mechanism(&mechanism),
                    Arg::Template(&publics), Arg::Number(publics.len() as u64),
                    Arg::Template(&privates), Arg::Number(privates.len() as u64),
                    Arg::Place(&mut handle), Arg::Null,
                ];
                cx.expect(cx.c.call(Function::C_GenerateKeyPair, args), CKR_ARGUMENTS_BAD)
            }),
        case("generate.arguments.session", spec("5.18.1"), "C_GenerateKey in a session that was never opened answers CKR_SESSION_HANDLE_INVALID.")
            .run(|cx| {
                let (rv, _) = cx.c.generate_key(Session(0x7fff_0001), &Mechanism::new(CKM_AES_KEY_GEN), &aes());
                cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
            }),
        case("generate.arguments.pair-session", spec("5.18.2"), "C_GenerateKeyPair in a session that was never opened answers CKR_SESSION_HANDLE_INVALID.")
            .run(|cx| {
                let mechanism = Mechanism::new(CKM_EC_KEY_PAIR_GEN);
                let (rv, _, _) = cx.c.generate_key_pair(Session(0x7fff_0001), &mechanism, &public(CKK_EC, &[]), &private(CKK_EC, &[]));
                cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
            }),
    ]
}

fn mechanisms() -> Vec<Case> {
    let invalid = &[CKR_MECHANISM_INVALID];
    vec![
        case("generate.mechanism.unknown", spec("5.18.1"), "C_GenerateKey with a mechanism that nobody knows answers CKR_MECHANISM_INVALID.")
            .run(|cx| secret_by(cx, CKM_VENDOR_DEFINED | 0x00c0_ffee, invalid)),
        case("generate.mechanism.digest", spec("5.18.1"), "C_GenerateKey with a digest answers CKR_MECHANISM_INVALID.")
            .run(|cx| secret_by(cx, CKM_SHA256, invalid)),
        case("generate.mechanism.pair", spec("5.18.1"), "C_GenerateKey with a mechanism that makes key pairs answers CKR_MECHANISM_INVALID.")
            .run(|cx| secret_by(cx, CKM_RSA_PKCS_KEY_PAIR_GEN, invalid)),
        case("generate.mechanism.pair-unknown", spec("5.18.2"), "C_GenerateKeyPair with a mechanism that nobody knows answers CKR_MECHANISM_INVALID.")
            .run(|cx| pair_by(cx, CKM_VENDOR_DEFINED | 0x00c0_ffee)),
        case("generate.mechanism.pair-secret", spec("5.18.2"), "C_GenerateKeyPair with a mechanism that makes secret keys answers CKR_MECHANISM_INVALID.")
            .run(|cx| pair_by(cx, CKM_AES_KEY_GEN)),
        case("generate.mechanism.parameter", spec("6.10.2"), "CKM_AES_KEY_GEN with a parameter is refused.")
            .should()
            .run(|cx| {
                cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
                let session = cx.session()?;
                let (rv, _) = cx.c.generate_key(session, &Mechanism::with_bytes(CKM_AES_KEY_GEN, &[0; 16]), &aes());
                cx.expect_one_of(rv, &[CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD])
            }),
    ]
}

fn secret_by(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE, codes: &[CK_RV]) -> Outcome {
    let session = cx.session()?;
    let template = Template::new()
        .flag(CKA_TOKEN, false)
        .number(CKA_VALUE_LEN, 32);
    let (rv, _) = cx.c.generate_key(session, &Mechanism::new(kind), &template);
    cx.expect_one_of(rv, codes)
}

fn pair_by(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Outcome {
    let session = cx.session()?;
    let template = Template::new().flag(CKA_TOKEN, false);
    let (rv, _, _) =
        cx.c.generate_key_pair(session, &Mechanism::new(kind), &template, &template);
    cx.expect(rv, CKR_MECHANISM_INVALID)
}
