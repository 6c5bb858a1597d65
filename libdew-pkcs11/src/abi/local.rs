//! The functions that the module answers itself.

use std::ffi::CStr;

use ck::Rv;
use cryptoki_sys::{CK_C_INITIALIZE_ARGS, CK_FLAGS, CK_INFO, CK_INTERFACE, CK_ULONG, CK_VERSION};
use cryptoki_sys::{
    CKF_DONT_BLOCK, CKF_OS_LOCKING_OK, CRYPTOKI_VERSION_MAJOR, CRYPTOKI_VERSION_MINOR,
};

use super::interfaces::{INTERFACES, find};
use super::lists;
use super::memory::required;
use super::shape::{Ignored, padded};
use crate::process;

/// Serves `C_Initialize` (5.4.1).
///
/// # Safety
/// The argument must be null or point to a `CK_C_INITIALIZE_ARGS`.
pub(super) unsafe fn initialize(Ignored(arguments): Ignored<1>) -> Result<(), Rv> {
    let arguments = arguments[0].cast::<CK_C_INITIALIZE_ARGS>();
    if !arguments.is_null() {
        // SAFETY: the caller's promise.
        let arguments = unsafe { arguments.read_unaligned() };
        check_locking(&arguments)?;
    }
    process::initialize()
}

/// Checks that the host lets the module lock with the system's own means: it has no others.
fn check_locking(arguments: &CK_C_INITIALIZE_ARGS) -> Result<(), Rv> {
    let callbacks = [
        arguments.CreateMutex.is_some(),
        arguments.DestroyMutex.is_some(),
        arguments.LockMutex.is_some(),
        arguments.UnlockMutex.is_some(),
    ];
    let all = callbacks == [true; 4];
    if !arguments.pReserved.is_null() || !(all || callbacks == [false; 4]) {
        return Err(Rv::ARGUMENTS_BAD);
    }
    if all && arguments.flags & CKF_OS_LOCKING_OK == 0 {
        return Err(Rv::CANT_LOCK);
    }
    Ok(())
}

/// Serves `C_Finalize` (5.4.2).
///
/// # Safety
/// None is needed; the other functions of this module need some.
pub(super) unsafe fn finalize(Ignored([reserved]): Ignored<1>) -> Result<(), Rv> {
    if !reserved.is_null() {
        return Err(Rv::ARGUMENTS_BAD);
    }
    process::finalize()
}

/// Serves `C_GetInfo` (5.4.3).
///
/// # Safety
/// The argument must be null or have room for a `CK_INFO`.
pub(super) unsafe fn get_info(Ignored([info]): Ignored<1>) -> Result<(), Rv> {
    process::application()?;
    let info = required(info.cast::<CK_INFO>())?;
    let part = |text: &str| text.parse().unwrap_or_default();
    let value = CK_INFO {
        cryptokiVersion: CK_VERSION {
            major: CRYPTOKI_VERSION_MAJOR,
            minor: CRYPTOKI_VERSION_MINOR,
        },
        manufacturerID: padded("Dew"),
        flags: 0,
        libraryDescription: padded("Dew PKCS#11 module"),
        libraryVersion: CK_VERSION {
            major: part(env!("CARGO_PKG_VERSION_MAJOR")),
            minor: part(env!("CARGO_PKG_VERSION_MINOR")),
        },
    };
    // SAFETY: the caller's promise.
    unsafe { info.write_unaligned(value) };
    Ok(())
}

/// Serves `C_GetFunctionList` (5.4.4), which hosts call before anything else.
///
/// # Safety
/// The argument must be null or have room for a pointer.
pub(super) unsafe fn get_function_list(Ignored([list]): Ignored<1>) -> Result<(), Rv> {
    let list = required(list.cast::<*const lists::List<68>>())?;
    // SAFETY: the caller's promise.
    unsafe { list.write_unaligned(&raw const lists::V2_40) };
    Ok(())
}

/// Serves `C_GetInterfaceList` (5.4.5).
///
/// # Safety
/// The first argument must be null or have room for as many interfaces as the second, a `CK_ULONG` pointer, says.
pub(super) unsafe fn get_interface_list(Ignored([list, count]): Ignored<2>) -> Result<(), Rv> {
    let count = required(count.cast::<CK_ULONG>())?;
    // SAFETY: the caller's promise.
    let room = unsafe { count.read_unaligned() };
    let needed = CK_ULONG::try_from(INTERFACES.len()).unwrap_or(CK_ULONG::MAX);
    // SAFETY: the caller's promise.
    unsafe { count.write_unaligned(needed) };
    if list.is_null() {
        return Ok(());
    }
    if room < needed {
        return Err(Rv::BUFFER_TOO_SMALL);
    }
    for (index, interface) in INTERFACES.iter().enumerate() {
        // SAFETY: there is room for all of them, and the source is static.
        unsafe {
            let to = list.cast::<CK_INTERFACE>().add(index);
            to.write_unaligned(*interface.get());
        }
    }
    Ok(())
}

/// Serves `C_GetInterface` (5.4.6).
///
/// # Safety
/// The first argument must be null or a C string, the second null or a `CK_VERSION`, the third null or have room for a pointer.
pub(super) unsafe fn get_interface(
    Ignored([name, version, interface, flags]): Ignored<4>,
) -> Result<(), Rv> {
    let interface = required(interface.cast::<*mut CK_INTERFACE>())?;
    // SAFETY: the caller's promise.
    let name = (!name.is_null()).then(|| unsafe { CStr::from_ptr(name.cast()) });
    // SAFETY: the caller's promise.
    let version = (!version.is_null()).then(|| unsafe { *version.cast::<CK_VERSION>() });
    let flags = CK_FLAGS::try_from(flags.addr()).map_err(|_| Rv::ARGUMENTS_BAD)?;
    let found = find(name, version, flags)?;
    // SAFETY: the caller's promise.
    unsafe { interface.write_unaligned(found.get()) };
    Ok(())
}

/// Serves `C_GetFunctionStatus` (5.20.1), a leftover that always gives the same answer.
///
/// # Safety
/// None is needed.
pub(super) unsafe fn get_function_status(_session: Ignored<1>) -> Result<(), Rv> {
    process::application()?;
    Err(Rv::FUNCTION_NOT_PARALLEL)
}

/// Serves `C_CancelFunction` (5.20.2), a leftover that always gives the same answer.
///
/// # Safety
/// None is needed.
pub(super) unsafe fn cancel_function(_session: Ignored<1>) -> Result<(), Rv> {
    process::application()?;
    Err(Rv::FUNCTION_NOT_PARALLEL)
}

/// Serves `C_WaitForSlotEvent` (5.5.4).
///
/// # Safety
/// The second argument must be null or have room for a slot's number.
pub(super) unsafe fn wait_for_slot_event(
    Ignored([flags, slot, reserved]): Ignored<3>,
) -> Result<(), Rv> {
    let application = process::application()?;
    let slot = required(slot.cast::<CK_ULONG>())?;
    if !reserved.is_null() {
        return Err(Rv::ARGUMENTS_BAD);
    }
    let events = &application.slot_events;
    let found = match CK_FLAGS::try_from(flags.addr()) {
        Ok(0) => events.wait(&application)?,
        Ok(CKF_DONT_BLOCK) => events.next(&application)?.ok_or(Rv::NO_EVENT)?,
        // There is no other flag.
        _ => return Err(Rv::ARGUMENTS_BAD),
    };
    // SAFETY: the caller's promise.
    unsafe { slot.write_unaligned(found) };
    Ok(())
}
