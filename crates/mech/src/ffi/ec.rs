//! Elliptic curve keys, ECDSA and Diffie-Hellman.

use std::ptr::{self, NonNull};

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::{BigNum, Failed, check, owned};

/// A curve (SP 800-186, SEC 2, RFC 5639).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    /// secp224r1.
    P224,
    /// secp256r1.
    P256,
    /// secp384r1.
    P384,
    /// secp521r1.
    P521,
    /// secp256k1 (SEC 2, 2.4.1).
    Secp256k1,
    /// brainpoolP224r1 (RFC 5639, 3.3).
    BrainpoolP224r1,
    /// brainpoolP256r1 (RFC 5639, 3.4).
    BrainpoolP256r1,
    /// brainpoolP320r1 (RFC 5639, 3.5).
    BrainpoolP320r1,
    /// brainpoolP384r1 (RFC 5639, 3.6).
    BrainpoolP384r1,
    /// brainpoolP512r1 (RFC 5639, 3.7).
    BrainpoolP512r1,
}

impl Curve {
    /// Returns the size of the field and of the order in bits: they are the same for all these curves.
    pub(crate) const fn bits(self) -> usize {
        match self {
            Self::P224 | Self::BrainpoolP224r1 => 224,
            Self::P256 | Self::Secp256k1 | Self::BrainpoolP256r1 => 256,
            Self::BrainpoolP320r1 => 320,
            Self::P384 | Self::BrainpoolP384r1 => 384,
            Self::BrainpoolP512r1 => 512,
            Self::P521 => 521,
        }
    }

    /// Returns the length in bytes of a coordinate, a scalar, and each half of a signature.
    pub(crate) const fn scalar_len(self) -> usize {
        self.bits().div_ceil(8)
    }

    /// Returns the length in bytes of an uncompressed point.
    pub(crate) const fn point_len(self) -> usize {
        1 + 2 * self.scalar_len()
    }

    const fn nid(self) -> i32 {
        match self {
            Self::P224 => c::NID_secp224r1,
            Self::P256 => c::NID_X9_62_prime256v1,
            Self::P384 => c::NID_secp384r1,
            Self::P521 => c::NID_secp521r1,
            Self::Secp256k1 => c::NID_secp256k1,
            Self::BrainpoolP224r1 => c::NID_brainpoolP224r1,
            Self::BrainpoolP256r1 => c::NID_brainpoolP256r1,
            Self::BrainpoolP320r1 => c::NID_brainpoolP320r1,
            Self::BrainpoolP384r1 => c::NID_brainpoolP384r1,
            Self::BrainpoolP512r1 => c::NID_brainpoolP512r1,
        }
    }
}

/// An elliptic curve key, public or private.
pub(crate) struct EcKey {
    key: NonNull<c::EC_KEY>,
    curve: Curve,
}

// SAFETY: an EC_KEY never changes once the constructors below have returned it; ECDSA takes it as constant.
unsafe impl Send for EcKey {}
// SAFETY: as above.
unsafe impl Sync for EcKey {}

impl Drop for EcKey {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EC_KEY_free(self.key.as_ptr()) };
    }
}

/// A point on a curve.
struct Point(NonNull<c::EC_POINT>);

impl Drop for Point {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EC_POINT_free(self.0.as_ptr()) };
    }
}

/// An ECDSA signature.
struct Signature(NonNull<c::ECDSA_SIG>);

impl Drop for Signature {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::ECDSA_SIG_free(self.0.as_ptr()) };
    }
}

impl EcKey {
    fn new(curve: Curve) -> Result<Self, Failed> {
        // SAFETY: takes a number only; the result is checked and owned.
        let key = unsafe { c::EC_KEY_new_by_curve_name(curve.nid()) };
        let key = owned(key, "EC_KEY_new_by_curve_name")?;
        Ok(Self { key, curve })
    }

