//! Names of the standard's numbers, from the standard's own header: a name that is printed is the name of that value.

use cryptoki_sys::CK_ULONG;

/// Makes a table of `(number, name)` from the names alone.
macro_rules! names {
    ($(#[$doc:meta])* $table:ident: $type:ty { $($name:ident,)* }) => {
        $(#[$doc])*
        pub static $table: &[($type, &str)] = &[$(($name, stringify!($name)),)*];
    };
}

mod flags;
mod mechanisms;
mod objects;
mod return_codes;
mod sessions;

pub use flags::{MECHANISM_FLAGS, SESSION_FLAGS, SLOT_FLAGS, TOKEN_FLAGS};
pub use mechanisms::MECHANISMS;
pub use objects::{ATTRIBUTES, KEY_TYPES, OBJECT_CLASSES, PROFILES};
pub use return_codes::RETURN_CODES;
pub use sessions::{STATES, USERS};

/// Returns the first name of a number in a table, or the number in hexadecimal.
#[must_use]
pub fn name(table: &[(CK_ULONG, &'static str)], number: CK_ULONG) -> String {
    table
        .iter()
        .find(|row| row.0 == number)
        .map_or_else(|| format!("{number:#x}"), |row| row.1.to_owned())
}

/// Returns the number of a name in a table.
#[must_use]
pub fn number(table: &[(CK_ULONG, &'static str)], name: &str) -> Option<CK_ULONG> {
    table.iter().find(|row| row.1 == name).map(|row| row.0)
}

/// Returns the names of the bits that are set, and the rest in hexadecimal.
#[must_use]
pub fn flags(table: &[(CK_ULONG, &'static str)], bits: CK_ULONG) -> Vec<String> {
    let mut rest = bits;
    let mut found = Vec::new();
    for (bit, name) in table {
        if rest & bit != 0 {
            rest &= !bit;
            found.push((*name).to_owned());
        }
    }
    if rest != 0 {
        found.push(format!("{rest:#x}"));
    }
    found
}
