//! Authenticated encryption: vectors, associated data and tags of every length.

use cryptoki_sys::*;

use crate::c::{Mechanism, Out, Session};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, fail, not_applicable};
use crate::operations::mechanisms::{CIPHERS, Row, pattern, row};
use crate::operations::parameters::{AAD, IV, NONCE, TAG, gcm};
use crate::operations::{Family, Operation, peer};

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let vectors = [1, 8, 12, 13, 16].map(vector);
    let tags = [32, 64, 96, 104, 112, 120, 128].map(tag);
    let data = [0, 1, 15, 16, 17, 1000].map(associated);
    let every = CIPHERS
        .iter()
        .filter(|row| row.authenticates())
        .map(tag_at_the_end);
    vectors
        .into_iter()
        .chain(tags)
        .chain(data)
        .chain(every)
        .collect()
}

fn gcm_row() -> &'static Row {
    row(CIPHERS, "aes-gcm")
}

/// Encrypts and decrypts the usual data with a mechanism; a token need not know every value of a parameter.
fn both_ways(cx: &Context<'_>, operation: &Operation, mechanism: &Mechanism) -> Outcome<Vec<u8>> {
    let rv = operation.init_with(cx, mechanism);
    if rv.0 == CKR_MECHANISM_PARAM_INVALID {
        return not_applicable("the token does not work with this value");
    }
    cx.ok(rv)?;
    let sealed = operation.single(cx, operation.room());
    cx.ok(sealed.rv)?;
    let opened = decrypt(cx, operation.session, mechanism, operation, &sealed.bytes)?;
    cx.equal_bytes("what it decrypts to", &operation.data, &opened)?;
    Ok(sealed.bytes)
}

fn decrypt(
    cx: &Context<'_>,
    session: Session,
    mechanism: &Mechanism,
    operation: &Operation,
    ciphertext: &[u8],
) -> Outcome<Vec<u8>> {
    cx.mechanism(mechanism.kind(), CKF_DECRYPT)?;
    cx.ok(cx
        .c
        .decrypt_init(session, Some(mechanism), operation.keys.back))?;
    let opened =
        cx.c.decrypt(session, ciphertext, Out::Room(ciphertext.len()));
    cx.ok(opened.rv)?;
    Ok(opened.bytes)
}

fn vector(length: usize) -> Case {
    case(
        format!("encrypt.gcm.iv-{length}"),
        spec("6.13.2"),
        format!("CKM_AES_GCM works with an initialisation vector of {length} bytes, or answers CKR_MECHANISM_PARAM_INVALID."),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, gcm_row(), Family::Encrypt)?;
        let sealed = both_ways(cx, &operation, &gcm(&IV[..length], AAD, TAG as u64 * 8))?;
        cx.equal("the length", &(operation.data.len() + TAG), &sealed.len())
    })
}

fn tag(bits: usize) -> Case {
    case(
        format!("encrypt.gcm.tag-{bits}"),
        spec("6.13.2"),
        format!("CKM_AES_GCM with a tag of {bits} bits gives the beginning of the full tag, or answers CKR_MECHANISM_PARAM_INVALID."),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, gcm_row(), Family::Encrypt)?;
        let sealed = both_ways(cx, &operation, &gcm(&IV[..NONCE], AAD, bits as u64))?;
        match operation.whole(cx) {
            Ok(full) => {
                let shorter = operation.data.len() + bits / 8;
                cx.equal_bytes("ciphertext and tag", &full[..shorter], &sealed)
            }
            Err(rv) => fail("the full tag", rv.to_string()),
        }
    })
}

fn associated(length: usize) -> Case {
    case(
        format!("encrypt.gcm.aad-{length}"),
        spec("6.13.2"),
        format!("CKM_AES_GCM authenticates {length} bytes of associated data as another implementation does."),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, gcm_row(), Family::Encrypt)?;
        let aad = pattern(length);
        let sealed = both_ways(cx, &operation, &gcm(&IV[..NONCE], &aad, TAG as u64 * 8))?;
        let Some(key) = &operation.keys.value else {
            return not_applicable("the module imports no keys of this type");
        };
        match peer::authenticated(CKM_AES_GCM, key, &aad, &sealed) {
            Some(plain) => cx.equal_bytes("the other's plaintext", &operation.data, &plain),
            None => fail("the other implementation opens it", "it does not"),
        }
    })
}

fn tag_at_the_end(row: &'static Row) -> Case {
    case(
        format!("encrypt.tag-at-the-end.{}", row.id),
        row.section(),
        format!("{} appends its tag to the ciphertext, whose bytes do not depend on the associated data.", row.name()),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Encrypt)?;
        let first = operation.whole(cx);
        let Ok(first) = first else {
            return fail("the data is encrypted", format!("{first:?}"));
        };
        let other = without_associated_data(row, operation.data.len());
        let second = both_ways(cx, &operation, &other)?;
        let length = operation.data.len();
        cx.equal_bytes("the ciphertext without its tag", &first[..length], &second[..length])?;
        cx.check(first[length..] != second[length..], "another tag", "the same tag")
    })
}

fn without_associated_data(row: &Row, length: usize) -> Mechanism {
    use crate::operations::parameters::{ccm, chacha20_poly1305};

    match row.kind {
        CKM_AES_GCM => gcm(&IV[..NONCE], b"", TAG as u64 * 8),
        CKM_AES_CCM => ccm(length, &IV[..NONCE], b"", TAG as u64),
        _ => chacha20_poly1305(b""),
    }
}