    /// Makes a public key of an uncompressed point; fails unless it is on the curve.
    pub(crate) fn public(curve: Curve, point: &[u8]) -> Result<Self, Failed> {
        let new = Self::new(curve)?;
        let parsed = new.point()?;
        // SAFETY: group and point are valid and belong together; the slice is valid for its length.
        let result = unsafe {
            c::EC_POINT_oct2point(
                new.group(),
                parsed.0.as_ptr(),
                point.as_ptr(),
                point.len(),
                ptr::null_mut(),
            )
        };
        check(result, "EC_POINT_oct2point")?;
        new.set_public(&parsed)?;
        // SAFETY: the key is valid.
        let result = unsafe { c::EC_KEY_check_key(new.key.as_ptr()) };
        check(result, "EC_KEY_check_key").map(|()| new)
    }

    /// Makes a private key, with its public point; fails unless the scalar is between 0 and the order.
    pub(crate) fn private(curve: Curve, scalar: &[u8]) -> Result<Self, Failed> {
        let new = Self::new(curve)?;
        let scalar = BigNum::from_bytes(scalar)?;
        // SAFETY: key and number are valid; the number is copied.
        let result = unsafe { c::EC_KEY_set_private_key(new.key.as_ptr(), scalar.as_ptr()) };
        check(result, "EC_KEY_set_private_key")?;
        let point = new.point()?;
        // SAFETY: group, point and number are valid and belong together; without other terms only the generator is
        // multiplied, in constant time.
        let result = unsafe {
            c::EC_POINT_mul(
                new.group(),
                point.0.as_ptr(),
                scalar.as_ptr(),
                ptr::null(),
                ptr::null(),
                ptr::null_mut(),
            )
        };
        check(result, "EC_POINT_mul")?;
        new.set_public(&point)?;
        Ok(new)
    }

    /// Generates a private key, and checks that its halves belong together (SP 800-56A, 5.6.2.1).
    pub(crate) fn generate(curve: Curve) -> Result<Self, Failed> {
        let new = Self::new(curve)?;
        // SAFETY: the key is valid and not shared.
        let result = unsafe { c::EC_KEY_generate_key_fips(new.key.as_ptr()) };
        check(result, "EC_KEY_generate_key_fips").map(|()| new)
    }

    /// Returns the curve.
    pub(crate) const fn curve(&self) -> Curve {
        self.curve
    }

    fn group(&self) -> *const c::EC_GROUP {
        // SAFETY: the key is valid and has had a group since it was made.
        unsafe { c::EC_KEY_get0_group(self.key.as_ptr()) }
    }

    fn point(&self) -> Result<Point, Failed> {
        // SAFETY: the group is valid; the result is checked and owned.
        let point = unsafe { c::EC_POINT_new(self.group()) };
        owned(point, "EC_POINT_new").map(Point)
    }

    fn set_public(&self, point: &Point) -> Result<(), Failed> {
        // SAFETY: the key is valid and not yet shared (only constructors call this); the point is copied.
        let result = unsafe { c::EC_KEY_set_public_key(self.key.as_ptr(), point.0.as_ptr()) };
        check(result, "EC_KEY_set_public_key")
    }

    /// Writes the public point, uncompressed.
    pub(crate) fn public_point(&self) -> Result<Vec<u8>, Failed> {
        let mut bytes = vec![0; self.curve.point_len()];
        // SAFETY: group and point belong to a valid key; the buffer is valid for its length.
        let written = unsafe {
            c::EC_POINT_point2oct(
                self.group(),
                c::EC_KEY_get0_public_key(self.key.as_ptr()),
                c::point_conversion_form_t::POINT_CONVERSION_UNCOMPRESSED,
                bytes.as_mut_ptr(),
                bytes.len(),
                ptr::null_mut(),
            )
        };
        if written == bytes.len() {
            Ok(bytes)
        } else {
            Err(Failed::of("EC_POINT_point2oct"))
        }
    }

