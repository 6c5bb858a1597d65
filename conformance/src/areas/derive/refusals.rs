//! What C_DeriveKey refuses, and with which code.

use cryptoki_sys::*;

use super::{POINT, known};
use crate::c::{Arg, Function, Mechanism, Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::key_use::ecdh;
use crate::keys::{private, secret, unhex};
use crate::known_keys::{P256, P256_PRIVATE};

pub(super) fn cases() -> Vec<Case> {
    [keys(), templates(), arguments()]
        .into_iter()
        .flatten()
        .collect()
}

fn child() -> Template {
    secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 32)
}

fn mechanism() -> Mechanism {
    ecdh(CKD_NULL, &[], &unhex(POINT))
}

fn keys() -> Vec<Case> {
    let handles = [("unknown", Object(0x7fff_0002)), ("zero", Object(0))];
    let handles = handles.map(|(name, handle)| {
        case(
            format!("derive.handle.{name}"),
            spec("5.18.5"),
            "A base key that does not exist answers CKR_KEY_HANDLE_INVALID.",
        )
        .run(move |cx| with_base(cx, |_, _| Ok(handle), &[CKR_KEY_HANDLE_INVALID]))
    });
    let others = [
        case(
            "derive.not-permitted",
            spec("5.18.5"),
            "A base key without CKA_DERIVE answers CKR_KEY_FUNCTION_NOT_PERMITTED.",
        )
        .run(|cx| {
            let make = |cx: &Context<'_>, session| {
                let template = private(CKK_EC, &[CKA_SIGN]).flag(CKA_DERIVE, false);
                let template = template.bytes(CKA_EC_PARAMS, &unhex(P256));
                cx.import(session, &template.bytes(CKA_VALUE, &unhex(P256_PRIVATE)))
            };
            with_base(cx, make, &[CKR_KEY_FUNCTION_NOT_PERMITTED])
        }),
        case(
            "derive.kind-of-key.secret",
            spec("5.18.5"),
            "CKM_ECDH1_DERIVE with a secret key answers CKR_KEY_TYPE_INCONSISTENT.",
        )
        .run(|cx| {
            let make = |cx: &Context<'_>, session| {
                cx.import_secret(session, CKK_GENERIC_SECRET, &[1; 32], &[CKA_DERIVE])
            };
            with_base(cx, make, &[CKR_KEY_TYPE_INCONSISTENT])
        }),
        case(
            "derive.kind-of-key.public",
            spec("5.18.5"),
            "CKM_ECDH1_DERIVE does not take a public key as its base.",
        )
        .run(|cx| {
            let make = |cx: &Context<'_>, session| {
                Ok(cx.known_p256(session, &[CKA_VERIFY], &[CKA_DERIVE])?.public)
            };
            with_base(
                cx,
                make,
                &[
                    CKR_KEY_TYPE_INCONSISTENT,
                    CKR_KEY_HANDLE_INVALID,
                    CKR_KEY_FUNCTION_NOT_PERMITTED,
                ],
            )
        }),
    ];
    handles.into_iter().chain(others).collect()
}

