//! What C_WrapKey refuses, and with which code.

use cryptoki_sys::*;

use super::carriers::{Payload, first};
use crate::c::{Arg, Function, Mechanism, Object, Out, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{open, sealed, wrappable};
use crate::keys::secret;

pub(super) fn cases() -> Vec<Case> {
    [attributes(), handles(), kinds(), arguments(), templates()]
        .into_iter()
        .flatten()
        .collect()
}

/// Wraps into a buffer that is large enough, and requires a code.
fn refused(
    cx: &Context<'_>,
    session: Session,
    mechanism: &Mechanism,
    keys: (Object, Object),
    codes: &[CK_RV],
) -> Outcome {
    let output =
        cx.c.wrap_key(session, mechanism, keys.0, keys.1, Out::Room(4096));
    cx.expect_one_of(output.rv, codes)
}

fn attributes() -> Vec<Case> {
    vec![
        case("wrap.unextractable.secret-key", spec("5.18.3"), "A key that is not extractable answers CKR_KEY_UNEXTRACTABLE.")
            .run(|cx| {
                let session = cx.session()?;
                let (mechanism, wrapping) = first(cx, session)?;
                let key = cx.aes_with(session, 32, &sealed(secret(CKK_AES, &[CKA_ENCRYPT])))?;
                refused(cx, session, &mechanism, (wrapping, key), &[CKR_KEY_UNEXTRACTABLE])
            }),
        case("wrap.unextractable.not-sensitive", spec("5.18.3"), "A key that is neither extractable nor sensitive answers CKR_KEY_UNEXTRACTABLE.")
            .run(|cx| {
                let session = cx.session()?;
                let (mechanism, wrapping) = first(cx, session)?;
                let template = secret(CKK_AES, &[CKA_ENCRYPT]).flag(CKA_SENSITIVE, false).flag(CKA_EXTRACTABLE, false);
                let key = cx.aes_with(session, 32, &template)?;
                refused(cx, session, &mechanism, (wrapping, key), &[CKR_KEY_UNEXTRACTABLE])
            }),
        case("wrap.unextractable.after-set", spec("5.18.3"), "A key whose CKA_EXTRACTABLE was turned off answers CKR_KEY_UNEXTRACTABLE.")
            .run(|cx| {
                let session = cx.session()?;
                let (mechanism, wrapping) = first(cx, session)?;
                let key = cx.aes_with(session, 32, &wrappable(secret(CKK_AES, &[CKA_ENCRYPT])))?;
                cx.prepared(cx.c.wrap_key(session, &mechanism, wrapping, key, Out::Room(4096)).rv)?;
                cx.prepared(cx.c.set_attribute_values(session, key, &Template::new().flag(CKA_EXTRACTABLE, false)))?;
                refused(cx, session, &mechanism, (wrapping, key), &[CKR_KEY_UNEXTRACTABLE])
            }),
        case("wrap.unextractable.private-key", spec("5.18.3"), "A private key that is not extractable answers CKR_KEY_UNEXTRACTABLE.")
            .run(|cx| {
                let session = cx.session()?;
                let (mechanism, wrapping) = first(cx, session)?;
                let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?;
                if cx.flag_of(session, pair.private, CKA_EXTRACTABLE)? {
                    return not_applicable("private keys are extractable unless said otherwise");
                }
                refused(cx, session, &mechanism, (wrapping, pair.private), &[CKR_KEY_UNEXTRACTABLE])
            }),
        case("wrap.not-permitted", spec("5.18.3"), "A key without CKA_WRAP answers CKR_KEY_FUNCTION_NOT_PERMITTED.")
            .run(|cx| {
                let session = cx.session()?;
                let (mechanism, _) = first(cx, session)?;
                let wrapping = cx.aes_with(session, 32, &secret(CKK_AES, &[CKA_UNWRAP]).flag(CKA_WRAP, false))?;
                let key = Payload::Aes(32).import(cx, session)?;
                refused(cx, session, &mechanism, (wrapping, key), &[CKR_KEY_FUNCTION_NOT_PERMITTED])
            }),
        case("wrap.with-trusted", spec("4.10"), "A key with CKA_WRAP_WITH_TRUSTED answers CKR_KEY_NOT_WRAPPABLE under a key that is not trusted.")
            .run(|cx| {
                let session = cx.session()?;
                let (mechanism, wrapping) = first(cx, session)?;
                let template = wrappable(secret(CKK_AES, &[CKA_ENCRYPT])).flag(CKA_WRAP_WITH_TRUSTED, true);
                let key = cx.aes_with(session, 32, &template)?;
                refused(cx, session, &mechanism, (wrapping, key), &[CKR_KEY_NOT_WRAPPABLE])
            }),
        case("wrap.readable", spec("5.18.3"), "A key that may be read may be wrapped too.")
            .run(|cx| {
                let session = cx.session()?;
                let (mechanism, wrapping) = first(cx, session)?;
                let key = cx.aes_with(session, 32, &open(secret(CKK_AES, &[CKA_ENCRYPT])))?;
                refused(cx, session, &mechanism, (wrapping, key), &[CKR_OK])
            }),
        case("wrap.read-only-session", spec("5.18.3"), "Wrapping works in a read-only session.")
            .run(|cx| {
                let session = cx.read_only()?;
                let (mechanism, wrapping) = first(cx, session)?;
                let key = Payload::Aes(32).import(cx, session)?;
                refused(cx, session, &mechanism, (wrapping, key), &[CKR_OK])
            }),
    ]
}

const NOBODY: Object = Object(0x7fff_0002);

fn handles() -> Vec<Case> {
    [wrapping_handles(), key_handles(), other_handles()]
        .into_iter()
        .flatten()
        .collect()
}

fn wrapping_handles() -> Vec<Case> {
    let wrapping = [("unknown", NOBODY), ("zero", Object(0))];
    let wrapping = wrapping.map(|(name, handle)| {
        case(
            format!("wrap.handle.wrapping-{name}"),
            spec("5.18.3"),
            "A wrapping key that does not exist answers CKR_WRAPPING_KEY_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let (mechanism, _) = first(cx, session)?;
            let key = Payload::Aes(32).import(cx, session)?;
            refused(
                cx,
                session,
                &mechanism,
                (handle, key),
                &[CKR_WRAPPING_KEY_HANDLE_INVALID],
            )
        })
    });
    wrapping.into()
}

