//! CMAC over AES and triple DES (SP 800-38B).

use std::ptr::{self, NonNull};

use aws_lc_sys as c;

use super::cipher::description;
use super::{Failed, Mode, check, owned};

/// The state of a CMAC.
pub(crate) struct CmacContext {
    context: NonNull<c::CMAC_CTX>,
    len: usize,
}

// SAFETY: the context has no ties to a thread; it is changed through exclusive references only.
unsafe impl Send for CmacContext {}

impl Drop for CmacContext {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::CMAC_CTX_free(self.context.as_ptr()) };
    }
}

impl CmacContext {
    /// The length of a whole MAC over AES in bytes.
    pub(crate) const LEN: usize = 16;
    /// The same over triple DES.
    const TRIPLE_DES_LEN: usize = 8;

    /// Starts a MAC under an AES key.
    pub(crate) fn new(key: &[u8]) -> Result<Self, Failed> {
        Self::over(Mode::Cbc, key, Self::LEN)
    }

    /// Starts a MAC under a key of triple DES.
    pub(crate) fn triple_des(key: &[u8; 24]) -> Result<Self, Failed> {
        Self::over(Mode::TripleDesCbc, key, Self::TRIPLE_DES_LEN)
    }

    fn over(mode: Mode, key: &[u8], len: usize) -> Result<Self, Failed> {
        let cipher = description(mode, key.len());
        if cipher.is_null() {
            return Err(Failed::of("CMAC_Init"));
        }
        // SAFETY: takes no argument; the result is checked and owned.
        let context = owned(unsafe { c::CMAC_CTX_new() }, "CMAC_CTX_new")?;
        let new = Self { context, len };
        // SAFETY: the context is valid; the slice is valid for its length; the description is static and for a key of
        // this length.
        let result = unsafe {
            c::CMAC_Init(
                new.context.as_ptr(),
                key.as_ptr().cast(),
                key.len(),
                cipher,
                ptr::null_mut(),
            )
        };
        check(result, "CMAC_Init").map(|()| new)
    }

    /// Takes the next part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) -> Result<(), Failed> {
        // SAFETY: the context is valid and initialised; the slice is valid for its length.
        let result = unsafe { c::CMAC_Update(self.context.as_ptr(), part.as_ptr(), part.len()) };
        check(result, "CMAC_Update")
    }

    /// Returns the MAC at its full length.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Failed> {
        let (mut output, mut len) = (vec![0; self.len], 0);
        // SAFETY: the context is valid and initialised; the buffer has the length of a block, which is the MAC's.
        let result =
            unsafe { c::CMAC_Final(self.context.as_ptr(), output.as_mut_ptr(), &raw mut len) };
        check(result, "CMAC_Final").map(|()| output)
    }
}
