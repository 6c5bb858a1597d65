//! Return codes.

use std::fmt;

use cryptoki_sys::{CK_RV, CKR_OK};

use super::names;

/// What a function returned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rv(pub CK_RV);

impl Rv {
    /// Tells whether it is `CKR_OK`.
    #[must_use]
    pub fn is_ok(self) -> bool {
        self.0 == CKR_OK
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
