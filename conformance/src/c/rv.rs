//! Return codes.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use cryptoki_sys::{CK_RV, CKR_OK};

use super::{Function, names};

/// What a function returned. It knows which function that was, so that a case that judges it later names the right one;
/// two are equal if their codes are.
#[derive(Clone, Copy)]
pub struct Rv(pub CK_RV, Option<Function>);

impl Rv {
    /// Makes one that no function returned.
    #[must_use]
    pub const fn new(code: CK_RV) -> Self {
        Self(code, None)
    }

    /// Makes one that a function returned.
    #[must_use]
    pub const fn of(function: Function, code: CK_RV) -> Self {
        Self(code, Some(function))
    }

    /// Returns what a function returned whose calls give something where they answer `CKR_OK`.
    pub fn of_result<T>(function: Function, result: Result<T, Self>) -> Self {
        result.err().unwrap_or_else(|| Self::of(function, CKR_OK))
    }

    /// Returns the function that returned it.
    #[must_use]
    pub const fn function(self) -> Option<Function> {
        self.1
    }

    /// Tells whether it is `CKR_OK`.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        self.0 == CKR_OK
    }
}

impl PartialEq for Rv {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Rv {}

impl Hash for Rv {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl PartialOrd for Rv {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rv {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl fmt::Display for Rv {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&names::name(names::RETURN_CODES, self.0))
    }
}

impl fmt::Debug for Rv {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use cryptoki_sys::CKR_ARGUMENTS_BAD;

    use super::*;

    #[test]
    fn the_function_makes_no_difference_between_codes() {
        let one = Rv::of(Function::C_Sign, CKR_ARGUMENTS_BAD);
        let other = Rv::of(Function::C_Verify, CKR_ARGUMENTS_BAD);
        assert_eq!(one, other);
        assert_eq!(one.cmp(&other), Ordering::Equal);
        assert_ne!(one, Rv::of(Function::C_Sign, CKR_OK));
    }

    #[test]
    fn a_result_says_who_returned_it() {
        let ended = Rv::of_result(Function::C_FindObjects, Ok(()));
        assert_eq!(ended.function(), Some(Function::C_FindObjects));
        let begun = Rv::of(Function::C_FindObjectsInit, CKR_ARGUMENTS_BAD);
        let refused = Rv::of_result::<()>(Function::C_FindObjects, Err(begun));
        assert_eq!(refused.function(), Some(Function::C_FindObjectsInit));
    }
}
