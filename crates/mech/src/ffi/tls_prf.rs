//! The pseudorandom function of TLS 1.2.

use aws_lc_sys as c;
use ck::Digest;
use zeroize::Zeroizing;

use super::digest::message_digest;
use super::{Failed, check};

/// Computes so many bytes of the function over a label and a seed of two pieces (RFC 5246, 5).
pub(crate) fn tls_prf(
    digest: Digest,
    secret: &[u8],
    label: &[u8],
    [first, second]: [&[u8]; 2],
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let mut output = Zeroizing::new(vec![0; len]);
    // SAFETY: the description is static; every slice is valid for its length, and the label is told by its length, not by a
    // byte that ends it; the output is valid for its length and overlaps with nothing.
    let result = unsafe {
        c::CRYPTO_tls1_prf(
            message_digest(digest),
            output.as_mut_ptr(),
            len,
            secret.as_ptr(),
            secret.len(),
            label.as_ptr().cast(),
            label.len(),
            first.as_ptr(),
            first.len(),
            second.as_ptr(),
            second.len(),
        )
    };
    check(result, "CRYPTO_tls1_prf").map(|()| output)
}
