//! Rules of the order of calls: what starts, continues, ends and cancels an operation.

use cryptoki_sys::*;

use super::family::{Family, Step};
use super::mechanisms::Row;
use super::operation::Operation;
use crate::c::Session;
use crate::c::function::Version;
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, fail};

/// Returns the cases of a family with the typical mechanisms of a table.
pub(crate) fn cases(family: Family, table: &'static [Row]) -> Vec<Case> {
    let typical = || table.iter().filter(|row| row.typical);
    let with_parts = typical().filter(|row| row.parts);
    let mut cases = unstarted(family);
    cases.extend(typical().flat_map(|row| of_single(family, row)));
    cases.extend(typical().flat_map(|row| of_cancelling(family, row)));
    cases.extend(with_parts.clone().flat_map(|row| of_parts(family, row)));
    if family != Family::Digest {
        cases.extend(with_parts.map(|row| beside_digest(family, row)));
    }
    cases
}

/// Calls without an operation, and in a session that is not there.
fn unstarted(family: Family) -> Vec<Case> {
    let steps = [Step::Single, Step::Update, Step::Final];
    let without = steps.into_iter().map(move |step| {
        let function = family.function(step);
        case(
            format!("{}.unstarted.{function}", family.area()),
            family.section(step),
            format!("{function} without an operation answers CKR_OPERATION_NOT_INITIALIZED."),
        )
        .run(move |cx| {
            let session = cx.session()?;
            let rv = family.try_step(cx.c, session, step);
            cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
        })
    });
    let steps = [Step::Init, Step::Single, Step::Update, Step::Final];
    let nowhere = steps.into_iter().map(move |step| {
        let function = family.function(step);
        case(
            format!("{}.no-session.{function}", family.area()),
            family.section(step),
            format!(
                "{function} in a session that is not there answers CKR_SESSION_HANDLE_INVALID."
            ),
        )
        .run(move |cx| {
            let rv = family.try_step(cx.c, Session(CK_INVALID_HANDLE), step);
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
        })
    });
    without.chain(nowhere).collect()
}

fn of_single(family: Family, row: &'static Row) -> Vec<Case> {
    let name = row.name();
    let (init, single) = (family.function(Step::Init), family.function(Step::Single));
    let id = |rule: &str| format!("{}.state.{rule}.{}", family.area(), row.id);
    vec![
        case(
            id("twice"),
            family.section(Step::Init),
            format!("A second {init} with {name} answers CKR_OPERATION_ACTIVE and leaves the first operation alone."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            cx.expect(operation.init(cx), CKR_OPERATION_ACTIVE)?;
            operation.goes_on(cx)
        }),
        case(
            id("single-ends"),
            family.section(Step::Single),
            format!("{single} with {name} ends the operation."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            cx.ok(operation.single(cx, operation.room()).rv)?;
            operation.ended(cx)
        }),
        case(
            id("again"),
            family.section(Step::Init),
            format!("After {single} with {name} another operation can be started in the session."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            for _ in 0..3 {
                operation.start(cx)?;
                operation.goes_on(cx)?;
            }
            Ok(())
        }),
        case(
            id("sessions-apart"),
            family.section(Step::Single),
            format!("An operation with {name} is active in the session that started it and in no other."),
        )
        .run(move |cx| sessions_apart(cx, row, family)),
        case(
            id("closed"),
            spec("5.6.2"),
            format!("Closing a session ends its operation with {name}, and a new session has none."),
        )
        .run(move |cx| closed(cx, row, family)),
    ]
}

fn of_cancelling(family: Family, row: &'static Row) -> Vec<Case> {
    let name = row.name();
    let init = family.function(Step::Init);
    let id = |rule: &str| format!("{}.cancel.{rule}.{}", family.area(), row.id);
    vec![
        case(
            id("null-mechanism"),
            family.section(Step::Init),
            format!("{init} with a null pointer for the mechanism ends an operation with {name}."),
        )
        .since(Version::V3_0)
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            let rv = family.cancel(cx.c, operation.session);
            cancelled(cx, &operation, rv)
        }),
        case(
            id("session-cancel"),
            spec("5.6.5"),
            format!("C_SessionCancel with the flag of {init} ends an operation with {name}, and another can be started."),
        )
        .since(Version::V3_0)
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            let rv = cx.c.session_cancel(operation.session, family.flag());
            cancelled(cx, &operation, rv)
        }),
        case(
            id("other-flags"),
            spec("5.6.5"),
            format!("C_SessionCancel with the flags of other operations leaves one with {name} alone."),
        )
        .since(Version::V3_0)
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            let others = (CKF_DECRYPT | CKF_DIGEST | CKF_ENCRYPT | CKF_SIGN | CKF_VERIFY) & !family.flag();
            cx.ok(cx.c.session_cancel(operation.session, others))?;
            cx.ok(cx.c.session_cancel(operation.session, 0))?;
            operation.goes_on(cx)
        }),
    ]
}

