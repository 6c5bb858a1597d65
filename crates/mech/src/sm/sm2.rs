//! The curve of SM2 and its keys (GB/T 32918.1, 6; GB/T 32918.5, 2).

use ::sm2::dsa::signature::hazmat::{PrehashVerifier as _, RandomizedPrehashSigner as _};
use ::sm2::dsa::{Signature, SigningKey, VerifyingKey};
use ::sm2::elliptic_curve::rand_core::{TryCryptoRng, TryRng};
use ::sm2::elliptic_curve::sec1::ToSec1Point as _;
use ::sm2::{ProjectivePoint, PublicKey, Scalar, SecretKey};
use aws_lc_rs::error::Unspecified;
use zeroize::Zeroizing;

use crate::{Error, random};

/// The length of a scalar and of a coordinate in bytes.
const LEN: usize = 32;
/// The mark of an uncompressed point (GB/T 32918.1, 4.2.9).
const UNCOMPRESSED: u8 = 4;

/// A private key with its public half.
pub(crate) struct Sm2Private {
    key: SecretKey,
    public: Sm2Public,
}

/// A public key.
#[derive(Clone)]
pub(crate) struct Sm2Public(PublicKey);

impl Sm2Private {
    /// Generates a key.
    pub(crate) fn generate() -> Result<Self, Error> {
        // Of the numbers of so many bits, one in four thousand million is no key.
        loop {
            let mut scalar = Zeroizing::new([0; LEN]);
            random(&mut scalar[..])?;
            if let Some(key) = Self::from_scalar(&scalar[..]) {
                return Ok(key);
            }
        }
    }

    /// Takes a scalar from 1 to the order less two, to which a zero in front does not matter.
    pub(crate) fn from_scalar(scalar: &[u8]) -> Option<Self> {
        let (front, scalar) = scalar.split_at(scalar.len().saturating_sub(LEN));
        if !matches!(front, [] | [0]) {
            return None;
        }
        let mut padded = Zeroizing::new([0; LEN]);
        padded[LEN - scalar.len()..].copy_from_slice(scalar);
        let key = SecretKey::from_slice(&padded[..]).ok()?;
        // A signature divides by this.
        let next = Zeroizing::new(*key.to_nonzero_scalar() + Scalar::ONE);
        if next.is_zero().into() {
            return None;
        }
        let public = Sm2Public(key.public_key());
        Some(Self { key, public })
    }

    /// Returns the public half.
    pub(crate) const fn public(&self) -> &Sm2Public {
        &self.public
    }

    /// Returns the scalar.
    pub(crate) fn scalar(&self) -> Zeroizing<[u8; LEN]> {
        Zeroizing::new(self.key.to_bytes().into())
    }

    /// Multiplies a point, and returns the coordinates of the product, which is never the point at infinity: the order is prime.
    pub(super) fn multiply(&self, other: &Sm2Public) -> Zeroizing<[[u8; LEN]; 2]> {
        let scalar = Zeroizing::new(*self.key.to_nonzero_scalar());
        let product = Zeroizing::new(ProjectivePoint::from(*other.0.as_affine()) * *scalar);
        let product = Zeroizing::new(product.to_affine());
        coordinates(product.to_sec1_point(false).as_bytes())
    }

    /// Signs a digest (GB/T 32918.2, 6.1, from step A3).
    pub(super) fn sign(&self, digest: &[u8]) -> Result<Vec<u8>, Error> {
        const FAILED: Error = Error::Provider("the signature of SM2");
        let key = SigningKey::new("", &self.key).map_err(|_| FAILED)?;
        let signature = key.sign_prehash_with_rng(&mut Random, digest);
        signature
            .map(|signature| signature.to_bytes().to_vec())
            .map_err(|_| FAILED)
    }
}

impl Sm2Public {
    /// The size of the field in bits.
    pub(crate) const BITS: usize = 256;
    /// The length of an uncompressed point in bytes.
    pub(crate) const POINT_LEN: usize = 1 + 2 * LEN;

    /// Takes an uncompressed point, if it is on the curve.
    pub(crate) fn from_point(point: &[u8]) -> Option<Self> {
        if point.len() != Self::POINT_LEN || point[0] != UNCOMPRESSED {
            return None;
        }
        PublicKey::from_sec1_bytes(point).ok().map(Self)
    }

    /// Returns the point, uncompressed.
    pub(crate) fn point(&self) -> Vec<u8> {
        self.0.to_sec1_point(false).as_bytes().to_vec()
    }

    /// Tells whether a signature is one of this digest (GB/T 32918.2, 7.1, from step B4).
    pub(super) fn verify(&self, digest: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else {
            return false;
        };
        VerifyingKey::new("", self.0)
            .is_ok_and(|key| key.verify_prehash(digest, &signature).is_ok())
    }
}

/// Splits the bytes of an uncompressed point.
fn coordinates(point: &[u8]) -> Zeroizing<[[u8; LEN]; 2]> {
    let mut both = Zeroizing::new([[0; LEN]; 2]);
    for (coordinate, bytes) in both.iter_mut().zip(point[1..].chunks_exact(LEN)) {
        coordinate.copy_from_slice(bytes);
    }
    both
}

/// The library's random generator, as RustCrypto asks for one.
struct Random;

impl TryRng for Random {
    type Error = Unspecified;

    fn try_next_u32(&mut self) -> Result<u32, Unspecified> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Unspecified> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Unspecified> {
        aws_lc_rs::rand::fill(bytes)
    }
}

impl TryCryptoRng for Random {}
