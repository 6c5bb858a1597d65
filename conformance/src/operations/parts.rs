//! Data in parts: the sum of the parts is what a single call gives, however the data is cut.

use cryptoki_sys::{CKM_AES_CTS, CKR_OK};

use super::family::{Family, Step};
use super::mechanisms::{Row, pattern};
use super::operation::Operation;
use crate::c::Out;
use crate::case::{Case, Outcome, case};
use crate::context::{Context, fail};

/// Returns the cases of a family with the mechanisms of a table that work in parts.
pub(crate) fn cases(family: Family, table: &'static [Row]) -> Vec<Case> {
    let with_parts = || table.iter().filter(|row| row.parts);
    let mut cases: Vec<Case> = with_parts().map(|row| cut(family, row)).collect();
    cases.extend(
        with_parts()
            .filter(|row| row.typical)
            .map(|row| empty(family, row)),
    );
    cases
}

fn cut(family: Family, row: &'static Row) -> Case {
    let made = case(
        format!("{}.parts.{}", family.area(), row.id),
        family.section(Step::Update),
        format!(
            "{} with {} gives what a single call gives, in single bytes and in parts around the size of a block.",
            family.function(Step::Update),
            row.name()
        ),
    );
    // Section 6.12 has no final part, so it leaves open how parts that are no blocks end.
    let made = if row.kind == CKM_AES_CTS {
        made.should()
    } else {
        made
    };
    made.run(move |cx| {
        // Long enough for several parts of every size, and for the mechanisms that take whole blocks.
        let operation = Operation::with_data(cx, row, family, &pattern(160))?;
        let step = row.step();
        for size in [1, step - 1, step, step + 1, 3 * step] {
            let parts: Vec<&[u8]> = operation.input.chunks(size).collect();
            same(cx, &operation, &parts)?;
        }
        Ok(())
    })
}

fn empty(family: Family, row: &'static Row) -> Case {
    case(
        format!("{}.empty-parts.{}", family.area(), row.id),
        family.section(Step::Update),
        format!(
            "{} with {} and no data changes nothing.",
            family.function(Step::Update),
            row.name()
        ),
    )
    .should()
    .run(move |cx| {
        let operation = Operation::with_data(cx, row, family, &pattern(160))?;
        let (first, second) = operation.input.split_at(32);
        same(cx, &operation, &[&[], first, &[], second, &[]])
    })
}

/// Runs an operation in these parts and compares it with the whole.
fn same(cx: &Context<'_>, operation: &Operation, parts: &[&[u8]]) -> Outcome {
    operation.start(cx)?;
    let mut given = Vec::new();
    for part in parts {
        let output = operation.update(cx, part, Out::Room(operation.input.len() + 64));
        cx.expect(output.rv, CKR_OK)?;
        given.extend(output.bytes);
    }
    let last = operation.finish(cx, Out::Room(operation.input.len() + 512));
    cx.expect(last.rv, CKR_OK)?;
    given.extend(last.bytes);
    compare(cx, operation, &given)
}

fn compare(cx: &Context<'_>, operation: &Operation, given: &[u8]) -> Outcome {
    let randomised = operation.row.is_randomised();
    match operation.family {
        Family::Verify => Ok(()),
        Family::Decrypt => cx.equal_bytes("the plaintext", &operation.data, given),
        Family::Sign if randomised => match operation.inverse(cx, &operation.data, given) {
            Ok(_) => Ok(()),
            Err(rv) => fail("the signature verifies", rv.to_string()),
        },
        _ => match operation.whole(cx) {
            Ok(whole) => cx.equal_bytes("what a single call gives", &whole, given),
            Err(rv) => fail("the same in a single call", rv.to_string()),
        },
    }
}
