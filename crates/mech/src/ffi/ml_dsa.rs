//! ML-DSA (FIPS 204), over the representative of a message: mu.

use std::ffi::c_int;
use std::ptr;

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::pkey::PKey;
use super::{Failed, check};

// Signatures without randomness, for which the library has functions but its Rust crate no names. Names and parameters are those
// of `ml_dsa.h` in the version that the workspace pins; with another version the program does not link.
unsafe extern "C" {
    #[link_name = "aws_lc_0_47_0_ml_dsa_extmu_44_sign_internal"]
    fn ml_dsa_extmu_44_sign_internal(
        private_key: *const u8,
        signature: *mut u8,
        signature_len: *mut usize,
        mu: *const u8,
        mu_len: usize,
        prefix: *const u8,
        prefix_len: usize,
        random: *const u8,
    ) -> c_int;
    #[link_name = "aws_lc_0_47_0_ml_dsa_extmu_65_sign_internal"]
    fn ml_dsa_extmu_65_sign_internal(
        private_key: *const u8,
        signature: *mut u8,
        signature_len: *mut usize,
        mu: *const u8,
        mu_len: usize,
        prefix: *const u8,
        prefix_len: usize,
        random: *const u8,
    ) -> c_int;
    #[link_name = "aws_lc_0_47_0_ml_dsa_extmu_87_sign_internal"]
    fn ml_dsa_extmu_87_sign_internal(
        private_key: *const u8,
        signature: *mut u8,
        signature_len: *mut usize,
        mu: *const u8,
        mu_len: usize,
        prefix: *const u8,
        prefix_len: usize,
        random: *const u8,
    ) -> c_int;
}

/// A parameter set (FIPS 204, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DsaSet {
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

impl DsaSet {
    /// The length in bytes of a seed.
    pub(crate) const SEED_LEN: usize = 32;
    /// The length in bytes of the representative of a message.
    pub(crate) const MU_LEN: usize = 64;

    /// Returns the length in bytes of a public key.
    pub(crate) const fn public_len(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Returns the length in bytes of a private key.
    const fn private_len(self) -> usize {
        match self {
            Self::MlDsa44 => 2560,
            Self::MlDsa65 => 4032,
            Self::MlDsa87 => 4896,
        }
    }

    /// Returns the length in bytes of a signature.
    pub(crate) const fn signature_len(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }

    const fn nid(self) -> i32 {
        match self {
            Self::MlDsa44 => c::NID_MLDSA44,
            Self::MlDsa65 => c::NID_MLDSA65,
            Self::MlDsa87 => c::NID_MLDSA87,
        }
    }
}

/// A key, for signing or for verifying.
pub(crate) struct DsaKey {
    key: PKey,
    set: DsaSet,
}

impl DsaKey {
    /// Takes a public key, unless its length is wrong: any bytes are one.
    pub(crate) fn public(set: DsaSet, bytes: &[u8]) -> Result<Self, Failed> {
        const FUNCTION: &str = "EVP_PKEY_pqdsa_new_raw_public_key";
        if bytes.len() != set.public_len() {
            return Err(Failed { function: FUNCTION });
        }
        // SAFETY: the slice is valid for its length; the result is checked and owned.
        let key =
            unsafe { c::EVP_PKEY_pqdsa_new_raw_public_key(set.nid(), bytes.as_ptr(), bytes.len()) };
        let key = PKey::own(key, FUNCTION)?;
        Ok(Self { key, set })
    }

    /// Takes a private key; fails unless it has its length and its parts are in their ranges and belong together.
    pub(crate) fn private(set: DsaSet, bytes: &[u8]) -> Result<Self, Failed> {
        Self::new(set, bytes, set.private_len())
    }

    /// Makes the private key that grows out of a seed; fails if its length is wrong.
    pub(crate) fn from_seed(set: DsaSet, seed: &[u8]) -> Result<Self, Failed> {
        Self::new(set, seed, DsaSet::SEED_LEN)
    }

