//! A PKCS#11 module for tests: it passes every call on to a real module and breaks one rule.
//!
//! `BROKEN_MODULE_UNDER` holds the path of the real module and `BROKEN_MODULE_RULE` the name of the rule; without it, or with an empty
//! one, the module is as good as the one under it. Each of the [`rules`] names the cases of the conformance suite that must
//! fail because of it, so that every case is known to bite.

mod functions;
mod generic;
mod hook;
mod module;
mod notes;
mod operation;
mod rule;
mod rules;
#[cfg(test)]
mod tests;

pub use functions::Function;
pub use generic::{Generic, generic_rules};
pub use rule::Rule;
pub use rules::rules;
