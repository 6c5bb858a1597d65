//! The rules that can be broken, by area of the conformance suite.
//!
//! Each table is followed by the functions that its rows name.

mod attacks;
mod attributes;
mod find;
mod general;
mod host;
mod keys;
mod lengths;
mod login;
mod objects;
mod operations;
mod results;
mod sessions;
mod slots;

use cryptoki_sys::{CK_FALSE, CK_TRUE};

use crate::rule::Rule;

/// The value of an attribute that is true.
const TRUE: &[u8] = &[CK_TRUE];
/// The value of an attribute that is false.
const FALSE: &[u8] = &[CK_FALSE];

/// Returns every rule that the module can break.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let tables = [
        general::RULES,
        slots::RULES,
        sessions::RULES,
        login::RULES,
        objects::RULES,
        attributes::RULES,
        find::RULES,
        operations::RULES,
        lengths::RULES,
        results::RULES,
        keys::RULES,
        attacks::RULES,
        host::RULES,
    ];
    tables.into_iter().flatten()
}