fn key_handles() -> Vec<Case> {
    let keys = [("unknown", NOBODY), ("zero", Object(0))];
    let keys = keys.map(|(name, handle)| {
        case(
            format!("wrap.handle.key-{name}"),
            spec("5.18.3"),
            "A key that does not exist answers CKR_KEY_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let (mechanism, wrapping) = first(cx, session)?;
            refused(
                cx,
                session,
                &mechanism,
                (wrapping, handle),
                &[CKR_KEY_HANDLE_INVALID],
            )
        })
    });
    keys.into()
}

fn other_handles() -> Vec<Case> {
    let destroyed = case(
        "wrap.handle.wrapping-destroyed",
        spec("5.18.3"),
        "A wrapping key that was destroyed answers CKR_WRAPPING_KEY_HANDLE_INVALID.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let (mechanism, wrapping) = first(cx, session)?;
        let key = Payload::Aes(32).import(cx, session)?;
        cx.prepared(cx.c.destroy_object(session, wrapping))?;
        refused(
            cx,
            session,
            &mechanism,
            (wrapping, key),
            &[CKR_WRAPPING_KEY_HANDLE_INVALID],
        )
    });
    let data = case(
        "wrap.handle.key-is-data",
        spec("5.18.3"),
        "A data object is no key to wrap: CKR_KEY_HANDLE_INVALID.",
    )
    .should()
    .run(|cx| {
        let session = cx.session()?;
        let (mechanism, wrapping) = first(cx, session)?;
        let data = cx.import(
            session,
            &Template::class(CKO_DATA)
                .flag(CKA_TOKEN, false)
                .bytes(CKA_VALUE, &[1; 16]),
        )?;
        refused(
            cx,
            session,
            &mechanism,
            (wrapping, data),
            &[CKR_KEY_HANDLE_INVALID],
        )
    });
    let public = case(
        "wrap.handle.key-is-public",
        spec("5.18.3"),
        "A public key is not wrapped.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let (mechanism, wrapping) = first(cx, session)?;
        let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?;
        let codes = [
            CKR_KEY_HANDLE_INVALID,
            CKR_KEY_NOT_WRAPPABLE,
            CKR_KEY_TYPE_INCONSISTENT,
            CKR_KEY_UNEXTRACTABLE,
        ];
        refused(cx, session, &mechanism, (wrapping, pair.public), &codes)
    });
    vec![destroyed, data, public]
}

fn kinds() -> Vec<Case> {
    [wrapping_kinds(), sizes()].into_iter().flatten().collect()
}

