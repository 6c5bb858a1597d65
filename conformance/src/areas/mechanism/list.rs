//! `C_GetMechanismList` (PKCS#11 3.1 section 5.5.5).

use std::collections::BTreeSet;

use cryptoki_sys::{CK_MECHANISM_TYPE, CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL};

use crate::c::{Arg, Function, Out, names};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::{Context, fail};

/// What a place of the list holds that was not written.
const UNTOUCHED: CK_MECHANISM_TYPE = 0xA5A5_A5A5_A5A5_A5A5;

fn draft(id: &str, requirement: &str) -> Draft {
    let id = format!("mechanism.list.{id}");
    case(id, spec("5.5.5"), requirement).stage(Stage::Public)
}

fn mechanisms(cx: &Context<'_>) -> Outcome<Vec<CK_MECHANISM_TYPE>> {
    let list = cx.c.mechanisms(cx.slot);
    list.or_else(|rv| fail("C_GetMechanismList answers CKR_OK", rv.to_string()))
}

/// Returns the cases about the list of mechanisms.
pub(super) fn cases() -> Vec<Case> {
    [counting(), contents()].into_iter().flatten().collect()
}

fn counting() -> Vec<Case> {
    vec![
        draft(
            "count",
            "C_GetMechanismList with a null list tells how many mechanisms there are.",
        )
        .run(|cx| {
            let counted = cx.c.mechanism_list(cx.slot, Out::Length);
            cx.ok(counted.rv)?;
            cx.equal("count", &(mechanisms(cx)?.len() as u64), &counted.count)
        }),
        draft(
            "null-count",
            "C_GetMechanismList without a place for the count answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let args = vec![Arg::Number(cx.slot), Arg::Null, Arg::Null];
            let rv = cx.c.call(Function::C_GetMechanismList, args);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
        draft(
            "too-small",
            "C_GetMechanismList with room for one mechanism too few answers CKR_BUFFER_TOO_SMALL and tells how many there are.",
        )
        .run(|cx| {
            let there = mechanisms(cx)?.len();
            too_small(cx, there, there.saturating_sub(1))
        }),
        draft(
            "no-room",
            "C_GetMechanismList with a list of no room answers CKR_BUFFER_TOO_SMALL and tells how many mechanisms there are.",
        )
        .run(|cx| too_small(cx, mechanisms(cx)?.len(), 0)),
        draft(
            "roomy",
            "C_GetMechanismList with more room than it needs tells how many mechanisms it wrote, and writes no more.",
        )
        .run(|cx| {
            let there = mechanisms(cx)?.len();
            let mut list = vec![UNTOUCHED; there + 3];
            let mut count = list.len() as u64;
            let args = vec![Arg::Number(cx.slot), Arg::Numbers(&mut list), Arg::Place(&mut count)];
            cx.ok(cx.c.call(Function::C_GetMechanismList, args))?;
            cx.equal("count", &(there as u64), &count)?;
            let rest = &list[there..];
            cx.equal("what stands behind the mechanisms", &&[UNTOUCHED; 3][..], &rest)
        }),
    ]
}

/// Requires the code and the count of a list that is too short, and that nothing is written behind it.
fn too_small(cx: &Context<'_>, there: usize, room: usize) -> Outcome {
    let mut list = vec![UNTOUCHED; room + 1];
    let mut count = room as u64;
    let args = vec![
        Arg::Number(cx.slot),
        Arg::Numbers(&mut list),
        Arg::Place(&mut count),
    ];
    let rv = cx.c.call(Function::C_GetMechanismList, args);
    cx.expect(rv, CKR_BUFFER_TOO_SMALL)?;
    cx.equal("count", &(there as u64), &count)?;
    cx.equal("what stands behind the room", &UNTOUCHED, &list[room])
}

fn contents() -> Vec<Case> {
    vec![
        draft(
            "some",
            "A token with which sessions can be opened lists a mechanism at least.",
        )
        .should()
        .run(|cx| cx.check(!mechanisms(cx)?.is_empty(), "a mechanism", "none")),
        draft("distinct", "No mechanism is listed twice.").run(|cx| {
            let mut seen = BTreeSet::new();
            for kind in mechanisms(cx)? {
                let name = names::name(names::MECHANISMS, kind);
                cx.check(
                    seen.insert(kind),
                    "each mechanism once",
                    format!("{name} again"),
                )?;
            }
            Ok(())
        }),
        draft(
            "stable",
            "C_GetMechanismList gives the same mechanisms each time.",
        )
        .run(|cx| {
            let set = |list: Vec<CK_MECHANISM_TYPE>| list.into_iter().collect::<BTreeSet<_>>();
            let first = set(mechanisms(cx)?);
            cx.equal("mechanisms", &first, &set(mechanisms(cx)?))
        }),
        draft(
            "logged-in",
            "A login of the user takes no mechanism off the list.",
        )
        .should()
        .stage(Stage::User)
        .run(|cx| {
            let now = mechanisms(cx)?;
            let gone = cx
                .facts
                .mechanisms
                .iter()
                .find(|one| !now.contains(&one.kind));
            let name = gone.map(|one| names::name(names::MECHANISMS, one.kind));
            cx.check(
                gone.is_none(),
                "every mechanism of before",
                format!("{name:?} is gone"),
            )
        }),
        draft(
            "known",
            "Mechanisms below CKM_VENDOR_DEFINED are mechanisms of the standard.",
        )
        .should()
        .run(|cx| {
            const VENDOR_DEFINED: CK_MECHANISM_TYPE = 0x8000_0000;
            for kind in mechanisms(cx)? {
                let known = names::MECHANISMS.iter().any(|one| one.0 == kind);
                cx.check(
                    known || kind >= VENDOR_DEFINED,
                    "a mechanism of the standard",
                    format!("{kind:#x}"),
                )?;
            }
            Ok(())
        }),
    ]
}
