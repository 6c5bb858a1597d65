//! `C_VerifySignatureInit` and its like, which are given the signature before the data (PKCS#11 3.2).

use cryptoki_sys::*;

use crate::c::function::Version;
use crate::c::{Arg, Function, Object, Rv, Session};
use crate::case::{Case, Draft, Outcome, case, spec32};
use crate::context::Context;
use crate::operations::mechanisms::{Row, SIGNATURES};
use crate::operations::{Family, Operation};

/// Where the functions are specified.
const SECTION: &str = "5.15";

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let rows = SIGNATURES.iter().flat_map(of_row);
    let parts = SIGNATURES
        .iter()
        .filter(|row| row.parts && row.typical)
        .flat_map(of_parts);
    rows.chain(parts)
        .chain(unstarted())
        .chain(of_init())
        .collect()
}

fn draft(id: String, requirement: String) -> Draft {
    case(id, spec32(SECTION), requirement).since(Version::V3_2)
}

/// Starts with a signature.
fn init(cx: &Context<'_>, operation: &Operation, signature: &[u8]) -> Rv {
    let mechanism = operation.mechanism();
    cx.c.verify_signature_init(
        operation.session,
        Some(&mechanism),
        operation.key(),
        signature,
    )
}

fn of_row(row: &'static Row) -> [Case; 2] {
    let name = row.name();
    [
        draft(
            format!("verify.signature-first.good.{}", row.id),
            format!("C_VerifySignature with {name} and the data of the signature answers CKR_OK and ends the operation."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, Family::Verify)?;
            cx.ok(init(cx, &operation, &operation.signature))?;
            cx.ok(cx.c.verify_signature(operation.session, &operation.input))?;
            ended(cx, operation.session)
        }),
        draft(
            format!("verify.signature-first.changed.{}", row.id),
            format!("C_VerifySignature with {name} and other data answers CKR_SIGNATURE_INVALID and ends the operation."),
        )
        .run(move |cx| {
            let mut operation = Operation::new(cx, row, Family::Verify)?;
            let last = operation.input.len() - 1;
            operation.input[last] ^= 1;
            cx.ok(init(cx, &operation, &operation.signature))?;
            let rv = cx.c.verify_signature(operation.session, &operation.input);
            cx.expect(rv, CKR_SIGNATURE_INVALID)?;
            ended(cx, operation.session)
        }),
    ]
}

fn ended(cx: &Context<'_>, session: Session) -> Outcome {
    cx.expect(
        cx.c.verify_signature(session, b"data"),
        CKR_OPERATION_NOT_INITIALIZED,
    )
}

fn of_parts(row: &'static Row) -> [Case; 2] {
    let name = row.name();
    [
        draft(
            format!("verify.signature-first.parts.{}", row.id),
            format!("C_VerifySignatureFinal with {name} answers CKR_OK where the parts are the data of the signature, and ends the operation."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, Family::Verify)?;
            cx.ok(init(cx, &operation, &operation.signature))?;
            for part in operation.input.chunks(7) {
                cx.ok(cx.c.verify_signature_update(operation.session, part))?;
            }
            cx.ok(cx.c.verify_signature_final(operation.session))?;
            ended(cx, operation.session)
        }),
        draft(
            format!("verify.signature-first.single-after-update.{}", row.id),
            format!("C_VerifySignature after C_VerifySignatureUpdate with {name} is refused: it cannot end an operation in parts."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, Family::Verify)?;
            cx.ok(init(cx, &operation, &operation.signature))?;
            cx.ok(cx.c.verify_signature_update(operation.session, &operation.input))?;
            let rv = cx.c.verify_signature(operation.session, b"");
            cx.expect_one_of(rv, &[CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED])
        }),
    ]
}

fn unstarted() -> Vec<Case> {
    let functions = [
        Function::C_VerifySignature,
        Function::C_VerifySignatureUpdate,
        Function::C_VerifySignatureFinal,
    ];
    let of = |function: Function| {
        draft(
            format!("verify.unstarted.{function}"),
            format!("{function} without an operation answers CKR_OPERATION_NOT_INITIALIZED."),
        )
        .run(move |cx| {
            let session = cx.session()?;
            let rv = match function {
                Function::C_VerifySignature => cx.c.verify_signature(session, b"data"),
                Function::C_VerifySignatureUpdate => cx.c.verify_signature_update(session, b"data"),
                _ => cx.c.verify_signature_final(session),
            };
            cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
        })
    };
    functions.map(of).into()
}

fn of_init() -> Vec<Case> {
    let row = crate::operations::mechanisms::row(SIGNATURES, "sha256-hmac");
    vec![
        draft(
            "verify.signature-first.twice".into(),
            "A second C_VerifySignatureInit answers CKR_OPERATION_ACTIVE and leaves the first operation alone.".into(),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, Family::Verify)?;
            cx.ok(init(cx, &operation, &operation.signature))?;
            cx.expect(init(cx, &operation, &operation.signature), CKR_OPERATION_ACTIVE)?;
            cx.ok(cx.c.verify_signature(operation.session, &operation.input))
        }),
        draft(
            "verify.signature-first.cancel".into(),
            "C_VerifySignatureInit with a null pointer for the mechanism ends the operation.".into(),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, Family::Verify)?;
            cx.ok(init(cx, &operation, &operation.signature))?;
            let args = vec![
                Arg::Number(operation.session.0),
                Arg::Null,
                Arg::Number(CK_INVALID_HANDLE),
                Arg::Null,
                Arg::Number(0),
            ];
            let rv = cx.c.call(Function::C_VerifySignatureInit, args);
            cx.expect_one_of(rv, &[CKR_OK, CKR_OPERATION_CANCEL_FAILED])?;
            if rv.is_ok() { ended(cx, operation.session) } else { Ok(()) }
        }),
        draft(
            "verify.signature-first.key-zero".into(),
            "C_VerifySignatureInit with a handle of nothing answers CKR_KEY_HANDLE_INVALID.".into(),
        )
        .run(move |cx| {
            cx.mechanism(row.kind, CKF_VERIFY)?;
            let session = cx.session()?;
            let mechanism = row.mechanism(0);
            let nothing = Object(CK_INVALID_HANDLE);
            let rv = cx.c.verify_signature_init(session, Some(&mechanism), nothing, &[0; 32]);
            cx.expect(rv, CKR_KEY_HANDLE_INVALID)
        }),
        draft(
            "verify.signature-first.wrong-length".into(),
            "A signature of a wrong length is refused, when the operation starts or when it ends.".into(),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, Family::Verify)?;
            let rv = init(cx, &operation, &operation.signature[..31]);
            let codes = [CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID];
            if !rv.is_ok() {
                return cx.expect_one_of(rv, &codes);
            }
            let rv = cx.c.verify_signature(operation.session, &operation.input);
            cx.expect_one_of(rv, &codes)
        }),
    ]
}
