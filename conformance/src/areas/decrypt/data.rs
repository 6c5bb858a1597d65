//! What decryption refuses: ciphertexts of a wrong length, and padding that is none.

use cryptoki_sys::*;

use crate::c::{Mechanism, Out};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::operations::mechanisms::{CIPHERS, KeyKind, Row, Takes};
use crate::operations::parameters::IV;
use crate::operations::{Family, Operation};

/// What answers a ciphertext of a wrong length.
const WRONG_LENGTH: &[CK_RV] = &[CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_INVALID];

/// A block that does not end with padding: its name and its last bytes.
const UNPADDED: &[(&str, &[u8])] = &[
    ("zero", &[0x00]),
    ("too-long", &[0x11]),
    ("uneven", &[0x05, 0x02]),
    ("letters", b"text"),
];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let whole = |row: &&Row| {
        let blocks = matches!(row.takes, Takes::Blocks(_)) || row.pads();
        blocks || row.authenticates() || row.key == KeyKind::RsaCipher
    };
    let padded = CIPHERS.iter().filter(|row| row.pads() && row.parts);
    let lengths = CIPHERS.iter().filter(whole).map(wrong_length);
    let ends = CIPHERS
        .iter()
        .filter(|row| row.parts)
        .filter(whole)
        .map(partial_end);
    let paddings = padded.flat_map(|row| UNPADDED.iter().map(move |end| wrong_padding(row, end)));
    lengths.chain(ends).chain(paddings).collect()
}

/// Cuts a ciphertext to a length that none can have.
fn cut(row: &Row, ciphertext: &[u8]) -> Vec<u8> {
    let kept = if row.authenticates() {
        15
    } else {
        ciphertext.len() - 1
    };
    ciphertext[..kept].to_vec()
}

fn wrong_length(row: &'static Row) -> Case {
    case(
        format!("decrypt.wrong-length.{}", row.id),
        spec("5.10.2"),
        format!("C_Decrypt with {} and a ciphertext that is too short answers CKR_ENCRYPTED_DATA_LEN_RANGE or CKR_ENCRYPTED_DATA_INVALID and ends the operation.", row.name()),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Decrypt)?;
        let ciphertext = operation.input.clone();
        operation.start(cx)?;
        operation.input = cut(row, &ciphertext);
        let refused = operation.single(cx, Out::Room(512));
        cx.expect_one_of(refused.rv, WRONG_LENGTH)?;
        operation.ended(cx)?;
        operation.input = ciphertext;
        operation.start(cx)?;
        operation.goes_on(cx)
    })
}

fn partial_end(row: &'static Row) -> Case {
    case(
        format!("decrypt.partial-end.{}", row.id),
        spec("5.10.4"),
        format!("Decryption in parts with {} and a ciphertext that is too short answers CKR_ENCRYPTED_DATA_LEN_RANGE or CKR_ENCRYPTED_DATA_INVALID at its end.", row.name()),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Decrypt)?;
        operation.start(cx)?;
        let short = cut(row, &operation.input);
        let given = operation.update(cx, &short, operation.room());
        if !given.rv.is_ok() {
            return cx.expect_one_of(given.rv, WRONG_LENGTH);
        }
        cx.expect_one_of(operation.finish(cx, operation.room()).rv, WRONG_LENGTH)?;
        let late = operation.finish(cx, operation.room());
        cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn wrong_padding(row: &'static Row, end: &'static (&'static str, &'static [u8])) -> Case {
    case(
        format!("decrypt.padding.{}.{}", end.0, row.id),
        row.section(),
        format!("C_Decrypt with {} and a last block that ends with {} answers CKR_ENCRYPTED_DATA_INVALID.", row.name(), hex::encode(end.1)),
    )
    .run(move |cx| unpadded(cx, row, end.1))
}

/// Decrypts two blocks that were encrypted without padding.
fn unpadded(cx: &mut Context<'_>, row: &'static Row, end: &[u8]) -> Outcome {
    let operation = Operation::new(cx, row, Family::Decrypt)?;
    let (plain, size) = match row.kind {
        CKM_AES_CBC_PAD => (CKM_AES_CBC, 16),
        _ => (CKM_DES3_CBC, 8),
    };
    cx.mechanism(plain, CKF_ENCRYPT)?;
    let mut blocks = vec![0x77; 2 * size];
    let start = blocks.len() - end.len();
    blocks[start..].copy_from_slice(end);
    let mechanism = Mechanism::with_bytes(plain, &IV[..size]);
    cx.prepared(cx.c.encrypt_init(operation.session, Some(&mechanism), operation.keys.forward))?;
    let made =
        cx.c.encrypt(operation.session, &blocks, Out::Room(blocks.len()));
    if !made.rv.is_ok() {
        return not_applicable(format!("cannot be prepared: C_Encrypt answers {}", made.rv));
    }
    operation.start(cx)?;
    let refused = cx.c.decrypt(operation.session, &made.bytes, Out::Room(64));
    cx.expect_one_of(refused.rv, WRONG_LENGTH)?;
    operation.ended(cx)
}