fn wrapping_kinds() -> Vec<Case> {
    vec![
        case(
            "wrap.kind.rsa-with-aes",
            spec("5.18.3"),
            "An AES mechanism with an RSA public key answers CKR_WRAPPING_KEY_TYPE_INCONSISTENT.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (mechanism, _) = first(cx, session)?;
            let pair = cx.rsa(session, &[CKA_WRAP], &[CKA_UNWRAP])?;
            let key = Payload::Aes(32).import(cx, session)?;
            refused(
                cx,
                session,
                &mechanism,
                (pair.public, key),
                &[CKR_WRAPPING_KEY_TYPE_INCONSISTENT],
            )
        }),
        case(
            "wrap.kind.aes-with-rsa",
            spec("5.18.3"),
            "An RSA mechanism with an AES key answers CKR_WRAPPING_KEY_TYPE_INCONSISTENT.",
        )
        .run(|cx| {
            cx.mechanism(CKM_RSA_PKCS_OAEP, CKF_WRAP)?;
            let session = cx.session()?;
            let wrapping = cx.aes(session, 32, &[CKA_WRAP])?;
            let key = Payload::Aes(32).import(cx, session)?;
            let mechanism = crate::key_use::oaep(CKM_SHA_1, CKG_MGF1_SHA1);
            refused(
                cx,
                session,
                &mechanism,
                (wrapping, key),
                &[CKR_WRAPPING_KEY_TYPE_INCONSISTENT],
            )
        }),
        case(
            "wrap.kind.generic-with-aes",
            spec("5.18.3"),
            "An AES mechanism with a generic secret answers CKR_WRAPPING_KEY_TYPE_INCONSISTENT.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (mechanism, _) = first(cx, session)?;
            let wrapping = cx.import_secret(session, CKK_GENERIC_SECRET, &[1; 32], &[CKA_WRAP])?;
            let key = Payload::Aes(32).import(cx, session)?;
            refused(
                cx,
                session,
                &mechanism,
                (wrapping, key),
                &[CKR_WRAPPING_KEY_TYPE_INCONSISTENT],
            )
        }),
    ]
}

fn sizes() -> Vec<Case> {
    vec![
        case(
            "wrap.kind.private-key-wraps",
            spec("5.18.3"),
            "A private key does not wrap.",
        )
        .run(|cx| {
            cx.mechanism(CKM_RSA_PKCS_OAEP, CKF_WRAP)?;
            let session = cx.session()?;
            let pair = cx.rsa(session, &[CKA_WRAP], &[CKA_UNWRAP])?;
            let key = Payload::Aes(32).import(cx, session)?;
            let mechanism = crate::key_use::oaep(CKM_SHA_1, CKG_MGF1_SHA1);
            let codes = [
                CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
                CKR_WRAPPING_KEY_HANDLE_INVALID,
                CKR_KEY_FUNCTION_NOT_PERMITTED,
            ];
            refused(cx, session, &mechanism, (pair.private, key), &codes)
        }),
        case(
            "wrap.size.pkcs1",
            spec("5.18.3"),
            "A secret too long for CKM_RSA_PKCS answers CKR_KEY_SIZE_RANGE.",
        )
        .run(|cx| too_long(cx, &Mechanism::new(CKM_RSA_PKCS))),
        case(
            "wrap.size.oaep",
            spec("5.18.3"),
            "A secret too long for CKM_RSA_PKCS_OAEP answers CKR_KEY_SIZE_RANGE.",
        )
        .run(|cx| too_long(cx, &crate::key_use::oaep(CKM_SHA_1, CKG_MGF1_SHA1))),
    ]
}

fn too_long(cx: &mut Context<'_>, mechanism: &Mechanism) -> Outcome {
    cx.mechanism(mechanism.kind(), CKF_WRAP)?;
    let session = cx.session()?;
    let pair = cx.rsa(session, &[CKA_WRAP], &[CKA_UNWRAP])?;
    let template = wrappable(secret(CKK_GENERIC_SECRET, &[CKA_SIGN])).bytes(CKA_VALUE, &[1; 300]);
    let key = cx.import(session, &template)?;
    refused(
        cx,
        session,
        mechanism,
        (pair.public, key),
        &[CKR_KEY_SIZE_RANGE],
    )
}

fn arguments() -> Vec<Case> {
    [pointers(), mechanisms()].into_iter().flatten().collect()
}

