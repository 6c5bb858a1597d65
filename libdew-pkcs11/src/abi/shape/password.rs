//! The parameters of keys that are made of passwords.

use ck::{Params, Password};
use cryptoki_sys::{CK_PKCS5_PBKD2_PARAMS2, CKZ_SALT_SPECIFIED};
use proto::limits;

use super::mechanism::pointed;

/// Reads the parameters. The structure of version 2.40, with a pointer where the password's length is, is as long: an address is
/// no length of a password, and so is refused. The pseudorandom functions take no data of their own.
///
/// # Safety
/// What the structure points to must be the host's, which must keep it as long as the result is used.
pub(super) unsafe fn params<'a>(password: &CK_PKCS5_PBKD2_PARAMS2) -> Option<Params<'a>> {
    const LIMIT: usize = limits::ATTRIBUTE_BYTES;
    if password.saltSource != CKZ_SALT_SPECIFIED || password.ulPrfDataLen != 0 {
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let salt = password.pSaltSourceData.cast::<u8>();
        Some(Params::Password {
            function: password.prf,
            salt: pointed(salt, password.ulSaltSourceDataLen, LIMIT)?,
            iterations: password.iterations,
            password: Password(pointed(password.pPassword, password.ulPasswordLen, LIMIT)?),
        })
    }
}