    /// Writes the private scalar, as long as the order.
    pub(crate) fn private_scalar(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        // SAFETY: the key is valid; the number belongs to it and may be null.
        let scalar = unsafe { BigNum::copy_of(c::EC_KEY_get0_private_key(self.key.as_ptr())) }?;
        let scalar = scalar.ok_or(Failed {
            function: "EC_KEY_get0_private_key",
        })?;
        scalar.to_padded(self.curve.scalar_len())
    }

    /// Computes the secret that this private key shares with another's public key of the same curve: the x-coordinate of
    /// their product.
    pub(crate) fn agree(&self, other: &Self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        const FUNCTION: &str = "ECDH_compute_key";
        if self.curve != other.curve {
            return Err(Failed { function: FUNCTION });
        }
        let mut secret = Zeroizing::new(vec![0; self.curve.scalar_len()]);
        // SAFETY: both keys are valid, and their groups are the same; the buffer is valid for its length; without a
        // derivation function, the secret itself is written.
        let written = unsafe {
            c::ECDH_compute_key(
                secret.as_mut_ptr().cast(),
                secret.len(),
                c::EC_KEY_get0_public_key(other.key.as_ptr()),
                self.key.as_ptr(),
                None,
            )
        };
        if usize::try_from(written) == Ok(secret.len()) {
            Ok(secret)
        } else {
            Err(Failed::of(FUNCTION))
        }
    }

    /// Signs a digest, of which the leftmost bits count, and returns r and s side by side.
    ///
    /// The nonce is drawn from the random generator mixed with key and digest.
    pub(crate) fn sign(&self, hash: &[u8]) -> Result<Vec<u8>, Failed> {
        // SAFETY: the key is valid; the slice is valid for its length; the result is checked and owned.
        let signature = unsafe { c::ECDSA_do_sign(hash.as_ptr(), hash.len(), self.key.as_ptr()) };
        let signature = Signature(owned(signature, "ECDSA_do_sign")?);
        let (mut r, mut s) = (ptr::null(), ptr::null());
        // SAFETY: the signature is valid, and outlives both numbers.
        unsafe { c::ECDSA_SIG_get0(signature.0.as_ptr(), &raw mut r, &raw mut s) };
        let len = self.curve.scalar_len();
        let mut output = vec![0; 2 * len];
        let (left, right) = output.split_at_mut(len);
        for (half, number) in [(left, r), (right, s)] {
            // SAFETY: the buffer is valid for its length; the number belongs to a valid signature.
            let result = unsafe { c::BN_bn2bin_padded(half.as_mut_ptr(), len, number) };
            check(result, "BN_bn2bin_padded")?;
        }
        Ok(output)
    }

    /// Tells whether r and s, side by side, sign this digest. Their lengths are the caller's to check.
    pub(crate) fn verify(&self, hash: &[u8], signature: &[u8]) -> Result<bool, Failed> {
        let (r, s) = signature.split_at(signature.len() / 2);
        let (r, s) = (BigNum::from_bytes(r)?, BigNum::from_bytes(s)?);
        // SAFETY: takes no argument; the result is checked and owned.
        let parsed = Signature(owned(unsafe { c::ECDSA_SIG_new() }, "ECDSA_SIG_new")?);
        // SAFETY: the signature takes over both numbers, which are therefore released from their owners.
        let result = unsafe { c::ECDSA_SIG_set0(parsed.0.as_ptr(), r.release(), s.release()) };
        check(result, "ECDSA_SIG_set0")?;
        // SAFETY: key and signature are valid; the slice is valid for its length.
        let result = unsafe {
            c::ECDSA_do_verify(
                hash.as_ptr(),
                hash.len(),
                parsed.0.as_ptr(),
                self.key.as_ptr(),
            )
        };
        Ok(check(result, "ECDSA_do_verify").is_ok())
    }
}
