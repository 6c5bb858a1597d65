//! Diffie-Hellman over finite fields.

use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::{BigNum, Failed, check, int, owned};

/// The generator of the groups that are drawn here, which is that of all standard groups.
const GENERATOR: i32 = 2;

/// A group, with a private or public value in it or without any.
///
/// Powers under a private value are taken in a time that tells only the sizes.
pub(crate) struct Dh(NonNull<c::DH>);

// SAFETY: the library guards what a DH object caches with locks of its own; the rest never changes once the constructors
// below have returned it.
unsafe impl Send for Dh {}
// SAFETY: as above.
unsafe impl Sync for Dh {}

impl Drop for Dh {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::DH_free(self.0.as_ptr()) };
    }
}

impl Dh {
    /// Makes a group of a prime and a base.
    pub(crate) fn group(prime: BigNum, base: BigNum) -> Result<Self, Failed> {
        let new = Self::new()?;
        let (prime, base) = (prime.release(), base.release());
        // SAFETY: all pointers are valid, and the object takes both numbers over: it fails only if one is null.
        let result = unsafe { c::DH_set0_pqg(new.0.as_ptr(), prime, ptr::null_mut(), base) };
        check(result, "DH_set0_pqg").map(|()| new)
    }

    /// Returns the group of RFC 7919 of this size, if there is one.
    pub(crate) fn standard_group(bits: u64) -> Result<Option<Self>, Failed> {
        let nid = match bits {
            2048 => c::NID_ffdhe2048,
            3072 => c::NID_ffdhe3072,
            4096 => c::NID_ffdhe4096,
            _ => return Ok(None),
        };
        // SAFETY: takes a number; the result is checked and owned.
        let group = owned(unsafe { c::DH_new_by_nid(nid) }, "DH_new_by_nid")?;
        Ok(Some(Self(group)))
    }

    /// Draws a safe prime of this size, which takes seconds for 1,024 bits and minutes for more than 2,048.
    pub(crate) fn draw_group(bits: usize) -> Result<Self, Failed> {
        let (new, bits) = (Self::new()?, int(bits, "DH_generate_parameters_ex")?);
        // SAFETY: the object is valid; no callback is asked for.
        let result = unsafe {
            c::DH_generate_parameters_ex(new.0.as_ptr(), bits, GENERATOR, ptr::null_mut())
        };
        check(result, "DH_generate_parameters_ex").map(|()| new)
    }

    /// Draws a private value, of so many bits at most, and computes the public one.
    pub(crate) fn generate(self, value_bits: Option<u32>) -> Result<Self, Failed> {
        if let Some(bits) = value_bits {
            // SAFETY: the object is valid and not shared.
            let result = unsafe { c::DH_set_length(self.0.as_ptr(), bits) };
            check(result, "DH_set_length")?;
        }
        // SAFETY: the object is valid and not shared.
        let result = unsafe { c::DH_generate_key(self.0.as_ptr()) };
        check(result, "DH_generate_key").map(|()| self)
    }

    /// Takes a private value, and computes the public one.
    pub(crate) fn with_private(self, value: BigNum) -> Result<Self, Failed> {
        self.set(None, Some(value))?.generate(None)
    }

    /// Takes a public value.
    pub(crate) fn with_public(self, value: BigNum) -> Result<Self, Failed> {
        self.set(Some(value), None)
    }

    fn new() -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        owned(unsafe { c::DH_new() }, "DH_new").map(Self)
    }

    fn set(self, public: Option<BigNum>, private: Option<BigNum>) -> Result<Self, Failed> {
        let pointer = |number: Option<BigNum>| number.map_or(ptr::null_mut(), BigNum::release);
        let (public, private) = (pointer(public), pointer(private));
        // SAFETY: the object is valid and not shared, and takes over the numbers that are not null; it never fails.
        let result = unsafe { c::DH_set0_key(self.0.as_ptr(), public, private) };
        check(result, "DH_set0_key").map(|()| self)
    }

    /// Copies the prime.
    pub(crate) fn prime(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DH_get0_p(self.0.as_ptr())) })
    }

    /// Copies the base.
    pub(crate) fn base(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DH_get0_g(self.0.as_ptr())) })
    }

    /// Copies the public value.
    pub(crate) fn public_value(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DH_get0_pub_key(self.0.as_ptr())) })
    }

    /// Copies the private value.
    pub(crate) fn private_value(&self) -> Result<BigNum, Failed> {
        // SAFETY: the object is valid, and its number with it.
        number(unsafe { BigNum::copy_of(c::DH_get0_priv_key(self.0.as_ptr())) })
    }

    /// Returns the size of the prime in bits.
    pub(crate) fn bits(&self) -> usize {
        // SAFETY: the object is valid and has a prime.
        let bits = unsafe { c::DH_bits(self.0.as_ptr()) };
        usize::try_from(bits).expect("a 32-bit count fits a usize")
    }

    /// Tells whether a number may be the public value of another party: it is neither 0, 1 nor -1, nor above those.
    pub(crate) fn takes(&self, public: &BigNum) -> Result<bool, Failed> {
        let mut faults = 0;
        // SAFETY: all pointers are valid.
        let result =
            unsafe { c::DH_check_pub_key(self.0.as_ptr(), public.as_ptr(), &raw mut faults) };
        check(result, "DH_check_pub_key").map(|()| faults == 0)
    }

    /// Computes what is shared with the holder of a public value, as long as the prime.
    pub(crate) fn agree(&self, public: &BigNum) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let mut secret = Zeroizing::new(vec![0; self.bits().div_ceil(8)]);
        // SAFETY: key and number are valid; the buffer has the length of the prime, which is what the function writes.
        let written = unsafe {
            c::DH_compute_key_padded(secret.as_mut_ptr(), public.as_ptr(), self.0.as_ptr())
        };
        if usize::try_from(written).ok() == Some(secret.len()) {
            Ok(secret)
        } else {
            Err(Failed::of("DH_compute_key_padded"))
        }
    }
}

fn number(copy: Result<Option<BigNum>, Failed>) -> Result<BigNum, Failed> {
    copy?.ok_or(Failed {
        function: "DH_get0_key",
    })
}

/// Tells whether a prime is one of RFC 3526, whose groups have the base 2.
pub(crate) fn is_modp(prime: &BigNum) -> Result<bool, Failed> {
    let standard: unsafe extern "C" fn(*mut c::BIGNUM) -> *mut c::BIGNUM = match prime.bits() {
        1536 => c::BN_get_rfc3526_prime_1536,
        2048 => c::BN_get_rfc3526_prime_2048,
        3072 => c::BN_get_rfc3526_prime_3072,
        4096 => c::BN_get_rfc3526_prime_4096,
        _ => return Ok(false),
    };
    // SAFETY: a null target asks for a new object, which is owned here.
    let known = unsafe { BigNum::adopt(standard(ptr::null_mut()), "BN_get_rfc3526_prime") }?;
    Ok(known.cmp(prime).is_eq())
}
