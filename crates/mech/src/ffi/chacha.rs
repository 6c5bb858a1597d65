//! ChaCha20 and Poly1305 (RFC 8439), each by itself.

use aws_lc_sys as c;
use zeroize::Zeroizing;

/// Adds the key stream that begins with this block to `input`.
///
/// The library's counter has 32 bits: the caller sees to it that it does not start over.
pub(crate) fn chacha20(
    key: &[u8; 32],
    nonce: &[u8; 12],
    counter: u32,
    input: &[u8],
    out: &mut [u8],
) {
    assert_eq!(input.len(), out.len(), "a stream cipher keeps the length");
    // SAFETY: both buffers have this length and do not overlap, being a shared and an exclusive reference; key and nonce
    // have the lengths that the function reads.
    unsafe {
        c::CRYPTO_chacha_20(
            out.as_mut_ptr(),
            input.as_ptr(),
            input.len(),
            key.as_ptr(),
            nonce.as_ptr(),
            counter,
        );
    }
}

/// The state of a Poly1305 MAC. It must not move: the library aligns what it keeps by the address.
pub(crate) struct Poly1305(Zeroizing<Vec<u8>>);

impl Poly1305 {
    /// The length of the MAC in bytes.
    pub(crate) const LEN: usize = 16;

    /// Starts a MAC under a key that is used once.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let mut state = Zeroizing::new(vec![0; size_of::<c::poly1305_state>()]);
        // SAFETY: the state has the size of the library's, which needs no alignment; the key has the length that is read.
        unsafe { c::CRYPTO_poly1305_init(state.as_mut_ptr().cast(), key.as_ptr()) };
        Self(state)
    }

    /// Takes the next part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) {
        // SAFETY: the state is initialised and where it was then; the slice is valid for its length.
        unsafe {
            c::CRYPTO_poly1305_update(self.0.as_mut_ptr().cast(), part.as_ptr(), part.len());
        }
    }

    /// Returns the MAC.
    pub(crate) fn finish(mut self) -> [u8; Self::LEN] {
        let mut mac = [0; Self::LEN];
        // SAFETY: the state is initialised and where it was then; the buffer has the length of the MAC.
        unsafe { c::CRYPTO_poly1305_finish(self.0.as_mut_ptr().cast(), mac.as_mut_ptr()) };
        mac
    }
}
