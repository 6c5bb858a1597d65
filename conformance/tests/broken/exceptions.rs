//! Cases that no rule makes fail, each with the reason.

/// The cases and the reasons.
pub(crate) const EXCEPTIONS: &[(&str, &str)] = &[];
