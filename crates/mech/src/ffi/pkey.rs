//! Keys behind the library's generic interface, and the contexts of their operations.

use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::{Failed, check, owned};

/// A key, public or private.
pub(super) struct PKey(NonNull<c::EVP_PKEY>);

// SAFETY: an EVP_PKEY never changes once the constructors of this module tree have returned it; its count of references is
// atomic.
unsafe impl Send for PKey {}
// SAFETY: as above.
unsafe impl Sync for PKey {}

impl Drop for PKey {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EVP_PKEY_free(self.0.as_ptr()) };
    }
}

impl PKey {
    /// Takes over the key that a C constructor returned, unless it is null.
    pub(super) fn own(pointer: *mut c::EVP_PKEY, function: &'static str) -> Result<Self, Failed> {
        owned(pointer, function).map(Self)
    }

    /// Returns the C key, for this module tree alone.
    pub(super) const fn as_ptr(&self) -> *mut c::EVP_PKEY {
        self.0.as_ptr()
    }

    /// Makes a context for one operation with the key.
    pub(super) fn context(&self) -> Result<PKeyContext, Failed> {
        // SAFETY: the key is valid; the context holds a reference of its own.
        let context = unsafe { c::EVP_PKEY_CTX_new(self.as_ptr(), ptr::null_mut()) };
        owned(context, "EVP_PKEY_CTX_new").map(PKeyContext)
    }

    /// Writes the public key.
    pub(super) fn raw_public(&self) -> Result<Vec<u8>, Failed> {
        const FUNCTION: &str = "EVP_PKEY_get_raw_public_key";
        let mut len = 0;
        // SAFETY: the key is valid; without a buffer only the length is written.
        let result =
            unsafe { c::EVP_PKEY_get_raw_public_key(self.as_ptr(), ptr::null_mut(), &raw mut len) };
        check(result, FUNCTION)?;
        let mut bytes = vec![0; len];
        // SAFETY: the key is valid; the buffer has the length that stands in `len`.
        let result = unsafe {
            c::EVP_PKEY_get_raw_public_key(self.as_ptr(), bytes.as_mut_ptr(), &raw mut len)
        };
        check(result, FUNCTION).map(|()| bytes)
    }

    /// Writes the private key.
    pub(super) fn raw_private(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        const FUNCTION: &str = "EVP_PKEY_get_raw_private_key";
        let mut len = 0;
        // SAFETY: the key is valid; without a buffer only the length is written.
        let result = unsafe {
            c::EVP_PKEY_get_raw_private_key(self.as_ptr(), ptr::null_mut(), &raw mut len)
        };
        check(result, FUNCTION)?;
        let mut bytes = Zeroizing::new(vec![0; len]);
        // SAFETY: the key is valid; the buffer has the length that stands in `len`.
        let result = unsafe {
            c::EVP_PKEY_get_raw_private_key(self.as_ptr(), bytes.as_mut_ptr(), &raw mut len)
        };
        check(result, FUNCTION).map(|()| bytes)
    }
}

/// The context of an operation.
pub(super) struct PKeyContext(NonNull<c::EVP_PKEY_CTX>);

impl Drop for PKeyContext {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EVP_PKEY_CTX_free(self.0.as_ptr()) };
    }
}

impl PKeyContext {
    /// Makes a context for generating a key of this kind.
    pub(super) fn of_kind(kind: i32) -> Result<Self, Failed> {
        // SAFETY: takes numbers only; the result is checked and owned.
        let context = unsafe { c::EVP_PKEY_CTX_new_id(kind, ptr::null_mut()) };
        owned(context, "EVP_PKEY_CTX_new_id").map(Self)
    }

    /// Returns the C context, for this module tree alone.
    pub(super) const fn as_ptr(&self) -> *mut c::EVP_PKEY_CTX {
        self.0.as_ptr()
    }
}
