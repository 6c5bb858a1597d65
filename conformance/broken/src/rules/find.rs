//! Searches for objects.

use cryptoki_sys::CKR_OPERATION_NOT_INITIALIZED;
use cryptoki_sys::{CK_RV, CK_ULONG, CKR_GENERAL_ERROR, CKR_OK, CKR_OPERATION_ACTIVE};

use crate::functions::Function::{FindObjects, FindObjectsFinal, FindObjectsInit};
use crate::hook::Hook::{Around, Instead};
use crate::module::{Call, size};
use crate::rule::{Rule, row};

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("find-ignores-template", "5.7.7", "C_FindObjectsInit ignores its template: everything is found.",
        Around(&[FindObjectsInit], |call| call.with(1, 0).with(2, 0).pass()), &["find.matching.all-attributes"]),
    row("find-matches-last-attribute-only", "5.7.7", "C_FindObjectsInit looks at the last attribute of its template only.",
        Around(&[FindObjectsInit], |call| {
            let count = call.template(1).len();
            let Some(last) = call.template(1).last_mut() else {
                return call.pass();
            };
            let place = std::ptr::from_mut(last).expose_provenance();
            call.with(1, place).with(2, count.min(1)).pass()
        }), &["find.matching.all-attributes"]),
    row("find-init-twice-accepted", "5.7.7", "A second C_FindObjectsInit answers CKR_OK.",
        Instead(&[FindObjectsInit], CKR_OPERATION_ACTIVE, CKR_OK), &["find.state.init-twice", "find.beside.digest"]),
    row("find-without-init-accepted", "5.7.8", "C_FindObjects without C_FindObjectsInit answers CKR_OK.",
        Around(&[FindObjects], |call| match call.pass() {
            CKR_OPERATION_NOT_INITIALIZED => {
                call.set_number(3, 0);
                CKR_OK
            }
            rv => rv,
        }), &["find.state.objects-without-init", "find.state.objects-after-final"]),
    row("find-without-init-general-error", "5.7.8", "C_FindObjects without C_FindObjectsInit answers CKR_GENERAL_ERROR.",
        Instead(&[FindObjects], CKR_OPERATION_NOT_INITIALIZED, CKR_GENERAL_ERROR), &["find.state.objects-without-init", "find.state.objects-after-final"]),
    row("find-final-without-init-accepted", "5.7.9", "C_FindObjectsFinal without C_FindObjectsInit answers CKR_OK.",
        Instead(&[FindObjectsFinal], CKR_OPERATION_NOT_INITIALIZED, CKR_OK), &["find.state.final-without-init", "find.state.final-twice"]),
    row("find-final-ends-nothing", "5.7.9", "C_FindObjectsFinal answers CKR_OK, and the search goes on.",
        Around(&[FindObjectsFinal], |call| match Call::ask(FindObjects, &[call.word(0), 0, 0, 0]) {
            CKR_OPERATION_NOT_INITIALIZED => call.pass(),
            _ => CKR_OK,
        }), &["find.state.final-twice", "find.state.objects-after-final"]),
    row("find-ends-by-itself", "5.7.8", "A search ends when C_FindObjects has nothing more to give.",
        Around(&[FindObjects], |call| {
            let rv = call.pass();
            if rv == CKR_OK && call.number(3) == Some(0) {
                Call::ask(FindObjectsFinal, &[call.word(0)]);
            }
            rv
        }), &["find.matching.all-attributes"]),
    row("find-count-above-room", "5.7.8", "C_FindObjects says that it gave more handles than there was room for.",
        Around(&[FindObjects], |call| full(call, |call, room| call.set_number(3, room as CK_ULONG + 1))), &["find.portion.one", "find.portion.two"]),
    row("find-overruns", "5.7.8", "C_FindObjects writes a handle behind the room for them.",
        Around(&[FindObjects], |call| full(call, |call, room| call.numbers(1, room + 1)[room] = 0x0bad)), &["find.portion.seven"]),
    row("find-misses-one", "5.7.8", "C_FindObjects keeps the last handle for itself.",
        Around(&[FindObjects], |call| {
            let rv = call.pass();
            let found = call.number(3).unwrap_or_default();
            call.set_number(3, found.saturating_sub(1));
            rv
        }), &["find.matching.all-attributes", "profile.authentication.keys"]),
    row("find-repeats", "5.7.8", "C_FindObjects gives the first handle of many twice.",
        Around(&[FindObjects], |call| {
            let rv = call.pass();
            let found = call.number(3).map_or(0, size);
            if let (CKR_OK, [first, .., last]) = (rv, call.numbers(1, found)) {
                *last = *first;
            }
            rv
        }), &["find.matching.one-attribute", "find.matching.everything"]),
    row("find-invents", "5.7.8", "C_FindObjects gives handles of objects that there are not.",
        Around(&[FindObjects], |call| {
            let rv = call.pass();
            let found = call.number(3).map_or(0, size);
            if let (CKR_OK, [.., last]) = (rv, call.numbers(1, found)) {
                *last ^= 0x00ba_d000;
            }
            rv
        }), &["find.matching.all-attributes"]),
];

/// Changes what `C_FindObjects` answers where it has filled the whole room.
fn full(call: &mut Call, change: impl Fn(&mut Call, usize)) -> CK_RV {
    let rv = call.pass();
    let room = call.word(2);
    if rv == CKR_OK && room > 0 && call.number(3).map(size) == Some(room) {
        change(call, room);
    }
    rv
}
