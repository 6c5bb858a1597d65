//! Big integers.

use std::cmp::Ordering;
use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::{Failed, check, owned};

/// A non-negative integer of any size, wiped when dropped.
///
/// Arithmetic is not constant-time unless its documentation says so.
pub(crate) struct BigNum(NonNull<c::BIGNUM>);

// SAFETY: a BIGNUM has no ties to a thread, and no method changes one through a shared reference.
unsafe impl Send for BigNum {}
// SAFETY: as above.
unsafe impl Sync for BigNum {}

impl Drop for BigNum {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::BN_clear_free(self.0.as_ptr()) };
    }
}

/// Each round of the test lets a composite pass with a probability of 1/4 at most.
const PRIMALITY_ROUNDS: i32 = 32;

/// Scratch space for the library's arithmetic.
struct Scratch(NonNull<c::BN_CTX>);

impl Scratch {
    fn new() -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        owned(unsafe { c::BN_CTX_new() }, "BN_CTX_new").map(Self)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::BN_CTX_free(self.0.as_ptr()) };
    }
}

impl BigNum {
    fn new() -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        owned(unsafe { c::BN_new() }, "BN_new").map(Self)
    }

    /// Reads an unsigned integer, most significant byte first.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Failed> {
        // SAFETY: the slice is valid for its length; a null target asks for a new object.
        let number = unsafe { c::BN_bin2bn(bytes.as_ptr(), bytes.len(), ptr::null_mut()) };
        owned(number, "BN_bin2bn").map(Self)
    }

    /// Makes a small integer.
    pub(crate) fn from_u64(value: u64) -> Result<Self, Failed> {
        Self::from_bytes(&value.to_be_bytes())
    }

    /// Copies a number that the library owns.
    ///
    /// # Safety
    ///
    /// `number` is null or valid.
    pub(super) unsafe fn copy_of(number: *const c::BIGNUM) -> Result<Option<Self>, Failed> {
        if number.is_null() {
            return Ok(None);
        }
        // SAFETY: the caller vouches for the pointer, which is not null.
        let copy = unsafe { c::BN_dup(number) };
        owned(copy, "BN_dup").map(|pointer| Some(Self(pointer)))
    }

    /// Takes over a number that the library made, unless it is null.
    ///
    /// # Safety
    ///
    /// `number` is null or valid, and nobody else's.
    pub(super) unsafe fn adopt(
        number: *mut c::BIGNUM,
        function: &'static str,
    ) -> Result<Self, Failed> {
        owned(number, function).map(Self)
    }

    pub(super) const fn as_ptr(&self) -> *const c::BIGNUM {
        self.0.as_ptr()
    }

    /// Gives the number away, to a C object that will free it.
    pub(super) fn release(self) -> *mut c::BIGNUM {
        std::mem::ManuallyDrop::new(self).0.as_ptr()
    }

    /// Writes the integer in exactly `len` bytes.
    pub(crate) fn to_padded(&self, len: usize) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let mut bytes = Zeroizing::new(vec![0; len]);
        // SAFETY: the buffer is valid for `len` bytes, the number is valid.
        let result = unsafe { c::BN_bn2bin_padded(bytes.as_mut_ptr(), len, self.as_ptr()) };
        check(result, "BN_bn2bin_padded").map(|()| bytes)
    }

    /// Writes the integer in as few bytes as it takes.
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        self.to_padded(self.bits().div_ceil(8))
    }

    /// Returns the length in bits.
    pub(crate) fn bits(&self) -> usize {
        // SAFETY: the number is valid.
        let bits = unsafe { c::BN_num_bits(self.as_ptr()) };
        usize::try_from(bits).expect("a 32-bit count fits a usize")
    }

    /// Tells whether the integer is odd.
    pub(crate) fn is_odd(&self) -> bool {
        // SAFETY: the number is valid.
        unsafe { c::BN_is_odd(self.as_ptr()) == 1 }
    }

    /// Tells whether the integer is one.
    pub(crate) fn is_one(&self) -> bool {
        // SAFETY: the number is valid.
        unsafe { c::BN_is_one(self.as_ptr()) == 1 }
    }

    /// Compares two integers.
    pub(crate) fn cmp(&self, other: &Self) -> Ordering {
        // SAFETY: both numbers are valid.
        unsafe { c::BN_ucmp(self.as_ptr(), other.as_ptr()) }.cmp(&0)
    }

    /// Counts the zero bits at the low end.
    pub(crate) fn trailing_zeros(&self) -> Result<u32, Failed> {
        // SAFETY: the number is valid.
        let count = unsafe { c::BN_count_low_zero_bits(self.as_ptr()) };
        u32::try_from(count).map_err(|_| Failed::of("BN_count_low_zero_bits"))
    }

    /// Returns `self * other`.
    pub(crate) fn times(&self, other: &Self) -> Result<Self, Failed> {
        let (product, scratch) = (Self::new()?, Scratch::new()?);
        // SAFETY: all pointers are valid and the target is not shared.
        let result = unsafe {
            c::BN_mul(
                product.0.as_ptr(),
                self.as_ptr(),
                other.as_ptr(),
                scratch.0.as_ptr(),
            )
        };
        check(result, "BN_mul").map(|()| product)
    }

    /// Returns `self - other`, which must not be negative.
    pub(crate) fn minus(&self, other: &Self) -> Result<Self, Failed> {
        if self.cmp(other) == Ordering::Less {
            return Err(Failed { function: "BN_sub" });
        }
        let difference = Self::new()?;
        // SAFETY: all pointers are valid and the target is not shared.
        let result = unsafe { c::BN_sub(difference.0.as_ptr(), self.as_ptr(), other.as_ptr()) };
        check(result, "BN_sub").map(|()| difference)
    }

    /// Returns `self - 1`.
    pub(crate) fn minus_one(&self) -> Result<Self, Failed> {
        self.minus(&Self::from_u64(1)?)
    }

    /// Returns `self >> count`.
    pub(crate) fn shifted_right(&self, count: u32) -> Result<Self, Failed> {
        let shifted = Self::new()?;
        let count = i32::try_from(count).map_err(|_| Failed::of("BN_rshift"))?;
        // SAFETY: both pointers are valid and the target is not shared.
        let result = unsafe { c::BN_rshift(shifted.0.as_ptr(), self.as_ptr(), count) };
        check(result, "BN_rshift").map(|()| shifted)
    }

    /// Returns quotient and remainder of `self / divisor`.
    pub(crate) fn divided_by(&self, divisor: &Self) -> Result<(Self, Self), Failed> {
        let (quotient, remainder, scratch) = (Self::new()?, Self::new()?, Scratch::new()?);
        // SAFETY: all pointers are valid and the targets are not shared.
        let result = unsafe {
            c::BN_div(
                quotient.0.as_ptr(),
                remainder.0.as_ptr(),
                self.as_ptr(),
                divisor.as_ptr(),
                scratch.0.as_ptr(),
            )
        };
        check(result, "BN_div").map(|()| (quotient, remainder))
    }

    /// Returns the greatest common divisor.
    pub(crate) fn gcd(&self, other: &Self) -> Result<Self, Failed> {
        let (divisor, scratch) = (Self::new()?, Scratch::new()?);
        // SAFETY: all pointers are valid and the target is not shared.
        let result = unsafe {
            c::BN_gcd(
                divisor.0.as_ptr(),
                self.as_ptr(),
                other.as_ptr(),
                scratch.0.as_ptr(),
            )
        };
        check(result, "BN_gcd").map(|()| divisor)
    }

    /// Returns the inverse of `self` modulo `modulus`.
    pub(crate) fn inverse(&self, modulus: &Self) -> Result<Self, Failed> {
        let (inverse, scratch) = (Self::new()?, Scratch::new()?);
        // SAFETY: all pointers are valid and the target is not shared.
        let result = unsafe {
            c::BN_mod_inverse(
                inverse.0.as_ptr(),
                self.as_ptr(),
                modulus.as_ptr(),
                scratch.0.as_ptr(),
            )
        };
        if result.is_null() {
            return Err(Failed::of("BN_mod_inverse"));
        }
        Ok(inverse)
    }

    /// Returns `self ^ exponent` modulo an odd `modulus`, in a time that tells only the sizes.
    pub(crate) fn power(&self, exponent: &Self, modulus: &Self) -> Result<Self, Failed> {
        let (power, scratch) = (Self::new()?, Scratch::new()?);
        // SAFETY: all pointers are valid, the target is not shared, and without a Montgomery context the library
        // makes its own.
        let result = unsafe {
            c::BN_mod_exp_mont_consttime(
                power.0.as_ptr(),
                self.as_ptr(),
                exponent.as_ptr(),
                modulus.as_ptr(),
                scratch.0.as_ptr(),
                ptr::null(),
            )
        };
        check(result, "BN_mod_exp_mont_consttime").map(|()| power)
    }

    /// Returns `self * self` modulo `modulus`.
    pub(crate) fn squared(&self, modulus: &Self) -> Result<Self, Failed> {
        Ok(self.times(self)?.divided_by(modulus)?.1)
    }

    /// Returns the remainder of a division by a small number.
    pub(crate) fn modulo(&self, divisor: u64) -> u64 {
        // SAFETY: the number is valid.
        unsafe { c::BN_mod_word(self.as_ptr(), divisor) }
    }

    /// Tells whether the integer is prime, with an error of at most 2^-64 even if it was chosen to deceive.
    pub(crate) fn is_prime(&self) -> Result<bool, Failed> {
        let scratch = Scratch::new()?;
        let mut prime = 0;
        // SAFETY: all pointers are valid; the null callback is allowed.
        let result = unsafe {
            c::BN_primality_test(
                &raw mut prime,
                self.as_ptr(),
                PRIMALITY_ROUNDS,
                scratch.0.as_ptr(),
                1,
                ptr::null_mut(),
            )
        };
        check(result, "BN_primality_test").map(|()| prime == 1)
    }
}
