//! What C_UnwrapKey refuses, and with which code.

use cryptoki_sys::*;

use super::Bench;
use crate::areas::wrap::carriers::Payload;
use crate::c::{Arg, Function, Mechanism, Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::keys::{public, secret};

pub(super) fn cases() -> Vec<Case> {
    [keys(), templates(), arguments()]
        .into_iter()
        .flatten()
        .collect()
}

fn aes() -> Template {
    Payload::Aes(32).template()
}

fn keys() -> Vec<Case> {
    let handles = [("unknown", Object(0x7fff_0002)), ("zero", Object(0))];
    let handles = handles.map(|(name, handle)| {
        case(
            format!("unwrap.handle.{name}"),
            spec("5.18.4"),
            "An unwrapping key that does not exist answers CKR_UNWRAPPING_KEY_HANDLE_INVALID.",
        )
        .run(move |cx| with_key(cx, |_, _| Ok(handle), &[CKR_UNWRAPPING_KEY_HANDLE_INVALID]))
    });
    let others = [
        case("unwrap.not-permitted", spec("5.18.4"), "A key without CKA_UNWRAP answers CKR_KEY_FUNCTION_NOT_PERMITTED.")
            .run(|cx| {
                let make = |cx: &Context<'_>, session| cx.aes_with(session, 32, &secret(CKK_AES, &[CKA_WRAP]).flag(CKA_UNWRAP, false));
                with_key(cx, make, &[CKR_KEY_FUNCTION_NOT_PERMITTED])
            }),
        case("unwrap.kind-of-key.generic", spec("5.18.4"), "An AES mechanism with a generic secret answers CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT.")
            .run(|cx| {
                let make = |cx: &Context<'_>, session| cx.import_secret(session, CKK_GENERIC_SECRET, &[1; 32], &[CKA_UNWRAP]);
                with_key(cx, make, &[CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT])
            }),
        case("unwrap.kind-of-key.rsa", spec("5.18.4"), "An AES mechanism with an RSA private key answers CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT.")
            .run(|cx| {
                let make = |cx: &Context<'_>, session| Ok(cx.rsa(session, &[CKA_WRAP], &[CKA_UNWRAP])?.private);
                with_key(cx, make, &[CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT])
            }),
    ];
    handles.into_iter().chain(others).collect()
}

/// Unwraps with another key than the one that wrapped.
fn with_key(
    cx: &mut Context<'_>,
    make: impl FnOnce(&Context<'_>, Session) -> Outcome<Object>,
    codes: &[CK_RV],
) -> Outcome {
    let bench = Bench::new(cx, Payload::Aes(32))?;
    let key = make(cx, bench.session)?;
    let (rv, _) =
        cx.c.unwrap_key(bench.session, &bench.mechanism, key, &bench.wrapped, &aes());
    cx.expect_one_of(rv, codes)
}

fn refused(cx: &mut Context<'_>, template: &Template, codes: &[CK_RV]) -> Outcome {
    let bench = Bench::new(cx, Payload::Aes(32))?;
    cx.prepared(bench.unwrap(cx, &aes()).0)?;
    cx.expect_one_of(bench.unwrap(cx, template).0, codes)
}

fn templates() -> Vec<Case> {
    let own = [
        CKR_ATTRIBUTE_READ_ONLY,
        CKR_TEMPLATE_INCONSISTENT,
        CKR_ATTRIBUTE_TYPE_INVALID,
    ];
    let length = [
        CKR_WRAPPED_KEY_LEN_RANGE,
        CKR_ATTRIBUTE_READ_ONLY,
        CKR_TEMPLATE_INCONSISTENT,
        CKR_ATTRIBUTE_VALUE_INVALID,
    ];
    vec![
        case(
            "unwrap.template.no-class",
            spec("5.18.4"),
            "A template without CKA_CLASS answers CKR_TEMPLATE_INCOMPLETE.",
        )
        .should()
        .run(|cx| refused(cx, &aes().without(CKA_CLASS), &[CKR_TEMPLATE_INCOMPLETE])),
        case(
            "unwrap.template.no-key-type",
            spec("5.18.4"),
            "A template without CKA_KEY_TYPE answers CKR_TEMPLATE_INCOMPLETE.",
        )
        .run(|cx| refused(cx, &aes().without(CKA_KEY_TYPE), &[CKR_TEMPLATE_INCOMPLETE])),
        case(
            "unwrap.template.public-key",
            spec("5.18.4"),
            "A template of a public key is refused: only secret and private keys are unwrapped.",
        )
        .run(|cx| {
            refused(
                cx,
                &public(CKK_RSA, &[CKA_VERIFY]),
                &[CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID],
            )
        }),
        case(
            "unwrap.template.value",
            spec("4.10"),
            "A template with CKA_VALUE is refused.",
        )
        .run(move |cx| refused(cx, &aes().bytes(CKA_VALUE, &[1; 32]), &own)),
        case(
            "unwrap.template.local",
            spec("4.7"),
            "A template with CKA_LOCAL is refused.",
        )
        .run(move |cx| refused(cx, &aes().flag(CKA_LOCAL, true), &own)),
        case(
            "unwrap.template.always-sensitive",
            spec("4.10"),
            "A template with CKA_ALWAYS_SENSITIVE is refused.",
        )
        .run(move |cx| refused(cx, &aes().flag(CKA_ALWAYS_SENSITIVE, true), &own)),
        case(
            "unwrap.template.never-extractable",
            spec("4.10"),
            "A template with CKA_NEVER_EXTRACTABLE is refused.",
        )
        .run(move |cx| refused(cx, &aes().flag(CKA_NEVER_EXTRACTABLE, true), &own)),
        case(
            "unwrap.template.key-gen-mechanism",
            spec("4.7"),
            "A template with CKA_KEY_GEN_MECHANISM is refused.",
        )
        .run(move |cx| {
            refused(
                cx,
                &aes().number(CKA_KEY_GEN_MECHANISM, CKM_AES_KEY_GEN),
                &own,
            )
        }),
        case(
            "unwrap.template.shorter",
            spec("5.18.4"),
            "A CKA_VALUE_LEN below the wrapped key's is refused.",
        )
        .run(move |cx| refused(cx, &aes().number(CKA_VALUE_LEN, 16), &length)),
        case(
            "unwrap.template.longer",
            spec("5.18.4"),
            "A CKA_VALUE_LEN above the wrapped key's is refused.",
        )
        .run(move |cx| refused(cx, &aes().number(CKA_VALUE_LEN, 64), &length)),
        case(
            "unwrap.template.flag-of-two-bytes",
            spec("4.1.1"),
            "A CK_BBOOL of two bytes answers CKR_ATTRIBUTE_VALUE_INVALID.",
        )
        .run(|cx| {
            refused(
                cx,
                &aes().bytes(CKA_ENCRYPT, &[1, 0]),
                &[CKR_ATTRIBUTE_VALUE_INVALID],
            )
        }),
        case(
            "unwrap.template.unknown-attribute",
            spec("4.1.1"),
            "An attribute that nobody knows answers CKR_ATTRIBUTE_TYPE_INVALID.",
        )
        .run(|cx| {
            refused(
                cx,
                &aes().bytes(CKA_VENDOR_DEFINED | 0x00c0_ffee, &[1]),
                &[CKR_ATTRIBUTE_TYPE_INVALID],
            )
        }),
        case(
            "unwrap.session.read-only-token-key",
            spec("5.18.4"),
            "A token key in a read-only session answers CKR_SESSION_READ_ONLY.",
        )
        .run(|cx| {
            let mut bench = Bench::new(cx, Payload::Aes(32))?;
            bench.session = cx.read_only()?;
            let template = aes().flag(CKA_TOKEN, true).text(CKA_LABEL, &cx.label());
            cx.expect(bench.unwrap(cx, &template).0, CKR_SESSION_READ_ONLY)
        }),
    ]
}

fn arguments() -> Vec<Case> {
    vec![
        case(
            "unwrap.arguments.no-mechanism",
            spec("5.18.4"),
            "C_UnwrapKey without a mechanism answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| called(cx, |args| args[1] = Arg::Null)),
        case(
            "unwrap.arguments.no-wrapped-key",
            spec("5.18.4"),
            "C_UnwrapKey with a null pointer for 40 bytes answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| called(cx, |args| args[3] = Arg::Null)),
        case(
            "unwrap.arguments.no-template",
            spec("5.18.4"),
            "C_UnwrapKey with a null template of attributes answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| called(cx, |args| args[5] = Arg::Null)),
        case(
            "unwrap.arguments.no-place",
            spec("5.18.4"),
            "C_UnwrapKey without a place for the handle answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| called(cx, |args| args[7] = Arg::Null)),
        case(
            "unwrap.arguments.session",
            spec("5.18.4"),
            "C_UnwrapKey in a session that was never opened answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(|cx| {
            let mut bench = Bench::new(cx, Payload::Aes(32))?;
            bench.session = Session(0x7fff_0001);
            cx.expect(bench.unwrap(cx, &aes()).0, CKR_SESSION_HANDLE_INVALID)
        }),
        case(
            "unwrap.mechanism.unknown",
            spec("5.18.4"),
            "C_UnwrapKey with a mechanism that nobody knows answers CKR_MECHANISM_INVALID.",
        )
        .run(|cx| by(cx, CKM_VENDOR_DEFINED | 0x00c0_ffee)),
        case(
            "unwrap.mechanism.digest",
            spec("5.18.4"),
            "C_UnwrapKey with a digest answers CKR_MECHANISM_INVALID.",
        )
        .run(|cx| by(cx, CKM_SHA256)),
    ]
}

/// Calls C_UnwrapKey with one argument replaced.
fn called(cx: &mut Context<'_>, change: impl FnOnce(&mut Vec<Arg<'_>>)) -> Outcome {
    let bench = Bench::new(cx, Payload::Aes(32))?;
    let (template, mut handle) = (aes(), 0);
    let mut args = vec![
        Arg::Number(bench.session.0),
        Arg::Mechanism(&bench.mechanism),
        Arg::Number(bench.carrier.0),
        Arg::Bytes(&bench.wrapped),
        Arg::Number(bench.wrapped.len() as u64),
        Arg::Template(&template),
        Arg::Number(template.len() as u64),
        Arg::Place(&mut handle),
    ];
    change(&mut args);
    cx.expect(cx.c.call(Function::C_UnwrapKey, args), CKR_ARGUMENTS_BAD)
}

fn by(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Outcome {
    let mut bench = Bench::new(cx, Payload::Aes(32))?;
    bench.mechanism = Mechanism::new(kind);
    cx.expect(bench.unwrap(cx, &aes()).0, CKR_MECHANISM_INVALID)
}
