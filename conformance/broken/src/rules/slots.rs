//! Slots, tokens and mechanisms.

use cryptoki_sys::CKR_SLOT_ID_INVALID;
use cryptoki_sys::{CK_MECHANISM_INFO, CK_RV, CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG};
use cryptoki_sys::{CKF_DIGEST, CKF_ENCRYPT, CKF_LOGIN_REQUIRED, CKF_RNG, CKF_TOKEN_INITIALIZED};
use cryptoki_sys::{CKF_SO_PIN_COUNT_LOW, CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_TO_BE_CHANGED};
use cryptoki_sys::{CKF_TOKEN_PRESENT, CKF_USER_PIN_INITIALIZED, CKM_MD5, CKM_SHA256};
use cryptoki_sys::{CKM_VENDOR_DEFINED, CKR_BUFFER_TOO_SMALL, CKR_DEVICE_ERROR};
use cryptoki_sys::{CKR_GENERAL_ERROR, CKR_MECHANISM_INVALID, CKR_OK, CKR_PIN_INCORRECT};

use super::general::nul_pad;
use crate::functions::Function::{CloseAllSessions, DigestFinal, DigestInit, GetMechanismInfo};
use crate::functions::Function::{
    GetMechanismList, GetSlotInfo, GetSlotList, GetTokenInfo, Login, OpenSession,
};
use crate::hook::ALL;
use crate::hook::Hook::{Around, Instead};
use crate::module::{Call, Mechanism, size};
use crate::notes;
use crate::operation::into_scratch;
use crate::rule::{Rule, row};

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("slot-count-one-less", "5.5.1", "C_GetSlotList asked for the count of all slots says one less than it gives.",
        Around(&[GetSlotList], |call| match call.word(0) {
            0 => count_off(call, |count| count.saturating_sub(1)),
            _ => call.pass(),
        }), &["slot.list.count"]),
    row("slot-count-understated", "5.5.1", "C_GetSlotList asked for the count says that there is no slot.",
        Around(&[GetSlotList], |call| count_off(call, |_| 0)), &["slot.list.count"]),
    row("slot-list-present-empty", "5.5.1", "C_GetSlotList finds no slot with a token.",
        Around(&[GetSlotList], |call| {
            let rv = call.pass();
            if rv == CKR_OK && call.word(0) != 0 {
                call.set_number(2, 0);
            }
            rv
        }), &["slot.list.present", "slot.list.again"]),
    row("mechanism-count-understated", "5.5.5", "C_GetMechanismList asked for the count says one.",
        Around(&[GetMechanismList], |call| count_off(call, |_| 1)), &["mechanism.list.count"]),
    row("token-info-fails", "5.5.3", "C_GetTokenInfo answers CKR_DEVICE_ERROR.",
        Instead(&[GetTokenInfo], CKR_OK, CKR_DEVICE_ERROR), &["slot.list.tokens-answer", "slot.token.label"]),
    row("slot-list-short-buffer-ok", "5.5.1", "C_GetSlotList answers CKR_OK where the buffer is too small.",
        Instead(&[GetSlotList], CKR_BUFFER_TOO_SMALL, CKR_OK), &["slot.list.too-small", "slot.list.no-room"]),
    row("slot-list-short-buffer-count-kept", "5.5.1", "C_GetSlotList does not say the count where the buffer is too small.",
        Around(&[GetSlotList], |call| count_kept(call, 2)), &["slot.list.too-small", "slot.list.no-room"]),
    row("slot-list-duplicate", "5.5.1", "C_GetSlotList gives its first slot twice.",
        Around(&[GetSlotList], |call| duplicate(call, 1, 2)), &["slot.token.serial-unique", "slot.list.distinct"]),
    row("slot-info-unknown-accepted", "5.5.2", "C_GetSlotInfo takes an unknown slot for the first.",
        Around(&[GetSlotInfo], any_slot), &["slot.invalid.C_GetSlotInfo.highest", "slot.invalid.C_GetSlotInfo.unused"]),
    row("token-info-unknown-accepted", "5.5.3", "C_GetTokenInfo takes an unknown slot for the first.",
        Around(&[GetTokenInfo], any_slot), &["slot.invalid.C_GetTokenInfo.highest", "slot.invalid.C_GetTokenInfo.unused"]),
    row("open-session-unknown-slot-accepted", "5.6.1", "C_OpenSession takes an unknown slot for the first.",
        Around(&[OpenSession], any_slot), &["slot.invalid.C_OpenSession.highest", "session.open.slot-largest"]),
    row("close-all-unknown-slot-accepted", "5.6.3", "C_CloseAllSessions answers CKR_OK for an unknown slot.",
        Instead(&[CloseAllSessions], CKR_SLOT_ID_INVALID, CKR_OK), &["slot.invalid.C_CloseAllSessions.highest", "slot.invalid.C_CloseAllSessions.unused"]),
    row("mechanism-list-unknown-slot-accepted", "5.5.5", "C_GetMechanismList takes an unknown slot for the first.",
        Around(&[GetMechanismList], any_slot), &["slot.invalid.C_GetMechanismList.highest", "slot.invalid.C_GetMechanismList.unused"]),
    row("slot-unknown-general-error", "5.1.3", "Calls for an unknown slot answer CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_SLOT_ID_INVALID, CKR_GENERAL_ERROR), &["slot.invalid.C_GetSlotInfo.unused"]),
    row("slot-info-nul-padded", "5.5.2", "CK_SLOT_INFO holds texts that end with NULs instead of blanks.",
        Around(&[GetSlotInfo], |call| slot(call, |info| {
            nul_pad(&mut info.slotDescription);
            nul_pad(&mut info.manufacturerID);
        })), &["slot.info.description", "slot.info.manufacturer"]),
    row("slot-info-token-absent", "5.5.2", "CK_SLOT_INFO says that no token is present, although one answers.",
        Around(&[GetSlotInfo], |call| slot(call, |info| info.flags &= !CKF_TOKEN_PRESENT)), &["slot.list.present", "slot.info.fixed-token", "profile.baseline.sequence-1", "profile.extended.sequence-1"]),
    row("token-info-nul-padded", "5.5.3", "CK_TOKEN_INFO holds texts that end with NULs instead of blanks.",
        Around(&[GetTokenInfo], |call| token(call, |info| {
            nul_pad(&mut info.label);
            nul_pad(&mut info.manufacturerID);
            nul_pad(&mut info.model);
        })), &["slot.token.label", "slot.token.model"]),
    row("token-info-not-initialized", "5.5.3", "CK_TOKEN_INFO of an initialised token lacks CKF_TOKEN_INITIALIZED.",
        Around(&[GetTokenInfo], |call| token(call, |info| info.flags &= !CKF_TOKEN_INITIALIZED)), &["slot.token.initialized", "slot.init-token.flags", "profile.baseline.sequence-1"]),
    row("token-info-no-user-pin", "5.5.3", "CK_TOKEN_INFO lacks CKF_USER_PIN_INITIALIZED, although the user can log in.",
        Around(&[GetTokenInfo], |call| token(call, |info| info.flags &= !CKF_USER_PIN_INITIALIZED)), &["slot.token.user-pin-initialized"]),
    row("token-info-login-not-required", "5.5.3", "CK_TOKEN_INFO lacks CKF_LOGIN_REQUIRED, although private objects need a login.",
        Around(&[GetTokenInfo], |call| token(call, |info| info.flags &= !CKF_LOGIN_REQUIRED)), &["login.private.flag"]),
    row("token-info-no-rng", "5.5.3", "CK_TOKEN_INFO lacks CKF_RNG, although C_GenerateRandom works.",
        Around(&[GetTokenInfo], |call| token(call, |info| info.flags &= !CKF_RNG)), &["random.generate.flag"]),
    row("token-info-session-count-stuck", "5.5.3", "CK_TOKEN_INFO never counts an open session.",
        Around(&[GetTokenInfo], |call| token(call, |info| {
            info.ulSessionCount = 0;
            info.ulRwSessionCount = 0;
        })), &["slot.token.sessions", "session.open.counted", "session.open.counted-read-write"]),
    row("token-info-session-count-ahead", "5.5.3", "CK_TOKEN_INFO always counts one open session.",
        Around(&[GetTokenInfo], |call| token(call, |info| {
            info.ulSessionCount = 1;
            info.ulRwSessionCount = 1;
        })), &["slot.token.no-sessions", "slot.token.sessions-closed"]),
    row("token-info-user-pin-count-low", "5.5.3", "CK_TOKEN_INFO has CKF_USER_PIN_COUNT_LOW for ever.",
        Around(&[GetTokenInfo], |call| token(call, |info| info.flags |= CKF_USER_PIN_COUNT_LOW)), &["pin.flags.user-clean"]),
    row("token-info-so-pin-count-low", "5.5.3", "CK_TOKEN_INFO has CKF_SO_PIN_COUNT_LOW for ever.",
        Around(&[GetTokenInfo], |call| token(call, |info| info.flags |= CKF_SO_PIN_COUNT_LOW)), &["pin.flags.officer-clean"]),
    row("token-info-pin-to-be-changed", "5.5.3", "CK_TOKEN_INFO has CKF_USER_PIN_TO_BE_CHANGED although the PIN was changed.",
        Around(&[GetTokenInfo], |call| token(call, |info| info.flags |= CKF_USER_PIN_TO_BE_CHANGED)), &["pin.flags.not-to-be-changed"]),
    row("token-info-blames-so", "5.5.3", "CK_TOKEN_INFO has CKF_SO_PIN_COUNT_LOW after a wrong PIN of the user.",
        Around(&[GetTokenInfo, Login], blame), &["pin.flags.other-user"]),
    row("token-info-pin-lengths-swapped", "5.5.3", "CK_TOKEN_INFO has a shortest PIN that is longer than the longest.",
        Around(&[GetTokenInfo], |call| token(call, |info| {
            std::mem::swap(&mut info.ulMinPinLen, &mut info.ulMaxPinLen);
        })), &["slot.token.pin-lengths", "slot.token.pin-fits"]),
    row("mechanism-count-one-more", "5.5.5", "C_GetMechanismList asked for the count says one more than it gives.",
        Around(&[GetMechanismList], |call| count_off(call, |count| count + 1)), &["mechanism.list.count"]),
    row("mechanism-list-short-buffer-ok", "5.5.5", "C_GetMechanismList answers CKR_OK where the buffer is too small.",
        Instead(&[GetMechanismList], CKR_BUFFER_TOO_SMALL, CKR_OK), &["mechanism.list.too-small", "mechanism.list.no-room"]),
    row("mechanism-list-duplicate", "5.5.5", "C_GetMechanismList gives its first mechanism twice.",
        Around(&[GetMechanismList], |call| duplicate(call, 1, 2)), &["mechanism.list.distinct", "mechanism.info.unlisted"]),
    row("mechanism-list-invents", "5.5.5", "C_GetMechanismList lists a mechanism that C_GetMechanismInfo does not know.",
        Around(&[GetMechanismList], |call| exchange(call, CKM_MD5, CKM_VENDOR_DEFINED | 0x0bad)), &["mechanism.info.every", "mechanism.info.purpose"]),
    row("mechanism-list-omits", "5.5.5", "C_GetMechanismList does not list CKM_SHA256, which works.",
        Around(&[GetMechanismList], |call| exchange(call, CKM_SHA256, CKM_MD5)), &["mechanism.info.unlisted"]),
    row("mechanism-listed-but-dead", "5.5.5", "CKM_SHA256 is listed as a digest, and C_DigestInit does not know it.",
        Around(&[DigestInit], dead_sha256), &["mechanism.sha256.digest"]),
    row("mechanism-info-sizes-swapped", "5.5.6", "CK_MECHANISM_INFO has a smallest key that is larger than the largest.",
        Around(&[GetMechanismInfo], |call| mechanism(call, |info| {
            std::mem::swap(&mut info.ulMinKeySize, &mut info.ulMaxKeySize);
        })), &["mechanism.info.sizes", "mechanism.info.rsa-bits", "profile.extended.sequence-1"]),
    row("mechanism-info-flag-missing", "5.5.6", "CK_MECHANISM_INFO lacks CKF_DIGEST, although the digest works.",
        Around(&[GetMechanismInfo], |call| mechanism(call, |info| info.flags &= !CKF_DIGEST)), &["mechanism.sha-1.digest", "mechanism.sha224.digest"]),
    row("mechanism-info-flag-invented", "5.5.6", "CK_MECHANISM_INFO has CKF_ENCRYPT for every mechanism.",
        Around(&[GetMechanismInfo], |call| mechanism(call, |info| info.flags |= CKF_ENCRYPT)), &["mechanism.rsa-pkcs-key-pair-gen.functions", "mechanism.rsa-pkcs-pss.functions"]),
    row("mechanism-info-unknown-accepted", "5.5.6", "C_GetMechanismInfo answers CKR_OK for an unknown mechanism.",
        Instead(&[GetMechanismInfo], CKR_MECHANISM_INVALID, CKR_OK), &["mechanism.info.unknown", "mechanism.info.highest"]),
    row("mechanism-unknown-general-error", "5.1.6", "Calls with an unknown mechanism answer CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_MECHANISM_INVALID, CKR_GENERAL_ERROR), &["mechanism.info.unknown"]),
];

fn slot(call: &mut Call, change: impl Fn(&mut CK_SLOT_INFO)) -> CK_RV {
    let rv = call.pass();
    if let (CKR_OK, Some(info)) = (rv, call.structure::<CK_SLOT_INFO>(1)) {
        change(info);
    }
    rv
}

fn token(call: &mut Call, change: impl Fn(&mut CK_TOKEN_INFO)) -> CK_RV {
    let rv = call.pass();
    if let (CKR_OK, Some(info)) = (rv, call.structure::<CK_TOKEN_INFO>(1)) {
        change(info);
    }
    rv
}

/// Counts a wrong PIN of anybody against the security officer.
fn blame(call: &mut Call) -> CK_RV {
    const WRONG: &str = "wrong PIN";
    if call.function() == Login {
        let rv = call.pass();
        if rv == CKR_PIN_INCORRECT {
            notes::put(WRONG, 0, 1);
        }
        return rv;
    }
    token(call, |info| {
        if notes::get(WRONG, 0).is_some() {
            info.flags |= CKF_SO_PIN_COUNT_LOW;
        }
    })
}

fn mechanism(call: &mut Call, change: impl Fn(&mut CK_MECHANISM_INFO)) -> CK_RV {
    let rv = call.pass();
    if let (CKR_OK, Some(info)) = (rv, call.structure::<CK_MECHANISM_INFO>(2)) {
        change(info);
    }
    rv
}

/// Changes the count where it is asked for alone.
fn count_off(call: &mut Call, change: impl Fn(CK_ULONG) -> CK_ULONG) -> CK_RV {
    let rv = call.pass();
    if rv == CKR_OK && call.is_null(1) {
        let counted = call.number(2).unwrap_or_default();
        call.set_number(2, change(counted));
    }
    rv
}

fn count_kept(call: &mut Call, count: usize) -> CK_RV {
    let before = call.number(count).unwrap_or_default();
    let rv = call.pass();
    if rv == CKR_BUFFER_TOO_SMALL {
        call.set_number(count, before);
    }
    rv
}

/// Returns the list that a call has filled.
fn filled(call: &mut Call, list: usize, count: usize) -> &mut [CK_ULONG] {
    let count = call.number(count).map_or(0, size);
    call.numbers(list, count)
}

fn duplicate(call: &mut Call, list: usize, count: usize) -> CK_RV {
    let rv = call.pass();
    if rv == CKR_OK {
        let list = filled(call, list, count);
        if let [first, .., last] = list {
            *last = *first;
        }
    }
    rv
}

pub(super) fn exchange(call: &mut Call, one: CK_ULONG, other: CK_ULONG) -> CK_RV {
    let rv = call.pass();
    if rv == CKR_OK {
        for kind in filled(call, 1, 2).iter_mut().filter(|kind| **kind == one) {
            *kind = other;
        }
    }
    rv
}

fn any_slot(call: &mut Call) -> CK_RV {
    match call.pass() {
        CKR_SLOT_ID_INVALID => call.with(0, first_slot()).pass(),
        rv => rv,
    }
}

/// Returns the first slot with a token.
fn first_slot() -> usize {
    let (mut slots, mut count) = ([0; 16], 16);
    let list = slots.as_mut_ptr().expose_provenance();
    let place = (&raw mut count).expose_provenance();
    let _: CK_RV = Call::ask(GetSlotList, &[1, list, place]);
    let _: CK_ULONG = count;
    size(slots[0])
}

fn dead_sha256(call: &mut Call) -> CK_RV {
    let kind = Mechanism::of(call, 1).map(|mechanism| mechanism.kind);
    match call.pass() {
        CKR_OK if kind == Some(CKM_SHA256) => {
            into_scratch(&Call::new(DigestFinal, &[call.word(0)]), 1);
            CKR_MECHANISM_INVALID
        }
        rv => rv,
    }
}
