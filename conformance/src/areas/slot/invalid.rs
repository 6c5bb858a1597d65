//! Slots that do not exist: every function that takes one (PKCS#11 3.1 section 5.5).

use cryptoki_sys::{CK_SLOT_ID, CKM_SHA256, CKR_SLOT_ID_INVALID};

use super::list::slots;
use crate::c::{Function, Out, Rv};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::Context;

/// A function that takes a slot, its section, and a call that would do but for the slot.
type Row = (Function, &'static str, fn(&Context<'_>, CK_SLOT_ID) -> Rv);

const ROWS: &[Row] = &[
    (Function::C_GetSlotInfo, "5.5.2", |cx, slot| {
        cx.c.slot_info(slot).0
    }),
    (Function::C_GetTokenInfo, "5.5.3", |cx, slot| {
        cx.c.token_info(slot).0
    }),
    (Function::C_GetMechanismList, "5.5.5", |cx, slot| {
        cx.c.mechanism_list(slot, Out::Length).rv
    }),
    (Function::C_GetMechanismInfo, "5.5.6", |cx, slot| {
        cx.c.mechanism_info(slot, CKM_SHA256).0
    }),
    (Function::C_InitToken, "5.5.7", |cx, slot| {
        cx.c.init_token(slot, b"0123456789", "nowhere")
    }),
    (Function::C_OpenSession, "5.6.1", |cx, slot| {
        cx.c.open_read_only(slot).0
    }),
    (Function::C_CloseAllSessions, "5.6.3", |cx, slot| {
        cx.c.close_all_sessions(slot)
    }),
];

/// Returns one case for each function and each kind of slot that is not there.
pub(super) fn cases() -> Vec<Case> {
    ROWS.iter()
        .flat_map(|row| [near(*row), far(*row)])
        .collect()
}

fn near((function, section, call): Row) -> Case {
    let id = format!("slot.invalid.{function}.unused");
    let requirement =
        format!("{function} with a number that no slot has answers CKR_SLOT_ID_INVALID.");
    case(id, spec(section), requirement)
        .stage(Stage::Initialized)
        .run(move |cx| {
            let slot = unused(cx)?;
            cx.expect(call(cx, slot), CKR_SLOT_ID_INVALID)
        })
}

fn far((function, section, call): Row) -> Case {
    let id = format!("slot.invalid.{function}.highest");
    let requirement = format!("{function} with the highest number answers CKR_SLOT_ID_INVALID.");
    case(id, spec(section), requirement)
        .stage(Stage::Initialized)
        .run(move |cx| cx.expect(call(cx, CK_SLOT_ID::MAX), CKR_SLOT_ID_INVALID))
}

/// The first number that is higher than every slot's, or else the lowest that no slot has.
fn unused(cx: &Context<'_>) -> Outcome<CK_SLOT_ID> {
    let slots = slots(cx, false)?;
    let highest = slots.iter().max().copied().unwrap_or(0);
    let above = highest.checked_add(1);
    Ok(above.unwrap_or_else(|| (0..).find(|slot| !slots.contains(slot)).unwrap_or(0)))
}
