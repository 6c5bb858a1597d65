//! Sessions and their states (PKCS#11 3.1 sections 3.3, 5.1.2 and 5.6).

mod cancel;
mod close;
mod handle;
mod info;
mod object;
mod open;
mod operation;
mod read_only;

use cryptoki_sys::{CKA_SIGN, CKF_SIGN, CKK_GENERIC_SECRET, CKM_SHA256_HMAC};

use crate::c::{Object, Session};
use crate::case::{Case, Outcome};
use crate::context::Context;

/// What is authenticated by [`MAC`] with [`mac_key`]: RFC 4231, test case 6, whose key is long enough for every module.
const TEXT: &[u8] = b"Test Using Larger Than Block-Size Key - Hash Key First";
/// Its HMAC with SHA-256.
const MAC: &str = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        open::cases(),
        close::cases(),
        info::cases(),
        object::cases(),
        read_only::cases(),
        operation::cases(),
        cancel::cases(),
        handle::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Imports the key of [`MAC`].
fn mac_key(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    cx.mechanism(CKM_SHA256_HMAC, CKF_SIGN)?;
    cx.import_secret(session, CKK_GENERIC_SECRET, &[0xaa; 131], &[CKA_SIGN])
}
