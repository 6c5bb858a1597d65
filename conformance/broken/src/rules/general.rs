//! Initialisation, information, function lists and interfaces.

use cryptoki_sys::CKR_OK;
use cryptoki_sys::{CK_C_INITIALIZE_ARGS, CK_INFO, CK_RV, CKR_ARGUMENTS_BAD};
use cryptoki_sys::{CKR_BUFFER_TOO_SMALL, CKR_CRYPTOKI_ALREADY_INITIALIZED};
use cryptoki_sys::{
    CKR_CRYPTOKI_NOT_INITIALIZED, CKR_DEVICE_ERROR, CKR_FUNCTION_NOT_PARALLEL, CKR_GENERAL_ERROR,
};

use crate::functions::Function::Initialize;
use crate::functions::Function::{CancelFunction, Finalize, GetFunctionList};
use crate::functions::Function::{GetFunctionStatus, GetInfo, GetInterface, GetInterfaceList};
use crate::hook::ALL;
use crate::hook::Hook::{Around, Instead, ListVersion, Missing};
use crate::module::{Call, size};
use crate::rule::{Rule, row};

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("initialize-twice-accepted", "5.4.1", "A second C_Initialize answers CKR_OK.",
        Instead(&[Initialize], CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_OK), &["general.initialize.twice", "general.initialize.twice-with-arguments"]),
    row("initialize-reserved-accepted", "5.4.1", "C_Initialize overlooks that pReserved is not NULL.",
        Around(&[Initialize], without_reserved), &["general.initialize.reserved", "general.initialize.reserved-os-locking"]),
    row("initialize-some-mutexes-accepted", "5.4.1", "C_Initialize overlooks that only some of the mutex functions are there.",
        Around(&[Initialize], without_mutexes), &["general.initialize.some-mutexes.create", "general.initialize.some-mutexes.destroy"]),
    row("finalize-reserved-accepted", "5.4.2", "C_Finalize overlooks that pReserved is not NULL.",
        Around(&[Finalize], |call| call.with(0, 0).pass()), &["general.finalize.reserved"]),
    row("finalize-twice-accepted", "5.4.2", "C_Finalize without C_Initialize answers CKR_OK.",
        Instead(&[Finalize], CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OK), &["general.before-initialize.C_Finalize", "general.after-finalize.C_Finalize"]),
    row("finalize-does-nothing", "5.4.2", "C_Finalize answers CKR_OK and leaves the library initialised.",
        Around(&[Finalize, Initialize], finalize_nothing), &["general.after-finalize.C_GetInfo"]),
    row("not-initialized-general-error", "5.4.1", "Calls before C_Initialize answer CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_GENERAL_ERROR), &["general.before-initialize.C_GetInfo", "general.before-initialize.C_GetSlotList"]),
    row("not-initialized-crash", "5.4.1", "Calls before C_Initialize end the process.",
        Around(ALL, |call| match call.pass() {
            CKR_CRYPTOKI_NOT_INITIALIZED => std::process::abort(),
            rv => rv,
        }), &["general.before-initialize.C_GetInfo"]),
    row("info-nul-padded", "5.4.3", "CK_INFO holds texts that end with NULs instead of blanks.",
        Around(&[GetInfo], |call| info(call, |info| {
            nul_pad(&mut info.manufacturerID);
            nul_pad(&mut info.libraryDescription);
        })), &["general.info.manufacturer", "general.info.description"]),
    row("info-flags-set", "3.1", "CK_INFO has flags, which are reserved.",
        Around(&[GetInfo], |call| info(call, |info| info.flags = 1)), &["general.info.flags", "profile.baseline.sequence-1"]),
    row("info-version-unknown", "3.1", "CK_INFO claims a version of PKCS#11 that there is not.",
        Around(&[GetInfo], |call| info(call, |info| info.cryptokiVersion.major = 1)), &["general.info.version"]),
    row("info-null-accepted", "5.4.3", "C_GetInfo answers CKR_OK to a NULL pointer.",
        Around(&[GetInfo], null_accepted), &["general.info.null"]),
    row("list-lacks-a-function", "5.4.4", "The function list has NULL in the place of C_GetFunctionStatus.",
        Missing(GetFunctionStatus), &["general.function-list.complete", "general.interface-list.complete"]),
    row("list-version-wrong", "5.4.4", "The function list says that it is of version 1.0.",
        ListVersion(1, 0), &["general.function-list.major"]),
    row("list-needs-initialize", "5.4.4", "C_GetFunctionList answers CKR_CRYPTOKI_NOT_INITIALIZED before C_Initialize.",
        Around(&[GetFunctionList], |call| {
            let mut info = CK_INFO::default();
            match Call::ask(GetInfo, &[(&raw mut info).expose_provenance()]) {
                CKR_CRYPTOKI_NOT_INITIALIZED => CKR_CRYPTOKI_NOT_INITIALIZED,
                _ => call.pass(),
            }
        }), &["general.function-list.before-initialize", "general.function-list.complete"]),
    row("info-fails", "5.4.3", "C_GetInfo of an initialised library answers CKR_DEVICE_ERROR.",
        Instead(&[GetInfo], CKR_OK, CKR_DEVICE_ERROR), &["general.info.manufacturer", "general.info.version"]),
    row("list-null-accepted", "5.4.4", "C_GetFunctionList answers CKR_OK to a NULL pointer.",
        Around(&[GetFunctionList], null_accepted), &["general.function-list.null"]),
    row("function-status-ok", "5.20.1", "C_GetFunctionStatus answers CKR_OK.",
        Instead(&[GetFunctionStatus], CKR_FUNCTION_NOT_PARALLEL, CKR_OK), &["general.legacy.C_GetFunctionStatus.idle", "general.legacy.C_GetFunctionStatus.operation"]),
    row("cancel-function-ok", "5.20.2", "C_CancelFunction answers CKR_OK.",
        Instead(&[CancelFunction], CKR_FUNCTION_NOT_PARALLEL, CKR_OK), &["general.legacy.C_CancelFunction.idle", "general.legacy.C_CancelFunction.operation"]),
    row("interface-name-ignored", "5.4.6", "C_GetInterface finds an interface of any name.",
        Around(&[GetInterface], |call| call.with(0, 0).pass()), &["general.interface.unknown-name", "general.interface.longer-name"]),
    row("interface-version-ignored", "5.4.6", "C_GetInterface finds an interface of any version.",
        Around(&[GetInterface], |call| call.with(1, 0).pass()), &["general.interface.each", "general.interface.by-version"]),
    row("interface-flags-ignored", "5.4.6", "C_GetInterface finds an interface with any flags.",
        Around(&[GetInterface], |call| call.with(3, 0).pass()), &["general.interface.fork-safe", "general.interface.unknown-flags"]),
    row("interface-list-short-buffer-ok", "5.4.5", "C_GetInterfaceList answers CKR_OK where the buffer is too small.",
        Instead(&[GetInterfaceList], CKR_BUFFER_TOO_SMALL, CKR_OK), &["general.interface-list.too-small"]),
    row("interface-list-count-zero", "5.4.5", "C_GetInterfaceList says that there is no interface.",
        Around(&[GetInterfaceList], |call| {
            let rv = call.pass();
            call.set_number(1, 0);
            rv
        }), &["general.interface-list.exported"]),
    row("interface-list-nowhere", "5.4.5", "The interfaces of C_GetInterfaceList point to no function lists.",
        Around(&[GetInterfaceList], |call| {
            let rv = call.pass();
            let count = call.number(1).map_or(0, size);
            if rv == CKR_OK && !call.is_null(0) {
                for interface in call.numbers(0, count * 3).chunks_mut(3) {
                    interface[1] = 16;
                }
            }
            rv
        }), &["general.interface-list.readable"]),
];

