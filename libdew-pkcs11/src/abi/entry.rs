//! The wall between the host and the module: what every C function passes through.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use ck::Rv;
use cryptoki_sys::CK_RV;

use crate::log::Log;

thread_local! {
    /// Whether this thread runs the module's code. It has no destructor, which would keep the module from being unloaded.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs the body of a C function. A panic becomes `CKR_GENERAL_ERROR`: leaving a C function it would end the host.
pub(super) fn entry(body: impl FnOnce() -> Result<(), Rv>) -> CK_RV {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(report)));
    let outer = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(body));
    INSIDE.set(outer);
    match result {
        Ok(Ok(())) => Rv::OK.0,
        Ok(Err(rv)) => rv.0,
        Err(_) => Rv::GENERAL_ERROR.0,
    }
}

/// Reports a panic. Inside the module the line has the place alone: the text of a panic may quote what it stumbled over.
fn report(panic: &PanicHookInfo<'_>) {
    if INSIDE.get() {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        Log::from_environment()
            .unwrap_or_default()
            .error(format_args!("internal error at {place}; please report it"));
    } else {
        Log::Errors.error(panic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_general_error() {
        assert_eq!(entry(|| panic!("on purpose")), Rv::GENERAL_ERROR.0);
        assert_eq!(entry(|| Ok(())), Rv::OK.0);
        assert_eq!(entry(|| Err(Rv::ARGUMENTS_BAD)), Rv::ARGUMENTS_BAD.0);
    }
}
