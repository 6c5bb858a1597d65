//! Encryption (PKCS#11 3.1 section 5.8).

mod authenticated;
mod data;
mod parameters;
mod rsa;

use crate::case::Case;
use crate::operations::mechanisms::CIPHERS;
use crate::operations::{Family, buffers, failures, parts, states};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        data::cases(),
        authenticated::cases(),
        rsa::cases(),
        parameters::cases(),
        buffers::cases(Family::Encrypt, CIPHERS),
        states::cases(Family::Encrypt, CIPHERS),
        failures::cases(Family::Encrypt, CIPHERS),
        parts::cases(Family::Encrypt, CIPHERS),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the cases of parameters that no token can work with, for encryption or decryption.
pub(crate) fn wrong_parameters(family: Family) -> Vec<Case> {
    parameters::both(family)
}
