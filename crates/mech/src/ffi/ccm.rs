//! AES in counter mode with CBC-MAC (SP 800-38C), a whole message at a time.

use std::ptr;

use aws_lc_sys as c;
use zeroize::Zeroize;

use super::cipher::description;
use super::{CipherContext, Direction, Failed, Mode, check, int};

/// What the two ends of a message agree on.
pub(crate) struct Ccm<'a> {
    /// The AES key.
    pub(crate) key: &'a [u8],
    /// The nonce, of 7 to 13 bytes.
    pub(crate) nonce: &'a [u8],
    /// The additional authenticated data.
    pub(crate) aad: &'a [u8],
}

impl Ccm<'_> {
    /// Appends the ciphertext of a message, and then its MAC of `mac_len` bytes, to `out`.
    pub(crate) fn seal(
        &self,
        message: &[u8],
        mac_len: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Failed> {
        let context = self.start(Direction::Encrypt, message.len(), mac_len, ptr::null_mut())?;
        transform(&context, message, out)?;
        let start = out.len();
        out.resize(start + mac_len, 0);
        let mac = out[start..].as_mut_ptr();
        context.control(c::EVP_CTRL_AEAD_GET_TAG, mac_len, mac)
    }

    /// Appends the message of a ciphertext to `out`, unless the MAC is not that of this message.
    pub(crate) fn open(
        &self,
        ciphertext: &[u8],
        mac: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Failed> {
        let mut mac = mac.to_vec();
        let context = self.start(
            Direction::Decrypt,
            ciphertext.len(),
            mac.len(),
            mac.as_mut_ptr(),
        )?;
        transform(&context, ciphertext, out)
    }

    /// Makes a context that has all but the message; `mac` is null, or as long as is said.
    fn start(
        &self,
        direction: Direction,
        message_len: usize,
        mac_len: usize,
        mac: *mut u8,
    ) -> Result<CipherContext, Failed> {
        let cipher = description(Mode::Ccm, self.key.len());
        if cipher.is_null() || !(7..=13).contains(&self.nonce.len()) {
            return Err(Failed::of("EVP_CipherInit_ex"));
        }
        let context = CipherContext::blank()?;
        context.init(cipher, ptr::null(), ptr::null(), direction)?;
        context.control(
            c::EVP_CTRL_AEAD_SET_IVLEN,
            self.nonce.len(),
            ptr::null_mut(),
        )?;
        context.control(c::EVP_CTRL_AEAD_SET_TAG, mac_len, mac)?;
        let (key, nonce) = (self.key.as_ptr(), self.nonce.as_ptr());
        context.init(ptr::null(), key, nonce, direction)?;
        announce(&context, message_len)?;
        if !self.aad.is_empty() {
            update(&context, ptr::null_mut(), self.aad)?;
        }
        Ok(context)
    }
}

/// Tells the library how long the message will be.
fn announce(context: &CipherContext, message_len: usize) -> Result<(), Failed> {
    const FUNCTION: &str = "EVP_CipherUpdate";
    let (len, mut done) = (int(message_len, FUNCTION)?, 0);
    // SAFETY: the context is valid and initialised; without input and output, the length is all that is read.
    let result = unsafe {
        c::EVP_CipherUpdate(
            context.as_ptr(),
            ptr::null_mut(),
            &raw mut done,
            ptr::null(),
            len,
        )
    };
    check(result, FUNCTION)
}

/// Appends the output for the whole input, and nothing if that fails.
fn transform(context: &CipherContext, input: &[u8], out: &mut Vec<u8>) -> Result<(), Failed> {
    // One byte more than is needed: an empty message has a place to go as well.
    let start = out.len();
    out.resize(start + input.len() + 1, 0);
    let result = update(context, out[start..].as_mut_ptr(), input);
    let kept = if result.is_ok() { input.len() } else { 0 };
    out[start + kept..].zeroize();
    out.truncate(start + kept);
    result
}

/// Gives the library the additional data (without an output) or the message (with one that is as long).
fn update(context: &CipherContext, out: *mut u8, input: &[u8]) -> Result<(), Failed> {
    const FUNCTION: &str = "EVP_CipherUpdate";
    let (len, mut done) = (int(input.len(), FUNCTION)?, 0);
    // SAFETY: the context is valid and initialised; the input is valid for its length and not null; the output is null
    // or has room for as much, which is what this mode writes.
    let result =
        unsafe { c::EVP_CipherUpdate(context.as_ptr(), out, &raw mut done, input.as_ptr(), len) };
    check(result, FUNCTION)
}