/// Replaces the blanks at the end of a text by zero bytes.
pub(super) fn nul_pad(text: &mut [u8]) {
    for byte in text.iter_mut().rev().take_while(|byte| **byte == b' ') {
        *byte = 0;
    }
}

/// Answers a call whose first argument is NULL with `CKR_OK`.
fn null_accepted(call: &mut Call) -> CK_RV {
    match call.pass() {
        CKR_ARGUMENTS_BAD if call.is_null(0) => CKR_OK,
        rv => rv,
    }
}

fn info(call: &mut Call, change: impl Fn(&mut CK_INFO)) -> CK_RV {
    let rv = call.pass();
    if let (CKR_OK, Some(info)) = (rv, call.structure::<CK_INFO>(0)) {
        change(info);
    }
    rv
}

fn without_reserved(call: &mut Call) -> CK_RV {
    let Some(mut arguments) = call.structure::<CK_C_INITIALIZE_ARGS>(0).copied() else {
        return call.pass();
    };
    arguments.pReserved = std::ptr::null_mut();
    call.with(0, (&raw mut arguments).expose_provenance())
        .pass()
}

fn without_mutexes(call: &mut Call) -> CK_RV {
    match call.pass() {
        CKR_ARGUMENTS_BAD => call.with(0, 0).pass(),
        rv => rv,
    }
}

fn finalize_nothing(call: &mut Call) -> CK_RV {
    match call.pass() {
        CKR_OK if call.function() == Finalize => Call::ask(Initialize, &[0]),
        rv => rv,
    }
}
