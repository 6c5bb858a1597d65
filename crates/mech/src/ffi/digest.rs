//! Hash functions.

use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use ck::Digest;
use zeroize::Zeroizing;

use super::{Failed, check, owned};

/// Returns the library's static description of a hash function.
pub(super) fn message_digest(digest: Digest) -> *const c::EVP_MD {
    // SAFETY: these functions take no argument and return pointers to static data.
    unsafe {
        match digest {
            Digest::Md5 => c::EVP_md5(),
            Digest::Sha1 => c::EVP_sha1(),
            Digest::Sha224 => c::EVP_sha224(),
            Digest::Sha256 => c::EVP_sha256(),
            Digest::Sha384 => c::EVP_sha384(),
            Digest::Sha512 => c::EVP_sha512(),
            Digest::Sha512_224 => c::EVP_sha512_224(),
            Digest::Sha512_256 => c::EVP_sha512_256(),
            Digest::Sha3_224 => c::EVP_sha3_224(),
            Digest::Sha3_256 => c::EVP_sha3_256(),
            Digest::Sha3_384 => c::EVP_sha3_384(),
            Digest::Sha3_512 => c::EVP_sha3_512(),
        }
    }
}

/// The state of a hash function.
pub(crate) struct DigestContext {
    context: NonNull<c::EVP_MD_CTX>,
    digest: Digest,
}

// SAFETY: the context has no ties to a thread; it is changed through exclusive references only.
unsafe impl Send for DigestContext {}

impl Drop for DigestContext {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EVP_MD_CTX_free(self.context.as_ptr()) };
    }
}

impl DigestContext {
    /// Starts a hash.
    pub(crate) fn new(digest: Digest) -> Result<Self, Failed> {
        let new = Self::empty(digest)?;
        // SAFETY: the context is valid; the description is static; no engine is asked for.
        let result = unsafe {
            c::EVP_DigestInit_ex(
                new.context.as_ptr(),
                message_digest(digest),
                ptr::null_mut(),
            )
        };
        check(result, "EVP_DigestInit_ex").map(|()| new)
    }

    fn empty(digest: Digest) -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        let context = owned(unsafe { c::EVP_MD_CTX_new() }, "EVP_MD_CTX_new")?;
        Ok(Self { context, digest })
    }

    /// Returns which hash function this is.
    pub(crate) const fn digest(&self) -> Digest {
        self.digest
    }

    /// Takes the next part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) -> Result<(), Failed> {
        // SAFETY: the context is valid and initialised; the slice is valid for its length.
        let result =
            unsafe { c::EVP_DigestUpdate(self.context.as_ptr(), part.as_ptr().cast(), part.len()) };
        check(result, "EVP_DigestUpdate")
    }

    /// Returns the digest.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Failed> {
        let mut output = vec![0; self.digest.len()];
        // SAFETY: the context is valid and initialised; the buffer has the length of this digest; a null length is
        // allowed.
        let result = unsafe {
            c::EVP_DigestFinal_ex(self.context.as_ptr(), output.as_mut_ptr(), ptr::null_mut())
        };
        check(result, "EVP_DigestFinal_ex").map(|()| output)
    }

    /// Copies the state.
    pub(crate) fn duplicate(&self) -> Result<Self, Failed> {
        let copy = Self::empty(self.digest)?;
        // SAFETY: both contexts are valid and distinct.
        let result = unsafe { c::EVP_MD_CTX_copy_ex(copy.context.as_ptr(), self.context.as_ptr()) };
        check(result, "EVP_MD_CTX_copy_ex").map(|()| copy)
    }

    /// Hashes a whole message.
    pub(crate) fn hash(digest: Digest, message: &[u8]) -> Result<Vec<u8>, Failed> {
        let mut context = Self::new(digest)?;
        context.update(message)?;
        context.finish()
    }
}

/// Hashes a whole message by SHAKE128, or by SHAKE256, to this many bytes.
pub(crate) fn shake(bits: u16, message: &[u8], len: usize) -> Result<Zeroizing<Vec<u8>>, Failed> {
    // SAFETY: takes no argument; the result is checked and owned.
    let context = owned(unsafe { c::EVP_MD_CTX_new() }, "EVP_MD_CTX_new")?;
    // The digest is named only so that the context is freed by its type: nothing else is asked of it.
    let owner = DigestContext {
        context,
        digest: Digest::Sha3_256,
    };
    let context = owner.context.as_ptr();
    let mut output = Zeroizing::new(vec![0; len]);
    // SAFETY: these functions take no argument and return pointers to static data.
    let description = unsafe {
        if bits == 128 {
            c::EVP_shake128()
        } else {
            c::EVP_shake256()
        }
    };
    // SAFETY: the context is valid; the description is static; no engine is asked for.
    let result = unsafe { c::EVP_DigestInit_ex(context, description, ptr::null_mut()) };
    check(result, "EVP_DigestInit_ex")?;
    // SAFETY: the context is valid and initialised; the slice is valid for its length.
    let result = unsafe { c::EVP_DigestUpdate(context, message.as_ptr().cast(), message.len()) };
    check(result, "EVP_DigestUpdate")?;
    // SAFETY: the context is valid and initialised; the buffer has the length that is asked for.
    let result = unsafe { c::EVP_DigestFinalXOF(context, output.as_mut_ptr(), len) };
    check(result, "EVP_DigestFinalXOF").map(|()| output)
}
