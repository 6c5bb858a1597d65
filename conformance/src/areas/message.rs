//! The message-based functions of version 3.0 (PKCS#11 3.1 sections 5.9, 5.11, 5.14 and 5.16).

mod ciphers;
mod decrypting;
mod encrypting;
mod generators;
mod signing;
mod states;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        encrypting::cases(),
        decrypting::cases(),
        generators::cases(),
        states::cases(),
        signing::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
