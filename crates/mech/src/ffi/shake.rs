//! SHAKE128 and SHAKE256 (FIPS 202, 6.2).

use std::ptr::{self, NonNull};

use aws_lc_sys as c;

use super::{Failed, check, owned};

/// The state of a function of any output length.
pub(crate) struct ShakeContext(NonNull<c::EVP_MD_CTX>);

// SAFETY: the context has no ties to a thread; it is changed through exclusive references only.
unsafe impl Send for ShakeContext {}

impl Drop for ShakeContext {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EVP_MD_CTX_free(self.0.as_ptr()) };
    }
}

impl ShakeContext {
    /// Starts SHAKE128.
    pub(crate) fn shake128() -> Result<Self, Failed> {
        // SAFETY: takes no argument and returns a pointer to static data.
        Self::new(unsafe { c::EVP_shake128() })
    }

    /// Starts SHAKE256.
    pub(crate) fn shake256() -> Result<Self, Failed> {
        // SAFETY: as above.
        Self::new(unsafe { c::EVP_shake256() })
    }

    fn new(function: *const c::EVP_MD) -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        let new = Self(owned(unsafe { c::EVP_MD_CTX_new() }, "EVP_MD_CTX_new")?);
        // SAFETY: the context is valid; the description is static; no engine is asked for.
        let result = unsafe { c::EVP_DigestInit_ex(new.0.as_ptr(), function, ptr::null_mut()) };
        check(result, "EVP_DigestInit_ex").map(|()| new)
    }

    /// Takes the next part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) -> Result<(), Failed> {
        // SAFETY: the context is valid and initialised; the slice is valid for its length.
        let result =
            unsafe { c::EVP_DigestUpdate(self.0.as_ptr(), part.as_ptr().cast(), part.len()) };
        check(result, "EVP_DigestUpdate")
    }

    /// Fills a buffer with the output.
    pub(crate) fn finish(self, output: &mut [u8]) -> Result<(), Failed> {
        // SAFETY: the context is valid and initialised; the buffer is valid for its length.
        let result =
            unsafe { c::EVP_DigestFinalXOF(self.0.as_ptr(), output.as_mut_ptr(), output.len()) };
        check(result, "EVP_DigestFinalXOF")
    }
}
