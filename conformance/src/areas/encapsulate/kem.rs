//! C_EncapsulateKey and C_DecapsulateKey with ML-KEM.

use aws_lc_rs::kem::{self, EncapsulationKey, ML_KEM_512, ML_KEM_768, ML_KEM_1024};
use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Session, Template};
use crate::case::{Case, Outcome, case, other, spec32};
use crate::context::{Context, fail};
use crate::keys::{Pair, private, public, secret};

type Set = (
    &'static str,
    u64,
    usize,
    &'static kem::Algorithm<kem::AlgorithmId>,
);

#[rustfmt::skip] // A table reads by its columns.
const SETS: &[Set] = &[
    ("ml-kem-512", CKP_ML_KEM_512, 768, &ML_KEM_512),
    ("ml-kem-768", CKP_ML_KEM_768, 1088, &ML_KEM_768),
    ("ml-kem-1024", CKP_ML_KEM_1024, 1568, &ML_KEM_1024),
];

pub(super) fn cases() -> Vec<Case> {
    let sets = SETS
        .iter()
        .flat_map(|set| [round_trip(*set), elsewhere(*set), fresh(*set), length(*set)]);
    sets.chain(attributes()).chain(refusals()).collect()
}

fn aes() -> Template {
    secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 32)
}

fn mechanism() -> Mechanism {
    Mechanism::new(CKM_ML_KEM)
}

fn pair(cx: &Context<'_>, session: Session, set: u64) -> Outcome<Pair> {
    cx.mechanism(CKM_ML_KEM, 0)?;
    cx.mechanism(CKM_ML_KEM_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let publics = public(CKK_ML_KEM, &[CKA_ENCAPSULATE]).number(CKA_PARAMETER_SET, set);
    let privates = private(CKK_ML_KEM, &[CKA_DECAPSULATE]);
    cx.pair(session, CKM_ML_KEM_KEY_PAIR_GEN, &publics, &privates)
}

fn sealed(
    cx: &Context<'_>,
    session: Session,
    key: Object,
    template: &Template,
) -> Outcome<(Vec<u8>, Object)> {
    let (output, secret) =
        cx.c.encapsulate_key(session, &mechanism(), key, template, 4096);
    cx.ok(output.rv)?;
    Ok((output.bytes, secret))
}

fn block(cx: &Context<'_>, session: Session, key: Object) -> Outcome<Vec<u8>> {
    cx.mechanism(CKM_AES_ECB, CKF_ENCRYPT)?;
    cx.done(cx.encrypt_once(session, &Mechanism::new(CKM_AES_ECB), key, &[1; 16]))
}

fn round_trip((name, set, size, _): Set) -> Case {
    case(
        format!("encapsulate.{name}.round-trip"),
        spec32("5.18"),
        "What is decapsulated is the key that was encapsulated.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let pair = pair(cx, session, set)?;
        let (ciphertext, one) = sealed(cx, session, pair.public, &aes())?;
        cx.equal("bytes of the ciphertext", &size, &ciphertext.len())?;
        let (rv, other) =
            cx.c.decapsulate_key(session, &mechanism(), pair.private, &ciphertext, &aes());
        cx.ok(rv)?;
        let (one, other) = (block(cx, session, one)?, block(cx, session, other)?);
        cx.equal_bytes("a block under the key", &one, &other)
    })
}

fn elsewhere((name, set, _, algorithm): Set) -> Case {
    case(
        format!("encapsulate.{name}.elsewhere"),
        other("FIPS 203", "7"),
        "What another implementation encapsulates is decapsulated.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let pair = pair(cx, session, set)?;
        let value = cx.bytes_of(session, pair.public, CKA_VALUE)?;
        let Ok((ciphertext, secret)) =
            EncapsulationKey::new(algorithm, &value).and_then(|key| Ok(key.encapsulate()?))
        else {
            return fail(
                "an encapsulation key in CKA_VALUE",
                format!("{} bytes", value.len()),
            );
        };
        let (rv, key) = cx.c.decapsulate_key(
            session,
            &mechanism(),
            pair.private,
            ciphertext.as_ref(),
            &aes(),
        );
        cx.ok(rv)?;
        cx.expect_aes(session, key, secret.as_ref())
    })
}

fn fresh((name, set, _, _): Set) -> Case {
    case(
        format!("encapsulate.{name}.fresh"),
        spec32("5.18"),
        "Encapsulating twice gives two ciphertexts and two keys.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let pair = pair(cx, session, set)?;
        let (first, one) = sealed(cx, session, pair.public, &aes())?;
        let (second, other) = sealed(cx, session, pair.public, &aes())?;
        let (one, other) = (block(cx, session, one)?, block(cx, session, other)?);
        cx.check(first != second && one != other, "two of each", "one twice")
    })
}

fn length((name, set, size, _): Set) -> Case {
    case(
        format!("encapsulate.{name}.too-small"),
        spec32("5.18"),
        "A buffer that is too small answers CKR_BUFFER_TOO_SMALL and tells the length.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let pair = pair(cx, session, set)?;
        let (output, _) =
            cx.c.encapsulate_key(session, &mechanism(), pair.public, &aes(), 100);
        cx.expect(output.rv, CKR_BUFFER_TOO_SMALL)?;
        cx.equal("the length", &(size as u64), &output.length)?;
        cx.check(!output.touched, "nothing written", "something")
    })
}

