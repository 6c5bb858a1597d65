//! OAEP encryption (RFC 8017, 7.1).

use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use ck::Digest;
use zeroize::Zeroizing;

use super::digest::message_digest;
use super::{Failed, Rsa, check, owned};

/// The choices that OAEP leaves open.
#[derive(Clone, Copy)]
pub(crate) struct OaepScheme<'a> {
    /// The hash function of the label.
    pub(crate) digest: Digest,
    /// The hash function of the mask.
    pub(crate) mgf: Digest,
    /// The label.
    pub(crate) label: &'a [u8],
}

/// A key as the library's generic interface wants it.
struct PrivateKey(NonNull<c::EVP_PKEY>);

impl Drop for PrivateKey {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EVP_PKEY_free(self.0.as_ptr()) };
    }
}

/// An operation of the library's generic interface.
struct Operation(NonNull<c::EVP_PKEY_CTX>);

impl Drop for Operation {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EVP_PKEY_CTX_free(self.0.as_ptr()) };
    }
}

impl Rsa {
    /// Encrypts with OAEP padding.
    pub(crate) fn encrypt_oaep(
        &self,
        message: &[u8],
        scheme: OaepScheme<'_>,
    ) -> Result<Vec<u8>, Failed> {
        let mut block = Zeroizing::new(vec![0; self.modulus_len()]);
        // SAFETY: all slices are valid for their lengths; the descriptions are static.
        let result = unsafe {
            c::RSA_padding_add_PKCS1_OAEP_mgf1(
                block.as_mut_ptr(),
                block.len(),
                message.as_ptr(),
                message.len(),
                scheme.label.as_ptr(),
                scheme.label.len(),
                message_digest(scheme.digest),
                message_digest(scheme.mgf),
            )
        };
        check(result, "RSA_padding_add_PKCS1_OAEP_mgf1")?;
        self.public_transform(&block)
    }

    /// Decrypts with OAEP padding; whatever is wrong with the ciphertext is the one same failure.
    pub(crate) fn decrypt_oaep(
        &self,
        ciphertext: &[u8],
        scheme: OaepScheme<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let operation = self.oaep_operation(scheme)?;
        let mut message = Zeroizing::new(vec![0; self.modulus_len()]);
        let mut len = message.len();
        // SAFETY: the operation is ready; both slices are valid for their lengths.
        let result = unsafe {
            c::EVP_PKEY_decrypt(
                operation.0.as_ptr(),
                message.as_mut_ptr(),
                &raw mut len,
                ciphertext.as_ptr(),
                ciphertext.len(),
            )
        };
        check(result, "EVP_PKEY_decrypt")?;
        message.truncate(len);
        Ok(message)
    }

    /// Prepares a decryption.
    fn oaep_operation(&self, scheme: OaepScheme<'_>) -> Result<Operation, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        let key = PrivateKey(owned(unsafe { c::EVP_PKEY_new() }, "EVP_PKEY_new")?);
        // SAFETY: both are valid; the library takes a reference of its own.
        let result = unsafe { c::EVP_PKEY_set1_RSA(key.0.as_ptr(), self.as_ptr()) };
        check(result, "EVP_PKEY_set1_RSA")?;
        // SAFETY: the key is valid, and the operation takes a reference of its own; no engine is asked for.
        let operation = unsafe { c::EVP_PKEY_CTX_new(key.0.as_ptr(), ptr::null_mut()) };
        let operation = Operation(owned(operation, "EVP_PKEY_CTX_new")?);
        let context = operation.0.as_ptr();
        // SAFETY: the operation is valid; the descriptions are static.
        let results = unsafe {
            [
                c::EVP_PKEY_decrypt_init(context),
                c::EVP_PKEY_CTX_set_rsa_padding(context, c::RSA_PKCS1_OAEP_PADDING),
                c::EVP_PKEY_CTX_set_rsa_oaep_md(context, message_digest(scheme.digest)),
                c::EVP_PKEY_CTX_set_rsa_mgf1_md(context, message_digest(scheme.mgf)),
            ]
        };
        for result in results {
            check(result, "EVP_PKEY_CTX_set_rsa_oaep")?;
        }
        if !scheme.label.is_empty() {
            operation.set_label(scheme.label)?;
        }
        Ok(operation)
    }
}

impl Operation {
    /// Gives the operation a copy of the label.
    fn set_label(&self, label: &[u8]) -> Result<(), Failed> {
        // SAFETY: the slice is valid for its length; the result is checked.
        let copy = unsafe { c::OPENSSL_memdup(label.as_ptr().cast(), label.len()) };
        let copy = owned(copy.cast::<u8>(), "OPENSSL_memdup")?;
        // SAFETY: the operation is valid, and takes over the copy if it succeeds.
        let result = unsafe {
            c::EVP_PKEY_CTX_set0_rsa_oaep_label(self.0.as_ptr(), copy.as_ptr(), label.len())
        };
        if result != 1 {
            // SAFETY: the copy is the library's memory, still ours, and not used again.
            unsafe { c::OPENSSL_free(copy.as_ptr().cast()) };
        }
        check(result, "EVP_PKEY_CTX_set0_rsa_oaep_label")
    }
}
