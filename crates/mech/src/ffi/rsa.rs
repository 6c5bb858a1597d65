//! RSA keys and the operations on them.

use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use ck::Digest;
use zeroize::Zeroizing;

use super::digest::message_digest;
use super::{BigNum, Failed, check, int, owned};

/// An RSA key, public or private.
///
/// The library blinds every private operation, and checks its result with the public exponent before giving it.
pub(crate) struct Rsa {
    key: NonNull<c::RSA>,
    modulus_bits: usize,
}

// SAFETY: the library guards what an RSA object caches with locks of its own; the rest never changes once the
// constructors below have returned it.
unsafe impl Send for Rsa {}
// SAFETY: as above.
unsafe impl Sync for Rsa {}

impl Drop for Rsa {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::RSA_free(self.key.as_ptr()) };
    }
}

/// The numbers of an RSA private key (RFC 8017, 3.2).
pub(crate) struct RsaPrivateParts {
    /// The modulus.
    pub(crate) n: BigNum,
    /// The public exponent.
    pub(crate) e: BigNum,
    /// The private exponent.
    pub(crate) d: BigNum,
    /// The first prime.
    pub(crate) p: BigNum,
    /// The second prime.
    pub(crate) q: BigNum,
    /// `d mod (p - 1)`.
    pub(crate) dp: BigNum,
    /// `d mod (q - 1)`.
    pub(crate) dq: BigNum,
    /// The inverse of q modulo p.
    pub(crate) q_inverse: BigNum,
}

impl Rsa {
    /// Makes a public key; the library checks that both numbers are odd and of sensible sizes.
    pub(crate) fn public(n: &BigNum, e: &BigNum) -> Result<Self, Failed> {
        // SAFETY: both numbers are valid and are copied.
        let key = unsafe { c::RSA_new_public_key(n.as_ptr(), e.as_ptr()) };
        owned(key, "RSA_new_public_key").map(Self::adopt)
    }

    /// Makes a private key; the library checks that all the numbers belong together.
    pub(crate) fn private(parts: &RsaPrivateParts) -> Result<Self, Failed> {
        // SAFETY: all numbers are valid and are copied.
        let key = unsafe {
            c::RSA_new_private_key(
                parts.n.as_ptr(),
                parts.e.as_ptr(),
                parts.d.as_ptr(),
                parts.p.as_ptr(),
                parts.q.as_ptr(),
                parts.dp.as_ptr(),
                parts.dq.as_ptr(),
                parts.q_inverse.as_ptr(),
            )
        };
        owned(key, "RSA_new_private_key").map(Self::adopt)
    }

