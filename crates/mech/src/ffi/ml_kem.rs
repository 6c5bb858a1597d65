//! ML-KEM (FIPS 203).

use std::ptr;

use aws_lc_sys as c;
use zeroize::Zeroizing;

use super::pkey::{PKey, PKeyContext};
use super::{Failed, check};

/// The length in bytes of a secret.
const SECRET_LEN: usize = 32;

/// A parameter set (FIPS 203, 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KemSet {
    /// ML-KEM-512.
    MlKem512,
    /// ML-KEM-768.
    MlKem768,
    /// ML-KEM-1024.
    MlKem1024,
}

impl KemSet {
    /// The length in bytes of a seed, d and z side by side.
    pub(crate) const SEED_LEN: usize = 64;

    /// The rank of the lattice, from which all lengths follow.
    const fn rank(self) -> usize {
        match self {
            Self::MlKem512 => 2,
            Self::MlKem768 => 3,
            Self::MlKem1024 => 4,
        }
    }

    /// Returns the length in bytes of an encapsulation key.
    pub(crate) const fn public_len(self) -> usize {
        384 * self.rank() + 32
    }

    /// Returns the length in bytes of a decapsulation key: it holds the encapsulation key, the hash of that and z.
    pub(crate) const fn private_len(self) -> usize {
        384 * self.rank() + self.public_len() + 64
    }

    /// Returns the length in bytes of a ciphertext.
    pub(crate) const fn ciphertext_len(self) -> usize {
        match self {
            Self::MlKem512 => 768,
            Self::MlKem768 => 1088,
            Self::MlKem1024 => 1568,
        }
    }

    const fn nid(self) -> i32 {
        match self {
            Self::MlKem512 => c::NID_MLKEM512,
            Self::MlKem768 => c::NID_MLKEM768,
            Self::MlKem1024 => c::NID_MLKEM1024,
        }
    }
}

/// A key, for encapsulating or for decapsulating.
pub(crate) struct KemKey {
    key: PKey,
    set: KemSet,
}

impl KemKey {
    /// Takes an encapsulation key; fails unless it has its length and its numbers are below the modulus (FIPS 203, 7.2).
    pub(crate) fn public(set: KemSet, bytes: &[u8]) -> Result<Self, Failed> {
        const FUNCTION: &str = "EVP_PKEY_kem_new_raw_public_key";
        if bytes.len() != set.public_len() {
            return Err(Failed { function: FUNCTION });
        }
        // SAFETY: the slice is valid for its length; the result is checked and owned.
        let key =
            unsafe { c::EVP_PKEY_kem_new_raw_public_key(set.nid(), bytes.as_ptr(), bytes.len()) };
        let key = PKey::own(key, FUNCTION)?;
        let context = key.context()?;
        // SAFETY: the context is valid and has a key.
        let result = unsafe { c::EVP_PKEY_public_check(context.as_ptr()) };
        check(result, "EVP_PKEY_public_check")?;
        Ok(Self { key, set })
    }

    /// Takes a decapsulation key; fails unless it has its length and holds the encapsulation key that its hash is of
    /// (FIPS 203, 7.3).
    pub(crate) fn private(set: KemSet, bytes: &[u8]) -> Result<Self, Failed> {
        const FUNCTION: &str = "EVP_PKEY_kem_new_raw_key";
        if bytes.len() != set.private_len() {
            return Err(Failed { function: FUNCTION });
        }
        let start = 384 * set.rank();
        let public = &bytes[start..start + set.public_len()];
        // SAFETY: both slices are valid for their lengths; the result is checked and owned.
        let key = unsafe {
            c::EVP_PKEY_kem_new_raw_key(
                set.nid(),
                public.as_ptr(),
                public.len(),
                bytes.as_ptr(),
                bytes.len(),
            )
        };
        let key = PKey::own(key, FUNCTION)?;
        // SAFETY: the key is valid and has both halves.
        let result = unsafe { c::EVP_PKEY_kem_check_key(key.as_ptr()) };
        check(result, "EVP_PKEY_kem_check_key")?;
        Ok(Self { key, set })
    }

    /// Makes the decapsulation key that grows out of a seed; fails if its length is wrong.
    pub(crate) fn from_seed(set: KemSet, seed: &[u8]) -> Result<Self, Failed> {
        const FUNCTION: &str = "EVP_PKEY_keygen_deterministic";
        if seed.len() != KemSet::SEED_LEN {
            return Err(Failed { function: FUNCTION });
        }
        let context = PKeyContext::of_kind(c::EVP_PKEY_KEM)?;
        let (mut key, mut len) = (ptr::null_mut(), seed.len());
        // SAFETY: the context is valid and of this kind.
        let result = unsafe { c::EVP_PKEY_CTX_kem_set_params(context.as_ptr(), set.nid()) };
        check(result, "EVP_PKEY_CTX_kem_set_params")?;
        // SAFETY: the context is valid.
        let result = unsafe { c::EVP_PKEY_keygen_init(context.as_ptr()) };
        check(result, "EVP_PKEY_keygen_init")?;
        // SAFETY: the context is valid; the seed has the length that the function reads; the key is made anew.
        let result = unsafe {
            c::EVP_PKEY_keygen_deterministic(
                context.as_ptr(),
                &raw mut key,
                seed.as_ptr(),
                &raw mut len,
            )
        };
        check(result, FUNCTION)?;
        Ok(Self {
            key: PKey::own(key, FUNCTION)?,
            set,
        })
    }

    /// Returns the parameter set.
    pub(crate) const fn set(&self) -> KemSet {
        self.set
    }

    /// Writes the encapsulation key, which either half has.
    pub(crate) fn public_bytes(&self) -> Result<Vec<u8>, Failed> {
        self.key.raw_public()
    }

    /// Writes the decapsulation key.
    pub(crate) fn private_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        self.key.raw_private()
    }

    /// Draws a secret, and gives it beside the ciphertext that it is in.
    pub(crate) fn encapsulate(&self) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), Failed> {
        let context = self.key.context()?;
        let mut ciphertext = vec![0; self.set.ciphertext_len()];
        let mut secret = Zeroizing::new(vec![0; SECRET_LEN]);
        let (mut ciphertext_len, mut secret_len) = (ciphertext.len(), secret.len());
        // SAFETY: the context is valid; both buffers have the lengths beside them, which are those of the parameter set.
        let result = unsafe {
            c::EVP_PKEY_encapsulate(
                context.as_ptr(),
                ciphertext.as_mut_ptr(),
                &raw mut ciphertext_len,
                secret.as_mut_ptr(),
                &raw mut secret_len,
            )
        };
        check(result, "EVP_PKEY_encapsulate").map(|()| (ciphertext, secret))
    }

    /// Returns the secret that is in a ciphertext. Of one that was made otherwise it returns another secret; only a wrong
    /// length fails.
    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let context = self.key.context()?;
        let mut secret = Zeroizing::new(vec![0; SECRET_LEN]);
        let mut len = secret.len();
        // SAFETY: the context is valid; the buffer has the length beside it; the ciphertext is valid for its length, which
        // the function checks.
        let result = unsafe {
            c::EVP_PKEY_decapsulate(
                context.as_ptr(),
                secret.as_mut_ptr(),
                &raw mut len,
                ciphertext.as_ptr(),
                ciphertext.len(),
            )
        };
        check(result, "EVP_PKEY_decapsulate").map(|()| secret)
    }
}
