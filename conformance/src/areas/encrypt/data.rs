//! What encryption takes and gives: every length that a mechanism allows, none that it does not, and another implementation's answer.

use cryptoki_sys::*;

use crate::c::Out;
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, fail, not_applicable};
use crate::operations::mechanisms::{CIPHERS, KeyKind, Row, Takes, pattern};
use crate::operations::peer::{self, Opened};
use crate::operations::{Family, Operation};

/// Lengths around the blocks of all ciphers.
const LENGTHS: &[usize] = &[
    1, 7, 8, 15, 16, 17, 24, 31, 32, 33, 48, 64, 100, 255, 1000, 4096,
];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let symmetric = || CIPHERS.iter().filter(|row| row.key != KeyKind::RsaCipher);
    let wrong = CIPHERS.iter().filter_map(|row| {
        let bad = match row.takes {
            Takes::Blocks(size) => size * 2 - 1,
            Takes::AtLeast(least) => least - 1,
            Takes::AtMost(most) => most + 1,
            Takes::Any | Takes::Exactly(_) => return None,
        };
        Some(wrong_length(row, bad))
    });
    let blocks = symmetric().filter(|row| matches!(row.takes, Takes::Blocks(_)));
    let empty = symmetric().filter(|row| row.takes == Takes::Any);
    symmetric()
        .map(round_trip)
        .chain(symmetric().filter(|row| has_peer(row)).map(compared))
        .chain(wrong)
        .chain(blocks.map(partial_end))
        .chain(empty.map(nothing))
        .collect()
}

fn has_peer(row: &Row) -> bool {
    !matches!(peer::open(row.kind, &[0; 32], &[]), Opened::Unknown)
}

fn round_trip(row: &'static Row) -> Case {
    case(
        format!("encrypt.lengths.{}", row.id),
        row.section(),
        format!("What C_Encrypt with {} makes has the length that is specified and decrypts to the data, for every length that is allowed.", row.name()),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Encrypt)?;
        let mut operation = operation;
        for length in LENGTHS.iter().filter(|length| row.accepts(**length)) {
            operation.data = pattern(*length);
            operation.input = operation.data.clone();
            match operation.whole(cx) {
                Ok(ciphertext) => operation.right(cx, &ciphertext)?,
                Err(rv) => return fail(format!("{length} bytes are encrypted"), rv.to_string()),
            }
        }
        Ok(())
    })
}

fn compared(row: &'static Row) -> Case {
    case(
        format!("encrypt.compared.{}", row.id),
        row.section(),
        format!(
            "Another implementation decrypts what C_Encrypt with {} makes.",
            row.name()
        ),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Encrypt)?;
        let Some(key) = operation.keys.value.clone() else {
            return not_applicable("the module imports no keys of this type");
        };
        for length in LENGTHS.iter().filter(|length| row.accepts(**length)) {
            operation.data = pattern(*length);
            operation.input = operation.data.clone();
            match operation
                .whole(cx)
                .map(|bytes| peer::open(row.kind, &key, &bytes))
            {
                Ok(Opened::Plain(plain)) => {
                    cx.equal_bytes("the other's plaintext", &operation.data, &plain)?;
                }
                Ok(_) => return fail("the other implementation decrypts it", "it does not"),
                Err(rv) => return fail(format!("{length} bytes are encrypted"), rv.to_string()),
            }
        }
        Ok(())
    })
}

fn wrong_length(row: &'static Row, length: usize) -> Case {
    case(
        format!("encrypt.wrong-length.{}", row.id),
        spec("5.8.2"),
        format!("C_Encrypt with {} and {length} bytes answers CKR_DATA_LEN_RANGE and ends the operation.", row.name()),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Encrypt)?;
        operation.start(cx)?;
        operation.input = pattern(length);
        let refused = operation.single(cx, Out::Room(1024));
        cx.expect(refused.rv, CKR_DATA_LEN_RANGE)?;
        operation.ended(cx)?;
        operation.input = operation.data.clone();
        operation.start(cx)?;
        operation.goes_on(cx)
    })
}

fn partial_end(row: &'static Row) -> Case {
    case(
        format!("encrypt.partial-end.{}", row.id),
        spec("5.8.4"),
        format!("C_EncryptFinal with {} and a block that is not whole answers CKR_DATA_LEN_RANGE and ends the operation.", row.name()),
    )
    .run(move |cx| partial(cx, row))
}

fn partial(cx: &mut Context<'_>, row: &'static Row) -> Outcome {
    let operation = Operation::new(cx, row, Family::Encrypt)?;
    operation.start(cx)?;
    let part = &operation.input[..row.step() + 1];
    cx.ok(operation.update(cx, part, operation.room()).rv)?;
    cx.expect(
        operation.finish(cx, operation.room()).rv,
        CKR_DATA_LEN_RANGE,
    )?;
    let late = operation.finish(cx, operation.room());
    cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
}

fn nothing(row: &'static Row) -> Case {
    case(
        format!("encrypt.nothing.{}", row.id),
        row.section(),
        format!(
            "C_Encrypt with {} encrypts no data at all, and that decrypts to none.",
            row.name()
        ),
    )
    .run(move |cx| {
        let operation = Operation::with_data(cx, row, Family::Encrypt, &[])?;
        match operation.whole(cx) {
            Ok(ciphertext) => operation.right(cx, &ciphertext),
            Err(rv) => fail("no data is encrypted", rv.to_string()),
        }
    })
}
