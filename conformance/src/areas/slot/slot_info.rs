//! `C_GetSlotInfo` (PKCS#11 3.1 sections 5.5.2 and 3.2).

use cryptoki_sys::{
    CK_SLOT_INFO, CKF_HW_SLOT, CKF_REMOVABLE_DEVICE, CKF_TOKEN_PRESENT, CKR_ARGUMENTS_BAD,
};

use super::list::slots;
use crate::areas::field::padded;
use crate::c::{Arg, Function};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::Context;

fn draft(id: &str, requirement: &str) -> Draft {
    case(format!("slot.info.{id}"), spec("3.2"), requirement).stage(Stage::Initialized)
}

/// Judges the information of every slot.
fn every(cx: &Context<'_>, judge: impl Fn(&CK_SLOT_INFO) -> Outcome) -> Outcome {
    for slot in slots(cx, false)? {
        let (rv, info) = cx.c.slot_info(slot);
        cx.ok(rv)?;
        judge(&info)?;
    }
    Ok(())
}

/// Returns the cases about a slot's information.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "slot.info.null",
            spec("5.5.2"),
            "C_GetSlotInfo with a null pointer answers CKR_ARGUMENTS_BAD.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let args = vec![Arg::Number(cx.slot), Arg::Null];
            cx.expect(cx.c.call(Function::C_GetSlotInfo, args), CKR_ARGUMENTS_BAD)
        }),
        draft(
            "description",
            "slotDescription is UTF-8 and padded with blanks, without a null character.",
        )
        .run(|cx| every(cx, |info| padded("slotDescription", &info.slotDescription))),
        draft(
            "manufacturer",
            "manufacturerID of a slot is UTF-8 and padded with blanks, without a null character.",
        )
        .run(|cx| every(cx, |info| padded("manufacturerID", &info.manufacturerID))),
        draft("flags", "A slot has no flags that are not defined.").run(|cx| {
            let known = CKF_TOKEN_PRESENT | CKF_REMOVABLE_DEVICE | CKF_HW_SLOT;
            every(cx, |info| {
                let rest = info.flags & !known;
                cx.check(rest == 0, "no other flag", format!("{rest:#x}"))
            })
        }),
        draft(
            "fixed-token",
            "A slot without CKF_REMOVABLE_DEVICE always has a token in it.",
        )
        .run(|cx| {
            every(cx, |info| {
                let fixed = info.flags & CKF_REMOVABLE_DEVICE == 0;
                let present = info.flags & CKF_TOKEN_PRESENT != 0;
                cx.check(!fixed || present, "CKF_TOKEN_PRESENT", "neither flag")
            })
        }),
        draft("stable", "C_GetSlotInfo says the same each time.").run(|cx| {
            let texts = || -> Outcome<_> {
                let (rv, info) = cx.c.slot_info(cx.slot);
                cx.ok(rv)?;
                let versions = [info.hardwareVersion, info.firmwareVersion];
                let versions = versions.map(|version| (version.major, version.minor));
                Ok((
                    info.slotDescription,
                    info.manufacturerID,
                    info.flags,
                    versions,
                ))
            };
            let (first, second) = (texts()?, texts()?);
            cx.check(first == second, "the same", "something else")
        }),
    ]
}
