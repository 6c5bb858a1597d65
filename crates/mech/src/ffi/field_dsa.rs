//! DSA.

use std::ptr::{self, NonNull};

use aws_lc_sys as c;

use super::{BigNum, Failed, check, owned};

/// A group, with a key in it or without one.
///
/// The library computes with private keys, and with the secret number of each signature, in a time that tells only the sizes.
pub(crate) struct FieldDsa(NonNull<c::DSA>);

// SAFETY: the library guards what a DSA object caches with locks of its own; the rest never changes once the constructors
// below have returned it.
unsafe impl Send for FieldDsa {}
// SAFETY: as above.
unsafe impl Sync for FieldDsa {}

impl Drop for FieldDsa {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::DSA_free(self.0.as_ptr()) };
    }
}

/// A signature as the library has it.
struct Signature(NonNull<c::DSA_SIG>);

impl Drop for Signature {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::DSA_SIG_free(self.0.as_ptr()) };
    }
}

impl FieldDsa {
    /// Makes a group of a prime, the order of its base and the base.
    pub(crate) fn group(prime: BigNum, subprime: BigNum, base: BigNum) -> Result<Self, Failed> {
        let new = Self::new()?;
        let (p, q, g) = (prime.release(), subprime.release(), base.release());
        // SAFETY: all pointers are valid, and the object takes the numbers over: it fails only if one is null.
        let result = unsafe { c::DSA_set0_pqg(new.0.as_ptr(), p, q, g) };
        check(result, "DSA_set0_pqg").map(|()| new)
    }

    /// Draws a group (FIPS 186-4, A.1 and A.2) with a prime of this size.
    pub(crate) fn draw_group(bits: u32) -> Result<Self, Failed> {
        let new = Self::new()?;
        // SAFETY: the object is valid; neither a seed, nor what it led to, nor a callback is asked for.
        let result = unsafe {
            c::DSA_generate_parameters_ex(
                new.0.as_ptr(),
                bits,
                ptr::null(),
                0,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        check(result, "DSA_generate_parameters_ex").map(|()| new)
    }

    /// Draws a private key, and computes the public one.
    pub(crate) fn generate(self) -> Result<Self, Failed> {
        // SAFETY: the object is valid and not shared.
        let result = unsafe { c::DSA_generate_key(self.0.as_ptr()) };
        check(result, "DSA_generate_key").map(|()| self)
    }

    /// Takes a private key, and computes the public one.
    pub(crate) fn with_private(self, value: BigNum) -> Result<Self, Failed> {
        let public = self.base()?.power(&value, &self.prime()?)?;
        self.set(public, Some(value))
    }

    /// Takes a public key.
    pub(crate) fn with_public(self, value: BigNum) -> Result<Self, Failed> {
        self.set(value, None)
    }

    fn new() -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        owned(unsafe { c::DSA_new() }, "DSA_new").map(Self)
    }

    fn set(self, public: BigNum, private: Option<BigNum>) -> Result<Self, Failed> {
        let private = private.map_or(ptr::null_mut(), BigNum::release);
        // SAFETY: the object is valid and not shared, and takes over the numbers that are not null; it fails only without
        // a public key.
        let result = unsafe { c::DSA_set0_key(self.0.as_ptr(), public.release(), private) };
        check(result, "DSA_set0_key").map(|()| self)
    }

    /// Copies the prime.
    pub(crate) fn prime(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DSA_get0_p(self.0.as_ptr())) })
    }

    /// Copies the order of the base.
    pub(crate) fn subprime(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DSA_get0_q(self.0.as_ptr())) })
    }

    /// Copies the base.
    pub(crate) fn base(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DSA_get0_g(self.0.as_ptr())) })
    }

    /// Copies the public key.
    pub(crate) fn public_value(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DSA_get0_pub_key(self.0.as_ptr())) })
    }

    /// Copies the private key.
    pub(crate) fn private_value(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DSA_get0_priv_key(self.0.as_ptr())) })
    }

    /// Returns the size of the prime in bits.
    pub(crate) fn bits(&self) -> usize {
        // SAFETY: the object is valid and has a prime.
        let bits = unsafe { c::DSA_bits(self.0.as_ptr()) };
        usize::try_from(bits).expect("a 32-bit count fits a usize")
    }

    /// Returns the length in bytes of each of the two numbers of a signature.
    pub(crate) fn number_len(&self) -> Result<usize, Failed> {
        Ok(self.subprime()?.bits().div_ceil(8))
    }

    /// Signs a digest: both numbers, one after the other.
    pub(crate) fn sign(&self, digest: &[u8]) -> Result<Vec<u8>, Failed> {
        // SAFETY: the slice is valid for its length, the key is valid; the result is checked and owned.
        let signature = unsafe { c::DSA_do_sign(digest.as_ptr(), digest.len(), self.0.as_ptr()) };
        let signature = Signature(owned(signature, "DSA_do_sign")?);
        let (mut r, mut s) = (ptr::null(), ptr::null());
        // SAFETY: the signature is valid, which lets the two numbers be copied.
        let (r, s) = unsafe {
            c::DSA_SIG_get0(signature.0.as_ptr(), &raw mut r, &raw mut s);
            (BigNum::copy_of(r), BigNum::copy_of(s))
        };
        let len = self.number_len()?;
        let mut bytes = number(r)?.to_padded(len)?.to_vec();
        bytes.extend_from_slice(&number(s)?.to_padded(len)?);
        Ok(bytes)
    }

    /// Tells whether a signature, of the right length, is one of this digest.
    pub(crate) fn verify(&self, digest: &[u8], signature: &[u8]) -> Result<bool, Failed> {
        let (r, s) = signature.split_at(signature.len() / 2);
        let (r, s) = (BigNum::from_bytes(r)?, BigNum::from_bytes(s)?);
        // SAFETY: takes no argument; the result is checked and owned.
        let target = Signature(owned(unsafe { c::DSA_SIG_new() }, "DSA_SIG_new")?);
        // SAFETY: the signature is valid, and takes over both numbers: it fails only if one is null.
        let result = unsafe { c::DSA_SIG_set0(target.0.as_ptr(), r.release(), s.release()) };
        check(result, "DSA_SIG_set0")?;
        let mut valid = 0;
        // SAFETY: the slice is valid for its length, signature and key are valid.
        let result = unsafe {
            c::DSA_do_check_signature(
                &raw mut valid,
                digest.as_ptr(),
                digest.len(),
                target.0.as_ptr(),
                self.0.as_ptr(),
            )
        };
        check(result, "DSA_do_check_signature").map(|()| valid == 1)
    }
}

fn number(copy: Result<Option<BigNum>, Failed>) -> Result<BigNum, Failed> {
    copy?.ok_or(Failed {
        function: "DSA_get0_key",
    })
}
