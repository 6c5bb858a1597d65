//! Authenticated decryption: whatever was changed is noticed, and nothing is given out before the tag was checked.

use cryptoki_sys::*;

use crate::c::{Mechanism, Out};
use crate::case::{Case, Outcome, case};
use crate::context::Context;
use crate::operations::mechanisms::{CIPHERS, Row};
use crate::operations::parameters::{AAD, IV, NONCE, TAG, ccm, chacha20_poly1305, gcm};
use crate::operations::{Family, Operation};

/// What answers a ciphertext that is not authentic; the second came with messages in version 3.0.
const FORGED: &[CK_RV] = &[CKR_ENCRYPTED_DATA_INVALID, CKR_AEAD_DECRYPT_FAILED];

/// Something to change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Ciphertext,
    FirstOfTag,
    LastOfTag,
    AssociatedData,
    Vector,
}

const CHANGES: &[(Change, &str, &str)] = &[
    (Change::Ciphertext, "ciphertext", "a changed ciphertext"),
    (
        Change::FirstOfTag,
        "tag-begin",
        "a tag whose first bit is wrong",
    ),
    (
        Change::LastOfTag,
        "tag-end",
        "a tag whose last bit is wrong",
    ),
    (Change::AssociatedData, "aad", "other associated data"),
    (Change::Vector, "iv", "another initialisation vector"),
];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let rows = || CIPHERS.iter().filter(|row| row.authenticates());
    rows()
        .flat_map(|row| CHANGES.iter().map(move |change| changed(row, change)))
        .chain(rows().map(nothing_early))
        .chain(rows().map(nothing_forged))
        .chain(rows().map(in_parts))
        .collect()
}

fn changed(row: &'static Row, change: &'static (Change, &str, &str)) -> Case {
    case(
        format!("decrypt.changed-{}.{}", change.1, row.id),
        row.section(),
        format!(
            "C_Decrypt with {} and {} answers CKR_ENCRYPTED_DATA_INVALID and ends the operation.",
            row.name(),
            change.2
        ),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Decrypt)?;
        let ciphertext = operation.input.clone();
        let mechanism = tampered(&mut operation, change.0);
        cx.ok(operation.init_with(cx, &mechanism))?;
        let refused = operation.single(cx, operation.room());
        cx.expect_one_of(refused.rv, FORGED)?;
        operation.ended(cx)?;
        operation.input = ciphertext;
        operation.start(cx)?;
        operation.goes_on(cx)
    })
}

/// Changes the input, or returns a mechanism with a changed parameter.
fn tampered(operation: &mut Operation, change: Change) -> Mechanism {
    let last = operation.input.len() - 1;
    match change {
        Change::Ciphertext => operation.input[0] ^= 1,
        Change::FirstOfTag => operation.input[last + 1 - TAG] ^= 0x80,
        Change::LastOfTag => operation.input[last] ^= 1,
        Change::AssociatedData | Change::Vector => {}
    }
    let aad: &[u8] = if change == Change::AssociatedData {
        b"others"
    } else {
        AAD
    };
    let mut iv = IV[..NONCE].to_vec();
    if change == Change::Vector {
        iv[0] ^= 1;
    }
    match operation.row.kind {
        CKM_AES_GCM => gcm(&iv, aad, TAG as u64 * 8),
        CKM_AES_CCM => ccm(operation.data.len(), &iv, aad, TAG as u64),
        _ if change == Change::Vector => {
            let mut nonce = iv;
            nonce.resize(NONCE * 8, 0);
            let structure = crate::c::Structure::new()
                .pointer(&nonce)
                .number(NONCE as u64 * 8);
            Mechanism::with(CKM_CHACHA20_POLY1305, structure.counted(aad))
        }
        _ => chacha20_poly1305(aad),
    }
}

fn nothing_early(row: &'static Row) -> Case {
    case(
        format!("decrypt.nothing-early.{}", row.id),
        row.section(),
        format!(
            "C_DecryptUpdate with {} gives no plaintext: it comes when the tag was checked.",
            row.name()
        ),
    )
    .should()
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Decrypt)?;
        operation.start(cx)?;
        let given = operation.update(cx, &operation.input, operation.room());
        cx.ok(given.rv)?;
        cx.equal("bytes of plaintext before the end", &0, &given.bytes.len())?;
        let last = operation.finish(cx, operation.room());
        cx.ok(last.rv)?;
        operation.right(cx, &last.bytes)
    })
}

fn nothing_forged(row: &'static Row) -> Case {
    case(
        format!("decrypt.nothing-forged.{}", row.id),
        row.section(),
        format!(
            "C_Decrypt with {} leaves the buffer alone where the tag is wrong.",
            row.name()
        ),
    )
    .should()
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Decrypt)?;
        let mechanism = tampered(&mut operation, Change::LastOfTag);
        cx.ok(operation.init_with(cx, &mechanism))?;
        let refused = operation.single(cx, Out::Room(operation.input.len()));
        cx.check(
            !refused.rv.is_ok(),
            "a wrong tag is refused",
            refused.rv.to_string(),
        )?;
        cx.check(
            !refused.touched,
            "nothing is written to the buffer",
            "something is",
        )
    })
}

fn in_parts(row: &'static Row) -> Case {
    case(
        format!("decrypt.changed-in-parts.{}", row.id),
        row.section(),
        format!("Decryption in parts with {} answers CKR_ENCRYPTED_DATA_INVALID at its end where the tag is wrong.", row.name()),
    )
    .run(move |cx| changed_in_parts(cx, row))
}

fn changed_in_parts(cx: &mut Context<'_>, row: &'static Row) -> Outcome {
    let mut operation = Operation::new(cx, row, Family::Decrypt)?;
    let mechanism = tampered(&mut operation, Change::LastOfTag);
    cx.ok(operation.init_with(cx, &mechanism))?;
    for part in operation.input.chunks(16) {
        cx.ok(operation.update(cx, part, operation.room()).rv)?;
    }
    cx.expect_one_of(operation.finish(cx, operation.room()).rv, FORGED)?;
    let late = operation.finish(cx, operation.room());
    cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
}
