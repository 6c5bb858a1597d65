//! Rules of output buffers (PKCS#11 3.1 section 5.2): lengths are asked for and told, a short buffer costs nothing, and an operation
//! goes on until its output was really given.

use cryptoki_sys::*;

use super::family::{Family, Step};
use super::mechanisms::Row;
use super::operation::Operation;
use crate::c::{Out, Output};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};

/// Returns the cases of a family with every mechanism of a table.
pub(crate) fn cases(family: Family, table: &'static [Row]) -> Vec<Case> {
    let every = table.iter().flat_map(|row| of_row(family, row));
    let typical = table.iter().filter(|row| row.typical);
    every
        .chain(typical.flat_map(|row| of_typical_row(family, row)))
        .collect()
}

fn of_row(family: Family, row: &'static Row) -> Vec<Case> {
    let name = row.name();
    let function = family.function(Step::Single);
    let id = |rule: &str| format!("{}.buffer.{rule}.{}", family.area(), row.id);
    let exact = case(
        id("exact"),
        spec("5.2"),
        format!("{function} with {name} gives its whole output to a buffer of exactly that size."),
    );
    // What is shorter than its ciphertext may not be known to fit before it is decrypted, so a later specification allows to ask for
    // more room.
    let exact = if family == Family::Decrypt && (row.pads() || row.authenticates()) {
        exact.should()
    } else {
        exact
    };
    vec![
        case(
            id("query"),
            spec("5.2"),
            format!("{function} with {name} and without a buffer tells a sufficient length and leaves the operation active."),
        )
        .run(move |cx| query(cx, row, family)),
        case(
            id("small"),
            spec("5.2"),
            format!("{function} with {name} and too small a buffer answers CKR_BUFFER_TOO_SMALL, tells the length and leaves the operation active."),
        )
        .run(move |cx| small(cx, row, family)),
        exact.run(move |cx| exact_room(cx, row, family)),
    ]
}

fn of_typical_row(family: Family, row: &'static Row) -> Vec<Case> {
    let name = row.name();
    let id = |rule: &str| format!("{}.buffer.{rule}.{}", family.area(), row.id);
    let single = family.function(Step::Single);
    let mut cases = vec![
        case(
            id("larger"),
            spec("5.2"),
            format!(
                "{single} with {name} and a larger buffer tells exactly how many bytes it gave."
            ),
        )
        .run(move |cx| larger(cx, row, family)),
        case(
            id("no-length"),
            family.section(Step::Single),
            format!(
                "{single} with {name} and a null pointer for the length answers CKR_ARGUMENTS_BAD."
            ),
        )
        .should()
        .run(move |cx| {
            let operation = Operation::new(cx, row, family)?;
            operation.start(cx)?;
            cx.expect(operation.single(cx, Out::NoLength).rv, CKR_ARGUMENTS_BAD)
        }),
    ];
    if row.parts {
        cases.extend(of_end(family, row));
    }
    if row.parts && family.streams() {
        cases.extend(of_update(family, row));
    }
    cases
}

fn of_update(family: Family, row: &'static Row) -> [Case; 2] {
    let name = row.name();
    let update = family.function(Step::Update);
    let id = |rule: &str| format!("{}.buffer.{rule}.{}", family.area(), row.id);
    [
        case(
            id("update-query"),
            spec("5.2"),
            format!("{update} with {name} and without a buffer tells a sufficient length and takes nothing."),
        )
        .run(move |cx| update_query(cx, row, family)),
        case(
            id("update-small"),
            spec("5.2"),
            format!("{update} with {name} and too small a buffer answers CKR_BUFFER_TOO_SMALL and takes nothing."),
        )
        .run(move |cx| update_small(cx, row, family)),
    ]
}

fn of_end(family: Family, row: &'static Row) -> [Case; 2] {
    let name = row.name();
    let finish = family.function(Step::Final);
    let id = |rule: &str| format!("{}.buffer.{rule}.{}", family.area(), row.id);
    [
        case(
            id("final-query"),
            spec("5.2"),
            format!("{finish} with {name} and without a buffer tells a sufficient length and leaves the operation active."),
        )
        .run(move |cx| final_query(cx, row, family)),
        case(
            id("final-small"),
            spec("5.2"),
            format!("{finish} with {name} and too small a buffer answers CKR_BUFFER_TOO_SMALL, tells the length and leaves the operation active."),
        )
        .run(move |cx| final_small(cx, row, family)),
    ]
}

