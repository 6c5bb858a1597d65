//! `C_GetSlotList` (PKCS#11 3.1 section 5.5.1).

use std::collections::BTreeSet;

use cryptoki_sys::{
    CK_SLOT_ID, CKF_TOKEN_PRESENT, CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL, CKR_OK,
    CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED,
};

use crate::c::{Arg, Function, Out};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::{Context, fail, not_applicable};

/// Returns the cases about the list of slots.
pub(super) fn cases() -> Vec<Case> {
    [counting(), contents()].into_iter().flatten().collect()
}

fn draft(id: &str, requirement: &str) -> Draft {
    let id = format!("slot.list.{id}");
    case(id, spec("5.5.1"), requirement).stage(Stage::Initialized)
}

/// Every slot, or every slot with a token.
pub(super) fn slots(cx: &Context<'_>, token_present: bool) -> Outcome<Vec<CK_SLOT_ID>> {
    let slots = cx.c.slots(token_present);
    slots.or_else(|rv| fail("C_GetSlotList answers CKR_OK", rv.to_string()))
}

fn counting() -> Vec<Case> {
    vec![
        draft(
            "count",
            "C_GetSlotList with a null list tells how many slots there are.",
        )
        .run(|cx| {
            for present in [false, true] {
                let counted = cx.c.slot_list(present, Out::Length);
                cx.ok(counted.rv)?;
                let there = slots(cx, present)?.len() as u64;
                cx.equal("count", &there, &counted.count)?;
            }
            Ok(())
        }),
        draft(
            "null-count",
            "C_GetSlotList without a place for the count answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let args = vec![Arg::Number(0), Arg::Null, Arg::Null];
            cx.expect(cx.c.call(Function::C_GetSlotList, args), CKR_ARGUMENTS_BAD)
        }),
        draft(
            "null-count-with-list",
            "C_GetSlotList with a list but no place for its count answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let mut list = [0; 64];
            let args = vec![Arg::Number(0), Arg::Numbers(&mut list), Arg::Null];
            cx.expect(cx.c.call(Function::C_GetSlotList, args), CKR_ARGUMENTS_BAD)
        }),
        draft(
            "too-small",
            "C_GetSlotList with too little room answers CKR_BUFFER_TOO_SMALL and tells how many slots there are.",
        )
        .run(|cx| {
            let there = slots(cx, false)?.len();
            if there < 2 {
                return not_applicable("the module has one slot");
            }
            too_small(cx, there, 1)
        }),
        draft(
            "no-room",
            "C_GetSlotList with a list of no room answers CKR_BUFFER_TOO_SMALL and tells how many slots there are.",
        )
        .run(|cx| too_small(cx, slots(cx, false)?.len(), 0)),
        draft(
            "roomy",
            "C_GetSlotList with more room than it needs tells how many slots it wrote, and writes no more.",
        )
        .run(|cx| {
            let there = slots(cx, false)?;
            let mut list = vec![u64::MAX - 1; there.len() + 3];
            let mut count = list.len() as u64;
            let args = vec![Arg::Number(0), Arg::Numbers(&mut list), Arg::Place(&mut count)];
            cx.ok(cx.c.call(Function::C_GetSlotList, args))?;
            cx.equal("count", &(there.len() as u64), &count)?;
            let rest = &list[there.len()..];
            cx.equal("what stands behind the slots", &&[u64::MAX - 1; 3][..], &rest)
        }),
    ]
}

/// Requires the code and the count of a list that is too short.
fn too_small(cx: &Context<'_>, there: usize, room: usize) -> Outcome {
    let mut list = [u64::MAX - 1; 2];
    let mut count = room as u64;
    let args = vec![
        Arg::Number(0),
        Arg::Numbers(&mut list),
        Arg::Place(&mut count),
    ];
    let rv = cx.c.call(Function::C_GetSlotList, args);
    cx.expect(rv, CKR_BUFFER_TOO_SMALL)?;
    cx.equal("count", &(there as u64), &count)?;
    let rest = &list[room..];
    cx.check(
        rest.iter().all(|slot| *slot == u64::MAX - 1),
        "nothing written behind the room",
        format!("{rest:?}"),
    )
}

fn contents() -> Vec<Case> {
    vec![
        draft(
            "stable",
            "C_GetSlotList gives the same slots each time when nothing is plugged in or out.",
        )
        .run(|cx| cx.equal("slots", &slots(cx, false)?, &slots(cx, false)?)),
        draft("distinct", "No slot is listed twice.").run(|cx| {
            let list = slots(cx, false)?;
            let distinct: BTreeSet<_> = list.iter().collect();
            cx.equal("distinct slots", &list.len(), &distinct.len())
        }),
        draft(
            "subset",
            "The slots with a token are among all the slots.",
        )
        .run(|cx| {
            let all = slots(cx, false)?;
            let present = slots(cx, true)?;
            let stray = present.iter().find(|slot| !all.contains(slot));
            cx.check(stray.is_none(), "a slot of the full list", format!("{stray:?}"))
        }),
        draft(
            "present",
            "The slots with a token are those whose C_GetSlotInfo sets CKF_TOKEN_PRESENT.",
        )
        .run(|cx| {
            let present = slots(cx, true)?;
            for slot in slots(cx, false)? {
                let (rv, info) = cx.c.slot_info(slot);
                cx.ok(rv)?;
                let flag = info.flags & CKF_TOKEN_PRESENT != 0;
                let which = format!("CKF_TOKEN_PRESENT of slot {slot}");
                cx.equal(&which, &present.contains(&slot), &flag)?;
            }
            Ok(())
        }),
        draft("all-answer", "Every listed slot answers C_GetSlotInfo.").run(|cx| {
            for slot in slots(cx, false)? {
                cx.ok(cx.c.slot_info(slot).0)?;
            }
            Ok(())
        }),
        draft(
            "tokens-answer",
            "Every slot with a token answers C_GetTokenInfo, and one without says CKR_TOKEN_NOT_PRESENT.",
        )
        .run(|cx| {
            let present = slots(cx, true)?;
            for slot in slots(cx, false)? {
                let codes: &[_] = if present.contains(&slot) {
                    &[CKR_OK, CKR_TOKEN_NOT_RECOGNIZED]
                } else {
                    &[CKR_TOKEN_NOT_PRESENT]
                };
                cx.expect_one_of(cx.c.token_info(slot).0, codes)?;
            }
            Ok(())
        }),
        draft(
            "again",
            "C_GetSlotList still gives the slot after C_Finalize and C_Initialize.",
        )
        .run(|cx| {
            cx.ok(cx.c.finalize())?;
            cx.ok(cx.c.initialize(None))?;
            let there = slots(cx, true)?.contains(&cx.slot);
            cx.check(there, format!("slot {}", cx.slot), "it is gone")
        }),
    ]
}
