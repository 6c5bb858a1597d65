//! HMAC.

use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use ck::Digest;

use super::digest::message_digest;
use super::{Failed, check, owned};

/// The state of an HMAC.
pub(crate) struct HmacContext {
    context: NonNull<c::HMAC_CTX>,
    digest: Digest,
}

// SAFETY: the context has no ties to a thread; it is changed through exclusive references only.
unsafe impl Send for HmacContext {}

impl Drop for HmacContext {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::HMAC_CTX_free(self.context.as_ptr()) };
    }
}

impl HmacContext {
    /// Starts a MAC.
    pub(crate) fn new(digest: Digest, key: &[u8]) -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        let context = owned(unsafe { c::HMAC_CTX_new() }, "HMAC_CTX_new")?;
        let new = Self { context, digest };
        // SAFETY: the context is valid; the slice is valid for its length and not null, so that the library takes it
        // for a key even if it is empty; the description is static.
        let result = unsafe {
            c::HMAC_Init_ex(
                new.context.as_ptr(),
                key.as_ptr().cast(),
                key.len(),
                message_digest(digest),
                ptr::null_mut(),
            )
        };
        check(result, "HMAC_Init_ex").map(|()| new)
    }

    /// Takes the next part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) -> Result<(), Failed> {
        // SAFETY: the context is valid and initialised; the slice is valid for its length.
        let result = unsafe { c::HMAC_Update(self.context.as_ptr(), part.as_ptr(), part.len()) };
        check(result, "HMAC_Update")
    }

    /// Returns the MAC at its full length.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Failed> {
        let mut output = vec![0; self.digest.len()];
        let mut len = 0;
        // SAFETY: the context is valid and initialised; the buffer has the length of this digest.
        let result =
            unsafe { c::HMAC_Final(self.context.as_ptr(), output.as_mut_ptr(), &raw mut len) };
        check(result, "HMAC_Final").map(|()| output)
    }

    /// Copies the state.
    pub(crate) fn duplicate(&self) -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        let context = owned(unsafe { c::HMAC_CTX_new() }, "HMAC_CTX_new")?;
        let copy = Self {
            context,
            digest: self.digest,
        };
        // SAFETY: both contexts are valid and distinct, and the source is initialised.
        let result = unsafe { c::HMAC_CTX_copy_ex(copy.context.as_ptr(), self.context.as_ptr()) };
        check(result, "HMAC_CTX_copy_ex").map(|()| copy)
    }

    /// Computes the MAC of a whole message given in parts.
    pub(crate) fn mac(digest: Digest, key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, Failed> {
        let mut context = Self::new(digest, key)?;
        for part in parts {
            context.update(part)?;
        }
        context.finish()
    }
}
