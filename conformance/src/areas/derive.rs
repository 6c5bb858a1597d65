//! Deriving keys (PKCS#11 3.1 section 5.18.5).

mod agreement;
mod functions;
mod history;
mod refusals;
mod simple;
mod tls;

use cryptoki_sys::*;

use crate::c::{Object, Session};
use crate::case::{Case, Outcome};
use crate::context::Context;
use crate::keys::{private, unhex};
use crate::known_keys::{P256, P256_PRIVATE};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        agreement::cases(),
        history::cases(),
        simple::cases(),
        functions::cases(),
        refusals::cases(),
        tls::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Twice the generator of P-256, uncompressed.
const POINT: &str = "047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc4766997807775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1";
/// What the known key on P-256 agrees on with it, computed with another implementation.
const SHARED: &str = "ed3687f8bd593c3d260ead3cbf2d4ac102e1e845e1f58da14343c20e6b1a3d4b";

/// Imports the known key on P-256 to derive with.
fn known(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    cx.mechanism(CKM_ECDH1_DERIVE, CKF_DERIVE)?;
    let template = private(CKK_EC, &[CKA_DERIVE])
        .bytes(CKA_EC_PARAMS, &unhex(P256))
        .bytes(CKA_VALUE, &unhex(P256_PRIVATE));
    cx.import(session, &template)
}
