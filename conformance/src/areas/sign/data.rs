//! What signing takes and gives: signatures of the specified length over data of every length that is allowed.

use cryptoki_sys::*;

use crate::c::Out;
use crate::case::{Case, case, spec};
use crate::context::fail;
use crate::operations::mechanisms::{Row, SIGNATURES, Takes, pattern};
use crate::operations::{Family, Operation};

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let limited = SIGNATURES.iter().flat_map(|row| {
        let bad = match row.takes {
            Takes::AtMost(most) => vec![most + 1],
            Takes::Exactly(exact) => vec![exact - 1, exact + 1],
            _ => Vec::new(),
        };
        bad.into_iter().map(move |length| wrong_length(row, length))
    });
    let any = || {
        SIGNATURES
            .iter()
            .filter(|row| row.takes == Takes::Any && row.parts)
    };
    let random = SIGNATURES.iter().filter(|row| row.is_randomised());
    let fixed = SIGNATURES.iter().filter(|row| !row.is_randomised());
    any()
        .map(lengths)
        .chain(any().map(nothing))
        .chain(limited)
        .chain(random.map(differs))
        .chain(fixed.map(repeats))
        .chain(SIGNATURES.iter().filter(|row| !row.parts).map(no_parts))
        .collect()
}

fn lengths(row: &'static Row) -> Case {
    case(
        format!("sign.lengths.{}", row.id),
        row.section(),
        format!(
            "What C_Sign with {} makes has {} bytes and verifies, whatever the length of the data.",
            row.name(),
            row.output
        ),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Sign)?;
        for length in [1, 16, 63, 64, 65, 127, 128, 1000, 5000] {
            operation.data = pattern(length);
            operation.input = operation.data.clone();
            match operation.whole(cx) {
                Ok(signature) => operation.right(cx, &signature)?,
                Err(rv) => return fail(format!("{length} bytes are signed"), rv.to_string()),
            }
        }
        Ok(())
    })
}

fn nothing(row: &'static Row) -> Case {
    case(
        format!("sign.nothing.{}", row.id),
        row.section(),
        format!("C_Sign with {} signs no data at all.", row.name()),
    )
    .run(move |cx| {
        let operation = Operation::with_data(cx, row, Family::Sign, &[])?;
        match operation.whole(cx) {
            Ok(signature) => operation.right(cx, &signature),
            Err(rv) => fail("no data is signed", rv.to_string()),
        }
    })
}

fn wrong_length(row: &'static Row, length: usize) -> Case {
    case(
        format!("sign.wrong-length-{length}.{}", row.id),
        spec("5.13.2"),
        format!(
            "C_Sign with {} and {length} bytes answers CKR_DATA_LEN_RANGE and ends the operation.",
            row.name()
        ),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Sign)?;
        operation.start(cx)?;
        let refused =
            cx.c.sign(operation.session, &pattern(length), Out::Room(512));
        cx.expect(refused.rv, CKR_DATA_LEN_RANGE)?;
        operation.ended(cx)?;
        operation.start(cx)?;
        operation.goes_on(cx)
    })
}

fn differs(row: &'static Row) -> Case {
    case(
        format!("sign.random.{}", row.id),
        row.section(),
        format!("Two signatures of the same data with {} verify both, and differ unless they are made deterministically.", row.name()),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Sign)?;
        let (Ok(first), Ok(second)) = (operation.whole(cx), operation.whole(cx)) else {
            return fail("two signatures", "C_Sign fails");
        };
        operation.right(cx, &first)?;
        operation.right(cx, &second)?;
        if first == second {
            cx.remark("the signatures are the same: made deterministically");
        }
        // The salt of PSS is random; only ECDSA may derive its secret number from the data (RFC 6979).
        let salted = row.id.contains("pss");
        cx.check(!salted || first != second, "two signatures", "the same one twice")
    })
}

fn repeats(row: &'static Row) -> Case {
    case(
        format!("sign.same.{}", row.id),
        row.section(),
        format!(
            "C_Sign with {} gives the same for the same data, and another for other data.",
            row.name()
        ),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Sign)?;
        let (Ok(first), Ok(second)) = (operation.whole(cx), operation.whole(cx)) else {
            return fail("two signatures", "C_Sign fails");
        };
        cx.equal_bytes("the second signature", &first, &second)?;
        let last = operation.input.len() - 1;
        operation.input[last] ^= 1;
        match operation.whole(cx) {
            Ok(other) => cx.check(other != first, "another signature", "the same one"),
            Err(rv) => fail("a signature of other data", rv.to_string()),
        }
    })
}

fn no_parts(row: &'static Row) -> Case {
    case(
        format!("sign.no-parts.{}", row.id),
        row.section(),
        format!("An operation in parts with {}, which works in a single part only, gives no other result than a single call.", row.name()),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Sign)?;
        operation.start(cx)?;
        // A module that gathers the parts does more than it must, and has to do it right.
        let rv = operation.update(cx, &operation.input, operation.room()).rv;
        if !rv.is_ok() {
            return Ok(());
        }
        let given = operation.finish(cx, operation.room());
        if given.rv.is_ok() { operation.right(cx, &given.bytes) } else { Ok(()) }
    })
}
