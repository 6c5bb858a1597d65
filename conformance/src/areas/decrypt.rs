//! Decryption (PKCS#11 3.1 section 5.10).

mod authenticated;
mod data;
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
        super::encrypt::wrong_parameters(Family::Decrypt),
        buffers::cases(Family::Decrypt, CIPHERS),
        states::cases(Family::Decrypt, CIPHERS),
        failures::cases(Family::Decrypt, CIPHERS),
        parts::cases(Family::Decrypt, CIPHERS),
    ]
    .into_iter()
    .flatten()
    .collect()
}
