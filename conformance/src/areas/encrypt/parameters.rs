//! Values of parameters that no token can work with.

use cryptoki_sys::*;

use crate::c::Mechanism;
use crate::case::{Case, case};
use crate::operations::mechanisms::{CIPHERS, row};
use crate::operations::parameters::{AAD, IV, NONCE, TAG, ccm, ctr, gcm, oaep};
use crate::operations::{Family, Operation};

/// A wrong value: its name, the mechanism's row, what is wrong, and the parameter.
struct Wrong {
    id: &'static str,
    row: &'static str,
    what: &'static str,
    mechanism: fn() -> Mechanism,
}

#[rustfmt::skip] // A table reads by its columns.
const WRONG: &[Wrong] = &[
    Wrong { id: "gcm.no-iv", row: "aes-gcm", what: "an empty initialisation vector", mechanism: || gcm(b"", AAD, TAG as u64 * 8) },
    Wrong { id: "gcm.tag-129", row: "aes-gcm", what: "a tag of 129 bits", mechanism: || gcm(&IV[..NONCE], AAD, 129) },
    Wrong { id: "gcm.tag-136", row: "aes-gcm", what: "a tag of 136 bits", mechanism: || gcm(&IV[..NONCE], AAD, 136) },
    Wrong { id: "gcm.tag-huge", row: "aes-gcm", what: "a tag of 2^40 bits", mechanism: || gcm(&IV[..NONCE], AAD, 1 << 40) },
    Wrong { id: "ccm.nonce-6", row: "aes-ccm", what: "a nonce of 6 bytes", mechanism: || ccm(37, &IV[..6], AAD, TAG as u64) },
    Wrong { id: "ccm.nonce-14", row: "aes-ccm", what: "a nonce of 14 bytes", mechanism: || ccm(37, &IV[..14], AAD, TAG as u64) },
    Wrong { id: "ccm.tag-3", row: "aes-ccm", what: "a MAC of 3 bytes", mechanism: || ccm(37, &IV[..NONCE], AAD, 3) },
    Wrong { id: "ccm.tag-5", row: "aes-ccm", what: "a MAC of 5 bytes", mechanism: || ccm(37, &IV[..NONCE], AAD, 5) },
    Wrong { id: "ccm.tag-18", row: "aes-ccm", what: "a MAC of 18 bytes", mechanism: || ccm(37, &IV[..NONCE], AAD, 18) },
    Wrong { id: "ctr.bits-0", row: "aes-ctr", what: "a counter of 0 bits", mechanism: || ctr(0) },
    Wrong { id: "ctr.bits-129", row: "aes-ctr", what: "a counter of 129 bits", mechanism: || ctr(129) },
    Wrong { id: "oaep.hash", row: "rsa-oaep-sha1", what: "a hash that is none", mechanism: || oaep(CKM_AES_ECB, CKG_MGF1_SHA1, b"") },
    Wrong { id: "oaep.mgf", row: "rsa-oaep-sha1", what: "a mask generation function that is none", mechanism: || oaep(CKM_SHA_1, 0x7FFF_FFF5, b"") },
];

/// Returns the cases, of encrypting and of decrypting.
pub(crate) fn cases() -> Vec<Case> {
    both(Family::Encrypt)
}

/// Returns the cases of one of the two.
pub(crate) fn both(family: Family) -> Vec<Case> {
    WRONG.iter().map(|wrong| of(family, wrong)).collect()
}

fn of(family: Family, wrong: &'static Wrong) -> Case {
    let row = row(CIPHERS, wrong.row);
    case(
        format!("{}.parameter.{}", family.area(), wrong.id),
        row.section(),
        format!(
            "{} with {} answers CKR_MECHANISM_PARAM_INVALID.",
            row.name(),
            wrong.what
        ),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, family)?;
        let mechanism = (wrong.mechanism)();
        // A bad value is a bad argument too.
        let codes = [CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD];
        cx.expect_one_of(operation.init_with(cx, &mechanism), &codes)?;
        operation.ended(cx)
    })
}