fn attributes() -> Vec<Case> {
    let flags = [
        ("local", CKA_LOCAL, false),
        ("always-sensitive", CKA_ALWAYS_SENSITIVE, false),
        ("never-extractable", CKA_NEVER_EXTRACTABLE, false),
        ("extractable-by-default", CKA_EXTRACTABLE, true),
    ];
    flags
        .into_iter()
        .map(|(name, kind, value)| {
            let requirement = format!(
                "{} of both keys is as the standard says.",
                crate::key_use::attribute_name(kind)
            );
            case(
                format!("encapsulate.attributes.{name}"),
                spec32("5.18"),
                requirement,
            )
            .run(move |cx| {
                let session = cx.session()?;
                let pair = pair(cx, session, CKP_ML_KEM_768)?;
                let (ciphertext, one) = sealed(cx, session, pair.public, &aes())?;
                let (rv, other) =
                    cx.c.decapsulate_key(session, &mechanism(), pair.private, &ciphertext, &aes());
                cx.ok(rv)?;
                cx.expect_flag(session, one, kind, value)?;
                cx.expect_flag(session, other, kind, value)
            })
        })
        .collect()
}

fn refusals() -> Vec<Case> {
    vec![
        case("encapsulate.not-permitted", spec32("5.18"), "A public key without CKA_ENCAPSULATE answers CKR_KEY_FUNCTION_NOT_PERMITTED.").run(|cx| {
            cx.mechanism(CKM_ML_KEM, 0)?;
            let session = cx.session()?;
            let publics = public(CKK_ML_KEM, &[]).number(CKA_PARAMETER_SET, CKP_ML_KEM_768).flag(CKA_ENCAPSULATE, false);
            let pair = cx.pair(session, CKM_ML_KEM_KEY_PAIR_GEN, &publics, &private(CKK_ML_KEM, &[CKA_DECAPSULATE]))?;
            let (output, _) = cx.c.encapsulate_key(session, &mechanism(), pair.public, &aes(), 4096);
            cx.expect(output.rv, CKR_KEY_FUNCTION_NOT_PERMITTED)
        }),
        case("encapsulate.decapsulate-not-permitted", spec32("5.18"), "A private key without CKA_DECAPSULATE answers CKR_KEY_FUNCTION_NOT_PERMITTED.").run(|cx| {
            cx.mechanism(CKM_ML_KEM, 0)?;
            let session = cx.session()?;
            let publics = public(CKK_ML_KEM, &[CKA_ENCAPSULATE]).number(CKA_PARAMETER_SET, CKP_ML_KEM_768);
            let privates = private(CKK_ML_KEM, &[]).flag(CKA_DECAPSULATE, false);
            let pair = cx.pair(session, CKM_ML_KEM_KEY_PAIR_GEN, &publics, &privates)?;
            let (rv, _) = cx.c.decapsulate_key(session, &mechanism(), pair.private, &[0; 1088], &aes());
            cx.expect(rv, CKR_KEY_FUNCTION_NOT_PERMITTED)
        }),
        case("encapsulate.handle", spec32("5.18"), "A public key that does not exist answers CKR_KEY_HANDLE_INVALID.").run(|cx| {
            let session = cx.session()?;
            cx.mechanism(CKM_ML_KEM, 0)?;
            let (output, _) = cx.c.encapsulate_key(session, &mechanism(), Object(0x7fff_0002), &aes(), 4096);
            cx.expect(output.rv, CKR_KEY_HANDLE_INVALID)
        }),
        case("encapsulate.implicit-rejection", other("FIPS 203", "6.3"), "A ciphertext that was changed gives another key, and no error.").run(|cx| {
            let session = cx.session()?;
            let pair = pair(cx, session, CKP_ML_KEM_768)?;
            let (mut ciphertext, one) = sealed(cx, session, pair.public, &aes())?;
            ciphertext[7] ^= 1;
            let (rv, other) = cx.c.decapsulate_key(session, &mechanism(), pair.private, &ciphertext, &aes());
            cx.ok(rv)?;
            cx.check(block(cx, session, one)? != block(cx, session, other)?, "another key", "the same")
        }),
        case("encapsulate.ciphertext-cut-short", spec32("5.18"), "A ciphertext that is cut short is refused.").run(|cx| {
            let session = cx.session()?;
            let pair = pair(cx, session, CKP_ML_KEM_768)?;
            let (ciphertext, _) = sealed(cx, session, pair.public, &aes())?;
            let (rv, _) = cx.c.decapsulate_key(session, &mechanism(), pair.private, &ciphertext[1..], &aes());
            cx.expect_one_of(rv, &[CKR_WRAPPED_KEY_LEN_RANGE, CKR_WRAPPED_KEY_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_INVALID, CKR_ARGUMENTS_BAD])
        }),
        case("encapsulate.session", spec32("5.18"), "C_EncapsulateKey in a session that was never opened answers CKR_SESSION_HANDLE_INVALID.").run(|cx| {
            let (output, _) = cx.c.encapsulate_key(Session(0x7fff_0001), &mechanism(), Object(1), &aes(), 4096);
            cx.expect(output.rv, CKR_SESSION_HANDLE_INVALID)
        }),
        case("encapsulate.decapsulate-session", spec32("5.18"), "C_DecapsulateKey in a session that was never opened answers CKR_SESSION_HANDLE_INVALID.").run(|cx| {
            let (rv, _) = cx.c.decapsulate_key(Session(0x7fff_0001), &mechanism(), Object(1), &[0; 1088], &aes());
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
        }),
    ]
}
