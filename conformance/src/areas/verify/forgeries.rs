//! What verification refuses: changed signatures, changed data, wrong lengths, another key.

use cryptoki_sys::*;

use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::operations::mechanisms::{KeyKind, Row, SIGNATURES, row};
use crate::operations::{Family, Operation};

/// What answers a signature of a wrong length: the first should be it.
const WRONG_LENGTH: &[CK_RV] = &[CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let every = SIGNATURES.iter().flat_map(of_row);
    let parts = SIGNATURES.iter().filter(|row| row.parts).map(in_parts);
    every.chain(parts).chain(of_curve()).collect()
}

fn of_row(row: &'static Row) -> Vec<Case> {
    let name = row.name();
    let id = |rule: &str| format!("verify.{rule}.{}", row.id);
    vec![
        case(
            id("good"),
            spec("5.15.2"),
            format!("C_Verify with {name} and the signature of the data answers CKR_OK."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, Family::Verify)?;
            operation.start(cx)?;
            operation.goes_on(cx)
        }),
        case(
            id("changed-signature"),
            spec("5.15.2"),
            format!("C_Verify with {name} and a changed signature answers CKR_SIGNATURE_INVALID and ends the operation."),
        )
        .run(move |cx| changed_signature(cx, row)),
        case(
            id("changed-data"),
            spec("5.15.2"),
            format!("C_Verify with {name} and the signature of other data answers CKR_SIGNATURE_INVALID."),
        )
        .run(move |cx| {
            let mut operation = Operation::new(cx, row, Family::Verify)?;
            let last = operation.input.len() - 1;
            operation.input[last] ^= 1;
            operation.start(cx)?;
            cx.expect(operation.single(cx, operation.room()).rv, CKR_SIGNATURE_INVALID)
        }),
        case(
            id("wrong-length"),
            spec("5.15.2"),
            format!("C_Verify with {name} refuses signatures of a wrong length: empty, shortened, extended."),
        )
        .run(move |cx| lengths(cx, row, WRONG_LENGTH)),
        case(
            id("length-code"),
            spec("5.15.2"),
            format!("C_Verify with {name} and a signature of a wrong length answers CKR_SIGNATURE_LEN_RANGE."),
        )
        .should()
        .run(move |cx| lengths(cx, row, &WRONG_LENGTH[..1])),
    ]
}

fn changed_signature(cx: &mut Context<'_>, row: &'static Row) -> Outcome {
    let mut operation = Operation::new(cx, row, Family::Verify)?;
    let good = operation.signature.clone();
    for at in [0, good.len() / 2, good.len() - 1] {
        operation.signature = good.clone();
        operation.signature[at] ^= 1;
        operation.start(cx)?;
        cx.expect(
            operation.single(cx, operation.room()).rv,
            CKR_SIGNATURE_INVALID,
        )?;
        operation.ended(cx)?;
    }
    operation.signature = good;
    operation.start(cx)?;
    operation.goes_on(cx)
}

fn lengths(cx: &mut Context<'_>, row: &'static Row, codes: &[CK_RV]) -> Outcome {
    let mut operation = Operation::new(cx, row, Family::Verify)?;
    let good = operation.signature.clone();
    let longer = [good.clone(), vec![0]].concat();
    for wrong in [&good[..0], &good[..1], &good[..good.len() - 1], &longer] {
        operation.signature = wrong.to_vec();
        operation.start(cx)?;
        cx.expect_one_of(operation.single(cx, operation.room()).rv, codes)?;
        operation.ended(cx)?;
    }
    Ok(())
}

fn in_parts(row: &'static Row) -> Case {
    case(
        format!("verify.changed-in-parts.{}", row.id),
        spec("5.15.4"),
        format!("C_VerifyFinal with {} and a changed signature answers CKR_SIGNATURE_INVALID and ends the operation.", row.name()),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Verify)?;
        operation.signature[3] ^= 4;
        operation.start(cx)?;
        for part in operation.input.chunks(7) {
            cx.ok(operation.update(cx, part, operation.room()).rv)?;
        }
        cx.expect(operation.finish(cx, operation.room()).rv, CKR_SIGNATURE_INVALID)?;
        let late = operation.finish(cx, operation.room());
        cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

/// Numbers that are no ECDSA signature whatever the data is.
fn of_curve() -> Vec<Case> {
    let zero = |from: usize| move |signature: &mut [u8]| signature[from..from + 32].fill(0);
    let order = |from: usize| move |signature: &mut [u8]| signature[from..from + 32].fill(0xFF);
    vec![
        numbers("r-zero", "r is zero", zero(0)),
        numbers("s-zero", "s is zero", zero(32)),
        numbers("r-large", "r is not below the order", order(0)),
        numbers("s-large", "s is not below the order", order(32)),
        numbers("all-zero", "both are zero", |signature| signature.fill(0)),
    ]
}

fn numbers(id: &str, what: &str, change: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Case {
    case(
        format!("verify.ecdsa.{id}"),
        spec("6.3.12"),
        format!("C_Verify with CKM_ECDSA answers CKR_SIGNATURE_INVALID where {what}."),
    )
    .run(move |cx| {
        let row = row(SIGNATURES, "ecdsa");
        debug_assert!(row.key == KeyKind::P256);
        let mut operation = Operation::new(cx, row, Family::Verify)?;
        change(&mut operation.signature);
        operation.start(cx)?;
        cx.expect(
            operation.single(cx, operation.room()).rv,
            CKR_SIGNATURE_INVALID,
        )
    })
}
