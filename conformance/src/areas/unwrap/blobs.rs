//! Wrapped keys that were changed, cut, or are another kind of key than the template says.

use cryptoki_sys::*;

use super::Bench;
use crate::areas::wrap::carriers::{CARRIERS, Carrier, Payload, With};
use crate::c::Template;
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::keys::{private, secret};

pub(super) fn cases() -> Vec<Case> {
    let carriers = CARRIERS
        .iter()
        .filter(|carrier| authenticates(**carrier))
        .flat_map(|carrier| changed(*carrier));
    carriers.chain(kinds()).collect()
}

/// Tells whether a mechanism notices every change.
fn authenticates(carrier: Carrier) -> bool {
    carrier.with == With::Rsa && carrier.kind != CKM_RSA_PKCS
        || matches!(
            carrier.kind,
            CKM_AES_KEY_WRAP | CKM_AES_KEY_WRAP_KWP | CKM_AES_KEY_WRAP_PAD | CKM_AES_GCM
        )
}

/// Codes for a wrapped key that is none. The first two are hard to tell apart, as section 5.1.8 says.
const INVALID: &[CK_RV] = &[CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE];

type Change = fn(&mut Vec<u8>);

#[rustfmt::skip] // A table reads by its columns.
const CHANGES: &[(&str, &str, Change)] = &[
    ("first-byte", "A wrapped key whose first byte was changed is refused.", |blob| blob[0] ^= 1),
    ("middle-byte", "A wrapped key with a changed byte in the middle is refused.", |blob| { let at = blob.len() / 2; blob[at] ^= 0x80; }),
    ("last-byte", "A wrapped key whose last byte was changed is refused.", |blob| { let at = blob.len() - 1; blob[at] ^= 1; }),
    ("one-byte-less", "A wrapped key that lacks its last byte is refused.", |blob| { blob.pop(); }),
    ("eight-bytes-less", "A wrapped key that lacks its last eight bytes is refused.", |blob| blob.truncate(blob.len() - 8)),
    ("one-byte-more", "A wrapped key with a byte behind it is refused.", |blob| blob.push(0)),
    ("one-byte", "A wrapped key of one byte is refused.", |blob| blob.truncate(1)),
    ("zeros", "A wrapped key of zeros is refused.", |blob| blob.fill(0)),
];

/// Codes that any function may answer, and those of decrypting, which unwrapping is.
const ANY: &[CK_RV] = &[
    CKR_GENERAL_ERROR,
    CKR_FUNCTION_FAILED,
    CKR_DEVICE_ERROR,
    CKR_AEAD_DECRYPT_FAILED,
    CKR_DATA_INVALID,
    CKR_DATA_LEN_RANGE,
    CKR_ENCRYPTED_DATA_INVALID,
    CKR_ENCRYPTED_DATA_LEN_RANGE,
];

fn changed(carrier: Carrier) -> impl Iterator<Item = Case> {
    let every = CHANGES.iter().map(move |(name, requirement, change)| {
        case(
            format!("unwrap.{}.{name}", carrier.name),
            spec("5.18.4"),
            *requirement,
        )
        .run(move |cx| refused(cx, carrier, *change, &[INVALID, ANY].concat()))
    });
    let code = case(
        format!("unwrap.{}.code", carrier.name),
        spec("5.1.6"),
        "A wrapped key that was changed answers CKR_WRAPPED_KEY_INVALID, and not that something unrecoverable happened.",
    )
    .should()
    .run(move |cx| refused(cx, carrier, CHANGES[1].2, INVALID));
    every.chain([code])
}

/// Changes a wrapped key and has it refused.
fn refused(cx: &mut Context<'_>, carrier: Carrier, change: Change, codes: &[CK_RV]) -> Outcome {
    let mechanism = carrier.mechanism(cx, CKF_WRAP | CKF_UNWRAP)?;
    let session = cx.session()?;
    let keys = carrier.keys(cx, session)?;
    let mut bench = Bench::with(cx, session, mechanism, keys.public, Payload::Aes(32))?;
    bench.carrier = keys.private;
    let template = Payload::Aes(32).template();
    // What was not changed is taken.
    cx.prepared(bench.unwrap(cx, &template).0)?;
    let mut blob = bench.wrapped.clone();
    change(&mut blob);
    cx.expect_one_of(bench.open(cx, &blob, &template).0, codes)
}

