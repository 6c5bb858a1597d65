//! Mechanisms in functions that they are not for, and mechanisms that nobody knows (PKCS#11 3.1 section 5.1.6, `CKR_MECHANISM_INVALID`).

use cryptoki_sys::*;

use crate::c::{Mechanism, Out, Rv, Session};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::keys::{private, public, secret, unhex};
use crate::known_keys::P256;

/// A mechanism of nobody.
const NOBODY: CK_MECHANISM_TYPE = 0x7FFF_FFF0;

/// A call that begins an operation with a mechanism and a key that would do for the function.
type Call = fn(&Context<'_>, Session, &Mechanism) -> Outcome<Rv>;

/// Mechanisms that a function never takes, by what they are.
type Foreign = &'static [(&'static str, CK_MECHANISM_TYPE)];

/// Functions that begin something with a mechanism, and mechanisms that they never take.
const ROWS: &[(&str, &str, Foreign, Call)] = &[
    (
        "encrypt",
        "5.8.1",
        &[
            ("digest", CKM_SHA256),
            ("key-gen", CKM_AES_KEY_GEN),
            ("ecdsa", CKM_ECDSA),
        ],
        |cx, session, mechanism| {
            let key = cx.aes(session, 16, &[CKA_ENCRYPT])?;
            Ok(cx.c.encrypt_init(session, Some(mechanism), key))
        },
    ),
    (
        "decrypt",
        "5.10.1",
        &[("digest", CKM_SHA256), ("key-gen", CKM_AES_KEY_GEN)],
        |cx, session, mechanism| {
            let key = cx.aes(session, 16, &[CKA_DECRYPT])?;
            Ok(cx.c.decrypt_init(session, Some(mechanism), key))
        },
    ),
    (
        "digest",
        "5.12.1",
        &[
            ("cipher", CKM_AES_ECB),
            ("mac", CKM_SHA256_HMAC),
            ("signature", CKM_SHA256_RSA_PKCS),
        ],
        |cx, session, mechanism| Ok(cx.c.digest_init(session, Some(mechanism))),
    ),
    (
        "sign",
        "5.13.1",
        &[
            ("digest", CKM_SHA256),
            ("cipher", CKM_AES_ECB),
            ("pair-gen", CKM_RSA_PKCS_KEY_PAIR_GEN),
        ],
        |cx, session, mechanism| {
            let key = cx.import_secret(session, CKK_GENERIC_SECRET, &[7; 64], &[CKA_SIGN])?;
            Ok(cx.c.sign_init(session, Some(mechanism), key))
        },
    ),
    (
        "verify",
        "5.15.1",
        &[("digest", CKM_SHA256), ("cipher", CKM_AES_ECB)],
        |cx, session, mechanism| {
            let key = cx.import_secret(session, CKK_GENERIC_SECRET, &[7; 64], &[CKA_VERIFY])?;
            Ok(cx.c.verify_init(session, Some(mechanism), key))
        },
    ),
    (
        "generate",
        "5.18.1",
        &[
            ("digest", CKM_SHA256),
            ("cipher", CKM_AES_ECB),
            ("pair-gen", CKM_EC_KEY_PAIR_GEN),
        ],
        |cx, session, mechanism| {
            let template = secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 16);
            Ok(cx.c.generate_key(session, mechanism, &template).0)
        },
    ),
    (
        "generate-pair",
        "5.18.2",
        &[("key-gen", CKM_AES_KEY_GEN), ("signature", CKM_ECDSA)],
        |cx, session, mechanism| {
            let public = public(CKK_EC, &[CKA_VERIFY]).bytes(CKA_EC_PARAMS, &unhex(P256));
            let private = private(CKK_EC, &[CKA_SIGN]);
            Ok(cx
                .c
                .generate_key_pair(session, mechanism, &public, &private)
                .0)
        },
    ),
    (
        "wrap",
        "5.18.3",
        &[("digest", CKM_SHA256), ("mac", CKM_SHA256_HMAC)],
        |cx, session, mechanism| {
            let wrapping = cx.aes(session, 16, &[CKA_WRAP])?;
            let template = secret(CKK_AES, &[CKA_ENCRYPT]).flag(CKA_EXTRACTABLE, true);
            let key = cx.aes_with(session, 16, &template)?;
            Ok(cx
                .c
                .wrap_key(session, mechanism, wrapping, key, Out::Room(512))
                .rv)
        },
    ),
    (
        "unwrap",
        "5.18.4",
        &[("digest", CKM_SHA256), ("mac", CKM_SHA256_HMAC)],
        |cx, session, mechanism| {
            let unwrapping = cx.aes(session, 16, &[CKA_UNWRAP])?;
            let template = secret(CKK_AES, &[CKA_ENCRYPT]);
            Ok(cx
                .c
                .unwrap_key(session, mechanism, unwrapping, &[7; 24], &template)
                .0)
        },
    ),
    (
        "derive",
        "5.18.5",
        &[("digest", CKM_SHA256), ("mac", CKM_SHA256_HMAC)],
        |cx, session, mechanism| {
            let base = cx.import_secret(session, CKK_GENERIC_SECRET, &[7; 32], &[CKA_DERIVE])?;
            let template = secret(CKK_GENERIC_SECRET, &[CKA_SIGN]).number(CKA_VALUE_LEN, 16);
            Ok(cx.c.derive_key(session, mechanism, base, &template).0)
        },
    ),
];

/// Returns the cases: for each function, its foreign mechanisms and the one that nobody knows.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (function, section, mechanisms, call) in ROWS {
        let unknown = ("unknown", NOBODY);
        for (id, kind) in mechanisms.iter().copied().chain([unknown]) {
            cases.push(of(function, section, id, kind, *call));
        }
    }
    cases
}

fn of(
    function: &str,
    section: &'static str,
    id: &str,
    kind: CK_MECHANISM_TYPE,
    call: Call,
) -> Case {
    let name = crate::c::names::name(crate::c::names::MECHANISMS, kind);
    case(
        format!("mechanism.foreign.{function}.{id}"),
        spec(section),
        format!("To {function} with the mechanism {name} answers CKR_MECHANISM_INVALID."),
    )
    .run(move |cx| {
        let session = cx.session()?;
        let rv = call(cx, session, &Mechanism::new(kind))?;
        cx.expect(rv, CKR_MECHANISM_INVALID)
    })
}
