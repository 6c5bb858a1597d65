//! Keys of passwords.

use aws_lc_sys as c;
use ck::Digest;
use zeroize::Zeroizing;

use super::digest::message_digest;
use super::{Failed, check};

/// Derives so many bytes by PBKDF2 over HMAC (RFC 8018, 5.2).
pub(crate) fn pbkdf2(
    digest: Digest,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let mut output = Zeroizing::new(vec![0; len]);
    // SAFETY: the description is static; every slice is valid for its length; the output is valid for its length and overlaps
    // with nothing.
    let result = unsafe {
        c::PKCS5_PBKDF2_HMAC(
            password.as_ptr().cast(),
            password.len(),
            salt.as_ptr(),
            salt.len(),
            iterations,
            message_digest(digest),
            len,
            output.as_mut_ptr(),
        )
    };
    check(result, "PKCS5_PBKDF2_HMAC").map(|()| output)
}
