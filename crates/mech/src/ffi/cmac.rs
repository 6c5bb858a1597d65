//! CMAC over AES (SP 800-38B).

use std::ptr::{self, NonNull};

use aws_lc_sys as c;

use super::cipher::description;
use super::{Failed, Mode, check, owned};

/// The state of a CMAC.
pub(crate) struct CmacContext(NonNull<c::CMAC_CTX>);

// SAFETY: the context has no ties to a thread; it is changed through exclusive references only.
unsafe impl Send for CmacContext {}

impl Drop for CmacContext {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::CMAC_CTX_free(self.0.as_ptr()) };
    }
}

impl CmacContext {
    /// The length of a whole MAC in bytes.
    pub(crate) const LEN: usize = 16;

    /// Starts a MAC under an AES key.
    pub(crate) fn new(key: &[u8]) -> Result<Self, Failed> {
        let cipher = description(Mode::Cbc, key.len());
        if cipher.is_null() {
            return Err(Failed::of("CMAC_Init"));
        }
        // SAFETY: takes no argument; the result is checked and owned.
        let new = Self(owned(unsafe { c::CMAC_CTX_new() }, "CMAC_CTX_new")?);
        // SAFETY: the context is valid; the slice is valid for its length; the description is static and for a key of
        // this length.
        let result = unsafe {
            c::CMAC_Init(
                new.0.as_ptr(),
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
        let result = unsafe { c::CMAC_Update(self.0.as_ptr(), part.as_ptr(), part.len()) };
        check(result, "CMAC_Update")
    }

    /// Returns the MAC at its full length.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Failed> {
        let (mut output, mut len) = (vec![0; Self::LEN], 0);
        // SAFETY: the context is valid and initialised; the buffer has the length of a block, which is the MAC's.
        let result = unsafe { c::CMAC_Final(self.0.as_ptr(), output.as_mut_ptr(), &raw mut len) };
        check(result, "CMAC_Final").map(|()| output)
    }
}
