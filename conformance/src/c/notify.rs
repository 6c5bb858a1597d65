//! The application's callback, as `C_OpenSession` takes it (PKCS#11 3.1 section 5.21).

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use cryptoki_sys::{CK_NOTIFICATION, CK_RV, CK_SESSION_HANDLE, CKR_OK};

static CALLS: Mutex<Vec<Call>> = Mutex::new(Vec::new());

/// One call of the callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The session that it is about.
    pub session: CK_SESSION_HANDLE,
    /// What happened.
    pub event: CK_NOTIFICATION,
    /// The application's own word, given to `C_OpenSession`.
    pub application: usize,
}

/// Returns the callback's address.
#[must_use]
pub fn address() -> usize {
    (notify as *const c_void).expose_provenance()
}

/// Returns the calls since the last time.
#[must_use]
pub fn take_calls() -> Vec<Call> {
    std::mem::take(&mut *CALLS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Lets the module go on with what it does.
extern "C" fn notify(
    session: CK_SESSION_HANDLE,
    event: CK_NOTIFICATION,
    application: *mut c_void,
) -> CK_RV {
    let call = Call {
        session,
        event,
        application: application.addr(),
    };
    CALLS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(call);
    CKR_OK
}