fn pointers() -> Vec<Case> {
    vec![
        case(
            "wrap.arguments.no-mechanism",
            spec("5.18.3"),
            "C_WrapKey without a mechanism answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (_, wrapping) = first(cx, session)?;
            let key = Payload::Aes(32).import(cx, session)?;
            let (mut buffer, mut length) = (crate::c::Buffer::new(64), 64);
            let args = vec![
                Arg::Number(session.0),
                Arg::Null,
                Arg::Number(wrapping.0),
                Arg::Number(key.0),
                Arg::Buffer(&mut buffer),
                Arg::Place(&mut length),
            ];
            cx.expect(cx.c.call(Function::C_WrapKey, args), CKR_ARGUMENTS_BAD)
        }),
        case(
            "wrap.arguments.session",
            spec("5.18.3"),
            "C_WrapKey in a session that was never opened answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (mechanism, wrapping) = first(cx, session)?;
            let key = Payload::Aes(32).import(cx, session)?;
            refused(
                cx,
                Session(0x7fff_0001),
                &mechanism,
                (wrapping, key),
                &[CKR_SESSION_HANDLE_INVALID],
            )
        }),
        case(
            "wrap.mechanism.unknown",
            spec("5.18.3"),
            "C_WrapKey with a mechanism that nobody knows answers CKR_MECHANISM_INVALID.",
        )
        .run(|cx| by(cx, CKM_VENDOR_DEFINED | 0x00c0_ffee)),
        case(
            "wrap.mechanism.digest",
            spec("5.18.3"),
            "C_WrapKey with a digest answers CKR_MECHANISM_INVALID.",
        )
        .run(|cx| by(cx, CKM_SHA256)),
        case(
            "wrap.mechanism.generation",
            spec("5.18.3"),
            "C_WrapKey with a mechanism that makes keys answers CKR_MECHANISM_INVALID.",
        )
        .run(|cx| by(cx, CKM_AES_KEY_GEN)),
    ]
}

fn mechanisms() -> Vec<Case> {
    vec![
        case(
            "wrap.parameter.key-wrap-of-seven-bytes",
            spec("6.16.2"),
            "CKM_AES_KEY_WRAP with an initial value of seven bytes is refused.",
        )
        .run(|cx| {
            cx.mechanism(CKM_AES_KEY_WRAP, CKF_WRAP)?;
            let session = cx.session()?;
            let wrapping = cx.aes(session, 32, &[CKA_WRAP])?;
            let key = Payload::Aes(32).import(cx, session)?;
            let mechanism = Mechanism::with_bytes(CKM_AES_KEY_WRAP, &[0xa6; 7]);
            refused(
                cx,
                session,
                &mechanism,
                (wrapping, key),
                &[CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD],
            )
        }),
        case(
            "wrap.parameter.oaep-missing",
            spec("6.1.8"),
            "CKM_RSA_PKCS_OAEP without its parameter is refused.",
        )
        .run(|cx| {
            cx.mechanism(CKM_RSA_PKCS_OAEP, CKF_WRAP)?;
            let session = cx.session()?;
            let pair = cx.rsa(session, &[CKA_WRAP], &[CKA_UNWRAP])?;
            let key = Payload::Aes(32).import(cx, session)?;
            refused(
                cx,
                session,
                &Mechanism::new(CKM_RSA_PKCS_OAEP),
                (pair.public, key),
                &[CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD],
            )
        }),
    ]
}

fn by(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Outcome {
    let session = cx.session()?;
    let wrapping = cx.aes(session, 32, &[CKA_WRAP])?;
    let key = Payload::Aes(32).import(cx, session)?;
    refused(
        cx,
        session,
        &Mechanism::new(kind),
        (wrapping, key),
        &[CKR_MECHANISM_INVALID],
    )
}

fn templates() -> Vec<Case> {
    vec![
        case(
            "wrap.template.fits",
            spec("5.18.3"),
            "A key that fits the CKA_WRAP_TEMPLATE of the wrapping key is wrapped.",
        )
        .run(|cx| by_template(cx, CKK_AES, CKR_OK)),
        case(
            "wrap.template.differs",
            spec("5.18.3"),
            "A key that does not fit the CKA_WRAP_TEMPLATE answers CKR_KEY_HANDLE_INVALID.",
        )
        .run(|cx| by_template(cx, CKK_GENERIC_SECRET, CKR_KEY_HANDLE_INVALID)),
    ]
}

/// Wraps an AES key under a key that wraps only this kind of key.
fn by_template(cx: &mut Context<'_>, kind: CK_KEY_TYPE, code: CK_RV) -> Outcome {
    let session = cx.session()?;
    let (mechanism, _) = first(cx, session)?;
    let only = Template::new().number(CKA_KEY_TYPE, kind);
    let template = secret(CKK_AES, &[CKA_WRAP, CKA_UNWRAP]).nested(CKA_WRAP_TEMPLATE, only);
    let wrapping = cx.aes_with(session, 32, &template)?;
    if !cx
        .c
        .attribute_values(
            session,
            wrapping,
            &mut crate::c::Query::lengths(&[CKA_WRAP_TEMPLATE]),
        )
        .is_ok()
    {
        return not_applicable("CKA_WRAP_TEMPLATE is not kept");
    }
    let key = Payload::Aes(32).import(cx, session)?;
    refused(cx, session, &mechanism, (wrapping, key), &[code])
}