/// Returns a told length as room.
fn told(output: &Output) -> Out {
    Out::Room(usize::try_from(output.length).unwrap_or(0).min(1 << 20))
}

fn sufficient(cx: &Context<'_>, needed: usize, output: &Output) -> Outcome {
    cx.check(
        output.length >= needed as CK_ULONG,
        format!("{} tells at least {needed} bytes", cx.c.answered(output.rv)),
        output.length.to_string(),
    )
}

fn query(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    let asked = operation.single(cx, Out::Length);
    cx.ok(asked.rv)?;
    sufficient(cx, operation.output(), &asked)?;
    let given = operation.single(cx, told(&asked));
    cx.ok(given.rv)?;
    operation.right(cx, &given.bytes)
}

fn small(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    let short = operation.single(cx, Out::Room(operation.output() - 1));
    cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
    sufficient(cx, operation.output(), &short)?;
    let given = operation.single(cx, told(&short));
    cx.ok(given.rv)?;
    operation.right(cx, &given.bytes)
}

fn exact_room(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    let given = operation.single(cx, Out::Room(operation.output()));
    cx.ok(given.rv)?;
    operation.right(cx, &given.bytes)
}

fn larger(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    let given = operation.single(
        cx,
        Out::Room(operation.input.len().max(operation.output()) + 77),
    );
    cx.ok(given.rv)?;
    cx.equal(
        "the length told",
        &(operation.output() as CK_ULONG),
        &given.length,
    )?;
    operation.right(cx, &given.bytes)
}

fn update_query(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    let asked = operation.update(cx, &operation.input, Out::Length);
    cx.ok(asked.rv)?;
    let given = operation.update(cx, &operation.input, told(&asked));
    cx.ok(given.rv)?;
    end_and_compare(cx, &operation, given)
}

fn update_small(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    let short = operation.update(cx, &operation.input, Out::Room(1));
    if short.rv.is_ok() && short.length <= 1 {
        return not_applicable("the module gives nothing before the end");
    }
    cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
    sufficient(cx, 2, &short)?;
    let given = operation.update(cx, &operation.input, told(&short));
    cx.ok(given.rv)?;
    end_and_compare(cx, &operation, given)
}

fn end_and_compare(cx: &Context<'_>, operation: &Operation, first: Output) -> Outcome {
    let last = operation.finish(cx, operation.room());
    cx.ok(last.rv)?;
    operation.right(cx, &[first.bytes, last.bytes].concat())
}

/// Starts an operation and gives it all its data as one part; returns what came out so far.
fn fed(cx: &Context<'_>, operation: &Operation) -> Outcome<Vec<u8>> {
    operation.start(cx)?;
    let given = operation.update(cx, &operation.input, operation.room());
    cx.ok(given.rv)?;
    Ok(given.bytes)
}

fn final_query(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    let first = fed(cx, &operation)?;
    let asked = operation.finish(cx, Out::Length);
    cx.ok(asked.rv)?;
    sufficient(cx, operation.output().saturating_sub(first.len()), &asked)?;
    let given = operation.finish(cx, told(&asked));
    // Nothing is left to give where a length of zero was told: that query may have been the end.
    if asked.length == 0 && given.rv.0 == CKR_OPERATION_NOT_INITIALIZED {
        return operation.right(cx, &first);
    }
    cx.ok(given.rv)?;
    operation.right(cx, &[first, given.bytes].concat())
}

fn final_small(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    let operation = Operation::new(cx, row, family)?;
    let first = fed(cx, &operation)?;
    let left = operation.output().saturating_sub(first.len());
    if left == 0 {
        return not_applicable("nothing is left for the end");
    }
    let short = operation.finish(cx, Out::Room(left - 1));
    cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
    sufficient(cx, left, &short)?;
    let given = operation.finish(cx, told(&short));
    cx.ok(given.rv)?;
    operation.right(cx, &[first, given.bytes].concat())
}