    /// Generates a private key. The library rounds odd sizes down, so that the caller checks them first.
    pub(crate) fn generate(bits: usize, e: &BigNum) -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        let mut new = Self::adopt(owned(unsafe { c::RSA_new() }, "RSA_new")?);
        let bits = int(bits, "RSA_generate_key_ex")?;
        // SAFETY: key and exponent are valid; no callback is asked for.
        let result =
            unsafe { c::RSA_generate_key_ex(new.key.as_ptr(), bits, e.as_ptr(), ptr::null_mut()) };
        check(result, "RSA_generate_key_ex")?;
        new.modulus_bits = bits_of(new.key);
        Ok(new)
    }

    fn adopt(key: NonNull<c::RSA>) -> Self {
        let modulus_bits = bits_of(key);
        Self { key, modulus_bits }
    }

    pub(super) const fn as_ptr(&self) -> *mut c::RSA {
        self.key.as_ptr()
    }

    /// Returns the size of the modulus in bits.
    pub(crate) const fn modulus_bits(&self) -> usize {
        self.modulus_bits
    }

    /// Returns the size of the modulus in bytes, which is that of signatures and ciphertexts.
    pub(crate) const fn modulus_len(&self) -> usize {
        self.modulus_bits.div_ceil(8)
    }

    /// Copies the numbers of the public key: modulus and exponent.
    pub(crate) fn public_parts(&self) -> Result<(BigNum, BigNum), Failed> {
        let (mut n, mut e) = (ptr::null(), ptr::null());
        // SAFETY: the key is valid, which lets the two numbers be copied.
        let (n, e) = unsafe {
            c::RSA_get0_key(self.as_ptr(), &raw mut n, &raw mut e, ptr::null_mut());
            (BigNum::copy_of(n)?, BigNum::copy_of(e)?)
        };
        n.zip(e).ok_or(Failed {
            function: "RSA_get0_key",
        })
    }

    /// Copies the numbers of a private key.
    pub(crate) fn private_parts(&self) -> Result<RsaPrivateParts, Failed> {
        const MISSING: Failed = Failed {
            function: "RSA_get0_factors",
        };
        let (n, e) = self.public_parts()?;
        let mut numbers = [ptr::null(); 6];
        let [d, p, q, dp, dq, q_inverse] = &mut numbers;
        // SAFETY: the key is valid; unwanted outputs may be null.
        unsafe {
            c::RSA_get0_key(self.as_ptr(), ptr::null_mut(), ptr::null_mut(), d);
            c::RSA_get0_factors(self.as_ptr(), p, q);
            c::RSA_get0_crt_params(self.as_ptr(), dp, dq, q_inverse);
        }
        let copy = |index: usize| {
            // SAFETY: the numbers were just read from a valid key and belong to it; an absent one is null.
            unsafe { BigNum::copy_of(numbers[index]) }?.ok_or(MISSING)
        };
        Ok(RsaPrivateParts {
            n,
            e,
            d: copy(0)?,
            p: copy(1)?,
            q: copy(2)?,
            dp: copy(3)?,
            dq: copy(4)?,
            q_inverse: copy(5)?,
        })
    }

    /// Raises one block, a number below the modulus, to the private exponent.
    pub(crate) fn private_transform(&self, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let mut output = Zeroizing::new(vec![0; self.modulus_len()]);
        let mut len = 0;
        // SAFETY: the key is valid; both slices are valid for their lengths.
        let result = unsafe {
            c::RSA_decrypt(
                self.as_ptr(),
                &raw mut len,
                output.as_mut_ptr(),
                output.len(),
                block.as_ptr(),
                block.len(),
                c::RSA_NO_PADDING,
            )
        };
        check(result, "RSA_decrypt").map(|()| output)
    }

    /// Raises one block, a number below the modulus, to the public exponent.
    pub(crate) fn public_transform(&self, block: &[u8]) -> Result<Vec<u8>, Failed> {
        self.encrypt_with(block, c::RSA_NO_PADDING)
    }

    /// Encrypts with PKCS#1 v1.5 padding.
    pub(crate) fn encrypt_pkcs1(&self, message: &[u8]) -> Result<Vec<u8>, Failed> {
        self.encrypt_with(message, c::RSA_PKCS1_PADDING)
    }

    fn encrypt_with(&self, input: &[u8], padding: i32) -> Result<Vec<u8>, Failed> {
        let mut output = vec![0; self.modulus_len()];
        let mut len = 0;
        // SAFETY: the key is valid; both slices are valid for their lengths.
        let result = unsafe {
            c::RSA_encrypt(
                self.as_ptr(),
                &raw mut len,
                output.as_mut_ptr(),
                output.len(),
                input.as_ptr(),
                input.len(),
                padding,
            )
        };
        check(result, "RSA_encrypt").map(|()| output)
    }

    /// Signs `data` as it is with PKCS#1 v1.5 padding (block type 1).
    pub(crate) fn sign_pkcs1(&self, data: &[u8]) -> Result<Vec<u8>, Failed> {
        let mut signature = vec![0; self.modulus_len()];
        let mut len = 0;
        // SAFETY: the key is valid; both slices are valid for their lengths.
        let result = unsafe {
            c::RSA_sign_raw(
                self.as_ptr(),
                &raw mut len,
                signature.as_mut_ptr(),
                signature.len(),
                data.as_ptr(),
                data.len(),
                c::RSA_PKCS1_PADDING,
            )
        };
        check(result, "RSA_sign_raw").map(|()| signature)
    }

    /// Signs a digest with PSS padding. The digest must have the length of its hash function.
    pub(crate) fn sign_pss(&self, hash: &[u8], scheme: PssScheme) -> Result<Vec<u8>, Failed> {
        const FUNCTION: &str = "RSA_sign_pss_mgf1";
        let mut signature = vec![0; self.modulus_len()];
        let mut len = 0;
        let salt_len = scheme.checked_salt_len(hash, FUNCTION)?;
        // SAFETY: the key is valid; all slices are valid for their lengths; the descriptions are static.
        let result = unsafe {
            c::RSA_sign_pss_mgf1(
                self.as_ptr(),
                &raw mut len,
                signature.as_mut_ptr(),
                signature.len(),
                hash.as_ptr(),
                hash.len(),
                message_digest(scheme.digest),
                message_digest(scheme.mgf),
                salt_len,
            )
        };
        check(result, FUNCTION).map(|()| signature)
    }

    /// Tells whether a PSS signature is one of this digest.
    pub(crate) fn verify_pss(&self, hash: &[u8], scheme: PssScheme, signature: &[u8]) -> bool {
        const FUNCTION: &str = "RSA_verify_pss_mgf1";
        let Ok(salt_len) = scheme.checked_salt_len(hash, FUNCTION) else {
            return false;
        };
        // SAFETY: the key is valid; all slices are valid for their lengths; the descriptions are static.
        let result = unsafe {
            c::RSA_verify_pss_mgf1(
                self.as_ptr(),
                hash.as_ptr(),
                hash.len(),
                message_digest(scheme.digest),
                message_digest(scheme.mgf),
                salt_len,
                signature.as_ptr(),
                signature.len(),
            )
        };
        check(result, FUNCTION).is_ok()
    }
}

/// The choices that PSS leaves open (RFC 8017, 9.1).
#[derive(Clone, Copy)]
pub(crate) struct PssScheme {
    /// The hash function of the message.
    pub(crate) digest: Digest,
    /// The hash function of the mask.
    pub(crate) mgf: Digest,
    /// The length of the salt in bytes.
    pub(crate) salt_len: usize,
}

impl PssScheme {
    /// Returns the length of the salt for the library, once the digest has its right length.
    fn checked_salt_len(&self, hash: &[u8], function: &'static str) -> Result<i32, Failed> {
        if hash.len() != self.digest.len() {
            return Err(Failed { function });
        }
        int(self.salt_len, function)
    }
}

fn bits_of(key: NonNull<c::RSA>) -> usize {
    // SAFETY: the key is valid. One without a modulus, about to be generated, has none to measure.
    let n = unsafe { c::RSA_get0_n(key.as_ptr()) };
    if n.is_null() {
        return 0;
    }
    // SAFETY: the number is valid, since it belongs to a valid key.
    usize::try_from(unsafe { c::BN_num_bits(n) }).expect("a 32-bit count fits a usize")
}
