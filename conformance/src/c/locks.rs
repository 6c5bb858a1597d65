//! The application's own mutexes, as `C_Initialize` takes them (PKCS#11 3.1 sections 3.7 and 5.4.1).

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};

use cryptoki_sys::{CK_FLAGS, CK_RV, CKR_ARGUMENTS_BAD, CKR_MUTEX_NOT_LOCKED, CKR_OK};

use super::Structure;

static CREATED: AtomicU64 = AtomicU64::new(0);
static DESTROYED: AtomicU64 = AtomicU64::new(0);
static LOCKED: AtomicU64 = AtomicU64::new(0);
static UNLOCKED: AtomicU64 = AtomicU64::new(0);
static MISUSED: AtomicU64 = AtomicU64::new(0);

/// How often a module called each of the application's functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// `CreateMutex`
    pub created: u64,
    /// `DestroyMutex`
    pub destroyed: u64,
    /// `LockMutex`
    pub locked: u64,
    /// `UnlockMutex`
    pub unlocked: u64,
    /// Calls with a null pointer, or that unlock what is not locked.
    pub misused: u64,
}

/// Returns the uses since the last call.
pub fn take_uses() -> Uses {
    Uses {
        created: CREATED.swap(0, Ordering::SeqCst),
        destroyed: DESTROYED.swap(0, Ordering::SeqCst),
        locked: LOCKED.swap(0, Ordering::SeqCst),
        unlocked: UNLOCKED.swap(0, Ordering::SeqCst),
        misused: MISUSED.swap(0, Ordering::SeqCst),
    }
}

/// Returns `CK_C_INITIALIZE_ARGS` with this program's mutexes, these flags and an address for `pReserved`.
#[must_use]
pub fn arguments(flags: CK_FLAGS, reserved: usize) -> Structure {
    with_functions([true; 4], flags, reserved)
}

/// Returns `CK_C_INITIALIZE_ARGS` with only some of the functions: create, destroy, lock, unlock.
#[must_use]
pub fn with_functions(present: [bool; 4], flags: CK_FLAGS, reserved: usize) -> Structure {
    let functions = [
        (create as *const c_void).expose_provenance(),
        (destroy as *const c_void).expose_provenance(),
        (lock as *const c_void).expose_provenance(),
        (unlock as *const c_void).expose_provenance(),
    ];
    let structure = functions.into_iter().zip(present).fold(
        Structure::new(),
        |structure, (address, present)| {
            if present {
                structure.address_of_nothing(address)
            } else {
                structure.null()
            }
        },
    );
    structure.number(flags).address_of_nothing(reserved)
}

/// Returns `CK_C_INITIALIZE_ARGS` without functions.
#[must_use]
pub fn without_functions(flags: CK_FLAGS, reserved: usize) -> Structure {
    with_functions([false; 4], flags, reserved)
}

/// A mutex that one thread may lock and another unlock, as C allows.
struct Lock {
    taken: Mutex<bool>,
    free: Condvar,
}

extern "C" fn create(place: *mut *mut c_void) -> CK_RV {
    CREATED.fetch_add(1, Ordering::SeqCst);
    if place.is_null() {
        MISUSED.fetch_add(1, Ordering::SeqCst);
        return CKR_ARGUMENTS_BAD;
    }
    let lock = Box::new(Lock {
        taken: Mutex::new(false),
        free: Condvar::new(),
    });
    // SAFETY: the module gives a place for a pointer.
    unsafe { place.write(Box::into_raw(lock).cast()) };
    CKR_OK
}

extern "C" fn destroy(lock: *mut c_void) -> CK_RV {
    DESTROYED.fetch_add(1, Ordering::SeqCst);
    if lock.is_null() {
        MISUSED.fetch_add(1, Ordering::SeqCst);
        return CKR_ARGUMENTS_BAD;
    }
    // SAFETY: a module hands back what `create` gave it, once.
    drop(unsafe { Box::from_raw(lock.cast::<Lock>()) });
    CKR_OK
}

extern "C" fn lock(lock: *mut c_void) -> CK_RV {
    LOCKED.fetch_add(1, Ordering::SeqCst);
    let Some(lock) = lock_at(lock) else {
        return CKR_ARGUMENTS_BAD;
    };
    let taken = lock
        .taken
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut taken = lock
        .free
        .wait_while(taken, |taken| *taken)
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    *taken = true;
    CKR_OK
}

extern "C" fn unlock(lock: *mut c_void) -> CK_RV {
    UNLOCKED.fetch_add(1, Ordering::SeqCst);
    let Some(lock) = lock_at(lock) else {
        return CKR_ARGUMENTS_BAD;
    };
    let mut taken = lock
        .taken
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if !std::mem::replace(&mut *taken, false) {
        MISUSED.fetch_add(1, Ordering::SeqCst);
        return CKR_MUTEX_NOT_LOCKED;
    }
    lock.free.notify_one();
    CKR_OK
}

fn lock_at<'a>(lock: *mut c_void) -> Option<&'a Lock> {
    if lock.is_null() {
        MISUSED.fetch_add(1, Ordering::SeqCst);
        return None;
    }
    // SAFETY: a module hands back what `create` gave it and `destroy` has not taken.
    Some(unsafe { &*lock.cast::<Lock>() })
}