    /// The C function tells a key from a seed by the length.
    fn new(set: DsaSet, bytes: &[u8], len: usize) -> Result<Self, Failed> {
        const FUNCTION: &str = "EVP_PKEY_pqdsa_new_raw_private_key";
        if bytes.len() != len {
            return Err(Failed { function: FUNCTION });
        }
        // SAFETY: the slice is valid for its length; the result is checked and owned.
        let key = unsafe {
            c::EVP_PKEY_pqdsa_new_raw_private_key(set.nid(), bytes.as_ptr(), bytes.len())
        };
        let key = PKey::own(key, FUNCTION)?;
        Ok(Self { key, set })
    }

    /// Returns the parameter set.
    pub(crate) const fn set(&self) -> DsaSet {
        self.set
    }

    /// Writes the public key, which either half has.
    pub(crate) fn public_bytes(&self) -> Result<Vec<u8>, Failed> {
        self.key.raw_public()
    }

    /// Writes the private key.
    pub(crate) fn private_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        self.key.raw_private()
    }

    /// Signs the representative of a message, with fresh randomness.
    pub(crate) fn sign(&self, mu: &[u8; DsaSet::MU_LEN]) -> Result<Vec<u8>, Failed> {
        const FUNCTION: &str = "EVP_PKEY_sign";
        let context = self.key.context()?;
        let mut signature = vec![0; self.set.signature_len()];
        let mut len = signature.len();
        // SAFETY: the context is valid and has a key.
        let result = unsafe { c::EVP_PKEY_sign_init(context.as_ptr()) };
        check(result, "EVP_PKEY_sign_init")?;
        // SAFETY: the context is valid; the buffer has the length that stands in `len`; mu is valid for its length.
        let result = unsafe {
            c::EVP_PKEY_sign(
                context.as_ptr(),
                signature.as_mut_ptr(),
                &raw mut len,
                mu.as_ptr(),
                mu.len(),
            )
        };
        check(result, FUNCTION)?;
        if len == signature.len() {
            Ok(signature)
        } else {
            Err(Failed { function: FUNCTION })
        }
    }

    /// Signs the representative of a message without randomness.
    pub(crate) fn sign_deterministic(&self, mu: &[u8; DsaSet::MU_LEN]) -> Result<Vec<u8>, Failed> {
        const FUNCTION: &str = "ml_dsa_extmu_sign_internal";
        let sign = match self.set {
            DsaSet::MlDsa44 => ml_dsa_extmu_44_sign_internal,
            DsaSet::MlDsa65 => ml_dsa_extmu_65_sign_internal,
            DsaSet::MlDsa87 => ml_dsa_extmu_87_sign_internal,
        };
        let key = self.private_bytes()?;
        let mut signature = vec![0; self.set.signature_len()];
        let (mut len, random) = (signature.len(), [0; 32]);
        // SAFETY: key and buffer have the lengths of the parameter set, mu and the randomness theirs; there is no prefix.
        let result = unsafe {
            sign(
                key.as_ptr(),
                signature.as_mut_ptr(),
                &raw mut len,
                mu.as_ptr(),
                mu.len(),
                ptr::null(),
                0,
                random.as_ptr(),
            )
        };
        check(result, FUNCTION)?;
        if len == signature.len() {
            Ok(signature)
        } else {
            Err(Failed { function: FUNCTION })
        }
    }

    /// Tells whether a signature is one of this representative.
    pub(crate) fn verify(
        &self,
        mu: &[u8; DsaSet::MU_LEN],
        signature: &[u8],
    ) -> Result<bool, Failed> {
        let context = self.key.context()?;
        // SAFETY: the context is valid and has a key.
        let result = unsafe { c::EVP_PKEY_verify_init(context.as_ptr()) };
        check(result, "EVP_PKEY_verify_init")?;
        // SAFETY: the context is valid; both slices are valid for their lengths.
        let result = unsafe {
            c::EVP_PKEY_verify(
                context.as_ptr(),
                signature.as_ptr(),
                signature.len(),
                mu.as_ptr(),
                mu.len(),
            )
        };
        Ok(check(result, "EVP_PKEY_verify").is_ok())
    }
}