/// Judges a cancellation: a module may say that it cannot, and then has not.
fn cancelled(cx: &Context<'_>, operation: &Operation, rv: crate::c::Rv) -> Outcome {
    cx.expect_one_of(rv, &[CKR_OK, CKR_OPERATION_CANCEL_FAILED])?;
    if rv.0 == CKR_OPERATION_CANCEL_FAILED {
        return operation.goes_on(cx);
    }
    operation.ended(cx)?;
    operation.start(cx)?;
    operation.goes_on(cx)
}

fn of_parts(family: Family, row: &'static Row) -> Vec<Case> {
    let name = row.name();
    let single = family.function(Step::Single);
    let (update, finish) = (family.function(Step::Update), family.function(Step::Final));
    let id = |rule: &str| format!("{}.state.{rule}.{}", family.area(), row.id);
    vec![
        case(
            id("update-after-single"),
            family.section(Step::Update),
            format!("{update} after {single} with {name} answers CKR_OPERATION_NOT_INITIALIZED."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            cx.ok(operation.single(cx, operation.room()).rv)?;
            let late = operation.update(cx, &operation.input, operation.room());
            cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
        }),
        case(
            id("single-after-update"),
            family.section(Step::Single),
            format!("{single} after {update} with {name} is refused: it cannot end an operation in parts."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            cx.ok(operation.update(cx, &operation.input, operation.room()).rv)?;
            let rv = operation.single(cx, operation.room()).rv;
            cx.expect_one_of(rv, &[CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED])
        }),
        case(
            id("final-ends"),
            family.section(Step::Final),
            format!("{finish} with {name} ends the operation."),
        )
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            cx.ok(operation.update(cx, &operation.input, operation.room()).rv)?;
            cx.ok(operation.finish(cx, operation.room()).rv)?;
            let late = operation.finish(cx, operation.room());
            cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)?;
            operation.ended(cx)
        }),
        case(
            id("init-after-update"),
            family.section(Step::Init),
            format!("A second start in the middle of an operation in parts with {name} answers CKR_OPERATION_ACTIVE and leaves it alone."),
        )
        .run(move |cx| init_after_update(cx, row, family)),
    ]
}

fn beside_digest(family: Family, row: &'static Row) -> Case {
    case(
        format!("{}.state.beside-digest.{}", family.area(), row.id),
        spec("5.17"),
        format!("An operation with {} beside an active digest is refused with CKR_OPERATION_ACTIVE, or both give their right results.", row.name()),
    )
    .run(move |cx| beside(cx, row, family))
}

fn sessions_apart(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    let other = cx.session()?;
    operation.start(cx)?;
    let elsewhere = family.single(
        cx.c,
        other,
        &operation.input,
        &operation.signature,
        operation.room(),
    );
    cx.expect(elsewhere.rv, CKR_OPERATION_NOT_INITIALIZED)?;
    operation.goes_on(cx)
}

fn closed(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    cx.ok(cx.c.close_session(operation.session))?;
    let gone = operation.single(cx, operation.room());
    cx.expect(gone.rv, CKR_SESSION_HANDLE_INVALID)?;
    let fresh = cx.session()?;
    let none = family.single(
        cx.c,
        fresh,
        &operation.input,
        &operation.signature,
        operation.room(),
    );
    cx.expect(none.rv, CKR_OPERATION_NOT_INITIALIZED)
}

fn init_after_update(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    let first = operation.update(cx, &operation.input, operation.room());
    cx.ok(first.rv)?;
    cx.expect(operation.init(cx), CKR_OPERATION_ACTIVE)?;
    let last = operation.finish(cx, operation.room());
    cx.ok(last.rv)?;
    operation.right(cx, &[first.bytes, last.bytes].concat())
}

/// A digest and another operation in one session: a token that sets `CKF_DUAL_CRYPTO_OPERATIONS` allows it, others may.
fn beside(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    let digest = super::mechanisms::row(super::mechanisms::DIGESTS, "sha256");
    cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
    cx.ok(cx
        .c
        .digest_init(operation.session, Some(&digest.mechanism(0))))?;
    cx.ok(cx.c.digest_update(operation.session, &operation.data))?;
    let rv = operation.init(cx);
    let dual = cx.facts.token_flags & CKF_DUAL_CRYPTO_OPERATIONS != 0;
    if rv.0 == CKR_OPERATION_ACTIVE && dual {
        return fail(
            "a token with CKF_DUAL_CRYPTO_OPERATIONS starts both",
            rv.to_string(),
        );
    }
    cx.expect_one_of(rv, &[CKR_OK, CKR_OPERATION_ACTIVE])?;
    let result = if rv.is_ok() {
        let given = operation.single(cx, operation.room());
        cx.ok(given.rv)?;
        Some(given.bytes)
    } else {
        None
    };
    let given =
        cx.c.digest_final(operation.session, crate::c::Out::Room(64));
    cx.ok(given.rv)?;
    cx.equal_bytes(
        "the digest",
        &super::peer::sha256(&operation.data),
        &given.bytes,
    )?;
    result.map_or(Ok(()), |bytes| operation.right(cx, &bytes))
}