fn with_base(
    cx: &mut Context<'_>,
    make: impl FnOnce(&Context<'_>, Session) -> Outcome<Object>,
    codes: &[CK_RV],
) -> Outcome {
    cx.mechanism(CKM_ECDH1_DERIVE, CKF_DERIVE)?;
    let session = cx.session()?;
    let base = make(cx, session)?;
    let (rv, _) = cx.c.derive_key(session, &mechanism(), base, &child());
    cx.expect_one_of(rv, codes)
}

fn refused(cx: &mut Context<'_>, template: &Template, codes: &[CK_RV]) -> Outcome {
    let session = cx.session()?;
    let base = known(cx, session)?;
    let (rv, _) = cx.c.derive_key(session, &mechanism(), base, &child());
    cx.prepared(rv)?;
    let (rv, _) = cx.c.derive_key(session, &mechanism(), base, template);
    cx.expect_one_of(rv, codes)
}

const OWN: &[CK_RV] = &[
    CKR_ATTRIBUTE_READ_ONLY,
    CKR_TEMPLATE_INCONSISTENT,
    CKR_ATTRIBUTE_TYPE_INVALID,
];
const SIZE: &[CK_RV] = &[
    CKR_KEY_SIZE_RANGE,
    CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_TEMPLATE_INCONSISTENT,
];

fn templates() -> Vec<Case> {
    vec![
        case(
            "derive.template.length-not-of-aes",
            spec("6.3.17"),
            "A child of 17 bytes is not derived as an AES key.",
        )
        .run(|cx| refused(cx, &child().number(CKA_VALUE_LEN, 17), SIZE)),
        case(
            "derive.template.length-missing",
            spec("6.3.17"),
            "An AES key without CKA_VALUE_LEN is not derived.",
        )
        .run(|cx| {
            refused(
                cx,
                &child().without(CKA_VALUE_LEN),
                &[CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT],
            )
        }),
        case(
            "derive.template.longer-than-secret",
            spec("6.3.17"),
            "A generic secret longer than the shared secret is not derived.",
        )
        .run(|cx| {
            refused(
                cx,
                &secret(CKK_GENERIC_SECRET, &[]).number(CKA_VALUE_LEN, 64),
                &[
                    SIZE,
                    &[
                        CKR_MECHANISM_PARAM_INVALID,
                        CKR_DATA_LEN_RANGE,
                        CKR_FUNCTION_FAILED,
                        CKR_GENERAL_ERROR,
                    ],
                ]
                .concat(),
            )
        }),
        case(
            "derive.template.private-key",
            spec("5.18.5"),
            "A template of a private key is refused.",
        )
        .run(|cx| {
            refused(
                cx,
                &child().number(CKA_CLASS, CKO_PRIVATE_KEY),
                &[CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID],
            )
        }),
        case(
            "derive.template.asymmetric-kind",
            spec("5.18.5"),
            "A template of an RSA key is refused.",
        )
        .run(|cx| {
            refused(
                cx,
                &child().number(CKA_KEY_TYPE, CKK_RSA),
                &[CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID],
            )
        }),
        case(
            "derive.template.value",
            spec("4.10"),
            "A template with CKA_VALUE is refused.",
        )
        .run(|cx| refused(cx, &child().bytes(CKA_VALUE, &[1; 32]), OWN)),
        case(
            "derive.template.local",
            spec("4.7"),
            "A template with CKA_LOCAL is refused.",
        )
        .run(|cx| refused(cx, &child().flag(CKA_LOCAL, true), OWN)),
        case(
            "derive.template.always-sensitive",
            spec("4.10"),
            "A template with CKA_ALWAYS_SENSITIVE is refused.",
        )
        .run(|cx| refused(cx, &child().flag(CKA_ALWAYS_SENSITIVE, true), OWN)),
        case(
            "derive.template.never-extractable",
            spec("4.10"),
            "A template with CKA_NEVER_EXTRACTABLE is refused.",
        )
        .run(|cx| refused(cx, &child().flag(CKA_NEVER_EXTRACTABLE, true), OWN)),
        case(
            "derive.template.flag-of-two-bytes",
            spec("4.1.1"),
            "A CK_BBOOL of two bytes answers CKR_ATTRIBUTE_VALUE_INVALID.",
        )
        .run(|cx| {
            refused(
                cx,
                &child().bytes(CKA_ENCRYPT, &[1, 0]),
                &[CKR_ATTRIBUTE_VALUE_INVALID],
            )
        }),
        case(
            "derive.template.unknown-attribute",
            spec("4.1.1"),
            "An attribute that nobody knows answers CKR_ATTRIBUTE_TYPE_INVALID.",
        )
        .run(|cx| {
            refused(
                cx,
                &child().bytes(CKA_VENDOR_DEFINED | 0x00c0_ffee, &[1]),
                &[CKR_ATTRIBUTE_TYPE_INVALID],
            )
        }),
        case(
            "derive.session.read-only-token-key",
            spec("5.18.5"),
            "A token key in a read-only session answers CKR_SESSION_READ_ONLY.",
        )
        .run(|cx| {
            let session = cx.read_only()?;
            let base = known(cx, session)?;
            let template = child().flag(CKA_TOKEN, true).text(CKA_LABEL, &cx.label());
            let (rv, _) = cx.c.derive_key(session, &mechanism(), base, &template);
            cx.expect(rv, CKR_SESSION_READ_ONLY)
        }),
        case(
            "derive.nothing-left",
            spec("5.18.5"),
            "A call that fails creates no key.",
        )
        .run(|cx| {
            let label = cx.label();
            refused(
                cx,
                &child().text(CKA_LABEL, &label).number(CKA_VALUE_LEN, 17),
                SIZE,
            )?;
            let session = cx.session()?;
            let found = cx.had(cx.c.find(session, &Template::new().text(CKA_LABEL, &label)))?;
            cx.equal("keys", &0, &found.len())
        }),
    ]
}

fn arguments() -> Vec<Case> {
    vec![
        case(
            "derive.arguments.no-mechanism",
            spec("5.18.5"),
            "C_DeriveKey without a mechanism answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| called(cx, |args| args[1] = Arg::Null)),
        case(
            "derive.arguments.no-template",
            spec("5.18.5"),
            "C_DeriveKey with a null template of attributes answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| called(cx, |args| args[3] = Arg::Null)),
        case(
            "derive.arguments.no-place",
            spec("5.18.5"),
            "C_DeriveKey without a place for the handle answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| called(cx, |args| args[5] = Arg::Null)),
        case(
            "derive.arguments.session",
            spec("5.18.5"),
            "C_DeriveKey in a session that was never opened answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let base = known(cx, session)?;
            let (rv, _) =
                cx.c.derive_key(Session(0x7fff_0001), &mechanism(), base, &child());
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
        }),
        case(
            "derive.mechanism.unknown",
            spec("5.18.5"),
            "C_DeriveKey with a mechanism that nobody knows answers CKR_MECHANISM_INVALID.",
        )
        .run(|cx| by(cx, CKM_VENDOR_DEFINED | 0x00c0_ffee)),
        case(
            "derive.mechanism.digest",
            spec("5.18.5"),
            "C_DeriveKey with a digest answers CKR_MECHANISM_INVALID.",
        )
        .run(|cx| by(cx, CKM_SHA256)),
        case(
            "derive.mechanism.signature",
            spec("5.18.5"),
            "C_DeriveKey with a mechanism that signs answers CKR_MECHANISM_INVALID.",
        )
        .run(|cx| by(cx, CKM_ECDSA)),
    ]
}

/// Calls C_DeriveKey with one argument replaced.
fn called(cx: &mut Context<'_>, change: impl FnOnce(&mut Vec<Arg<'_>>)) -> Outcome {
    let session = cx.session()?;
    let base = known(cx, session)?;
    let (mechanism, template, mut handle) = (mechanism(), child(), 0);
    let mut args = vec![
        Arg::Number(session.0),
        Arg::Mechanism(&mechanism),
        Arg::Number(base.0),
        Arg::Template(&template),
        Arg::Number(template.len() as u64),
        Arg::Place(&mut handle),
    ];
    change(&mut args);
    cx.expect(cx.c.call(Function::C_DeriveKey, args), CKR_ARGUMENTS_BAD)
}

fn by(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Outcome {
    let session = cx.session()?;
    let base = known(cx, session)?;
    let (rv, _) =
        cx.c.derive_key(session, &Mechanism::new(kind), base, &child());
    cx.expect(rv, CKR_MECHANISM_INVALID)
}
