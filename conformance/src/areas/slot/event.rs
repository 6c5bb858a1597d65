//! `C_WaitForSlotEvent` without waiting (PKCS#11 3.1 section 5.5.4).

use cryptoki_sys::{CKF_DONT_BLOCK, CKR_ARGUMENTS_BAD, CKR_NO_EVENT};

use crate::c::{Arg, Function};
use crate::case::{Case, Draft, Stage, case, spec};

fn draft(id: &str, requirement: &str) -> Draft {
    let id = format!("slot.event.{id}");
    case(id, spec("5.5.4"), requirement).stage(Stage::Initialized)
}

/// Returns the cases about slot events.
pub(super) fn cases() -> Vec<Case> {
    vec![
        draft(
            "none",
            "C_WaitForSlotEvent with CKF_DONT_BLOCK answers CKR_NO_EVENT right after C_Initialize, when every slot's event flag is clear.",
        )
        .run(|cx| cx.expect(cx.c.wait_for_slot_event(CKF_DONT_BLOCK).0, CKR_NO_EVENT)),
        draft(
            "still-none",
            "C_WaitForSlotEvent with CKF_DONT_BLOCK answers CKR_NO_EVENT each time while nothing happens.",
        )
        .run(|cx| {
            for _ in 0..3 {
                cx.expect(cx.c.wait_for_slot_event(CKF_DONT_BLOCK).0, CKR_NO_EVENT)?;
            }
            Ok(())
        }),
        draft(
            "sessions-are-none",
            "Opening and closing a session is no slot event.",
        )
        .run(|cx| {
            let session = cx.session()?;
            cx.prepared(cx.c.close_session(session))?;
            cx.expect(cx.c.wait_for_slot_event(CKF_DONT_BLOCK).0, CKR_NO_EVENT)
        }),
        draft(
            "null-slot",
            "C_WaitForSlotEvent without a place for the slot answers CKR_ARGUMENTS_BAD; or CKR_NO_EVENT, as there is nothing to write.",
        )
        .run(|cx| {
            let args = vec![Arg::Number(CKF_DONT_BLOCK), Arg::Null, Arg::Null];
            let rv = cx.c.call(Function::C_WaitForSlotEvent, args);
            cx.expect_one_of(rv, &[CKR_ARGUMENTS_BAD, CKR_NO_EVENT])
        }),
        draft(
            "reserved",
            "C_WaitForSlotEvent with a reserved pointer that is not null answers CKR_ARGUMENTS_BAD or pays no heed to it, and writes nothing there.",
        )
        .run(|cx| {
            let mut slot = 0;
            let mut reserved = 11;
            let args = vec![
                Arg::Number(CKF_DONT_BLOCK),
                Arg::Place(&mut slot),
                Arg::Place(&mut reserved),
            ];
            let rv = cx.c.call(Function::C_WaitForSlotEvent, args);
            cx.expect_one_of(rv, &[CKR_ARGUMENTS_BAD, CKR_NO_EVENT])?;
            cx.equal("what the reserved pointer points to", &11, &reserved)
        }),
    ]
}