/// Codes for a wrapped key that is not what the template says.
const OTHER: &[CK_RV] = &[
    CKR_WRAPPED_KEY_INVALID,
    CKR_WRAPPED_KEY_LEN_RANGE,
    CKR_TEMPLATE_INCONSISTENT,
    CKR_KEY_SIZE_RANGE,
    CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_GENERAL_ERROR,
    CKR_FUNCTION_FAILED,
];

fn kinds() -> Vec<Case> {
    vec![
        case(
            "unwrap.kind.no-aes-length",
            spec("5.18.4"),
            "A secret of 40 bytes is not unwrapped as an AES key.",
        )
        .run(|cx| as_another(cx, Payload::Generic(40), &secret(CKK_AES, &[CKA_ENCRYPT]))),
        case(
            "unwrap.kind.no-des3-length",
            spec("5.18.4"),
            "A secret of 32 bytes is not unwrapped as a triple DES key.",
        )
        .run(|cx| {
            cx.mechanism(CKM_DES3_KEY_GEN, CKF_GENERATE)?;
            as_another(cx, Payload::Aes(32), &secret(CKK_DES3, &[CKA_ENCRYPT]))
        }),
        case(
            "unwrap.kind.secret-as-private",
            spec("5.18.4"),
            "A secret is not unwrapped as an RSA private key.",
        )
        .run(|cx| as_another(cx, Payload::Aes(32), &private(CKK_RSA, &[CKA_SIGN]))),
        case(
            "unwrap.kind.ec-as-rsa",
            spec("5.18.4"),
            "An EC private key is not unwrapped as an RSA private key.",
        )
        .run(|cx| as_another(cx, Payload::Ec, &private(CKK_RSA, &[CKA_SIGN]))),
        case(
            "unwrap.kind.rsa-as-ec",
            spec("5.18.4"),
            "An RSA private key is not unwrapped as an EC private key.",
        )
        .run(|cx| as_another(cx, Payload::Rsa, &private(CKK_EC, &[CKA_SIGN]))),
        case(
            "unwrap.kind.nothing-left",
            spec("5.18.4"),
            "A call that fails creates no key.",
        )
        .run(|cx| {
            let label = cx.label();
            let template = private(CKK_RSA, &[CKA_SIGN]).text(CKA_LABEL, &label);
            as_another(cx, Payload::Aes(32), &template)?;
            let session = cx.session()?;
            let found = cx.had(cx.c.find(session, &Template::new().text(CKA_LABEL, &label)))?;
            cx.equal("keys", &0, &found.len())
        }),
        case(
            "unwrap.kind.other-key",
            spec("5.18.4"),
            "A key that was wrapped under another key is refused.",
        )
        .run(|cx| {
            let bench = Bench::new(cx, Payload::Aes(32))?;
            if !authenticates_by(bench.mechanism.kind()) {
                return not_applicable("the mechanism does not notice");
            }
            let other = cx.aes(bench.session, 32, &[CKA_UNWRAP])?;
            let (rv, _) = cx.c.unwrap_key(
                bench.session,
                &bench.mechanism,
                other,
                &bench.wrapped,
                &Payload::Aes(32).template(),
            );
            cx.expect_one_of(rv, &[INVALID, ANY].concat())
        }),
    ]
}

fn authenticates_by(kind: CK_MECHANISM_TYPE) -> bool {
    CARRIERS
        .iter()
        .any(|carrier| carrier.kind == kind && authenticates(*carrier))
}

fn as_another(cx: &mut Context<'_>, payload: Payload, template: &Template) -> Outcome {
    let bench = Bench::new(cx, payload)?;
    cx.expect_one_of(bench.unwrap(cx, template).0, OTHER)
}
