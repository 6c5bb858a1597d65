//! Passwords, slowly hashed.

mod turns;

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time;
use thiserror::Error;
use zeroize::Zeroizing;

use turns::Turns;

/// Bytes of a salt and of a hash (RFC 9106, 4).
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// Characters of a password, as the console asks; fewer are guessed, more are no password.
const LENGTHS: std::ops::RangeInclusive<usize> = 6..=128;
/// Hashes at once: each takes 64 MiB and a core.
const AT_ONCE: usize = 2;
/// Hashes that wait: a few seconds' worth, and far fewer than the requests that a server works on, so that a flood of
/// sign-ins does not keep other requests out.
const WAITING_MAX: usize = 16;

/// Why a password was not hashed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HashError {
    /// Too many passwords wait to be hashed.
    #[error("too many sign-ins at once; try again in a moment")]
    Busy,
    /// A new password is too short or too long.
    #[error("a password must have {} to {} characters", LENGTHS.start(), LENGTHS.end())]
    Length,
    /// There is no memory for it.
    #[error("no memory to hash a password; try again in a moment")]
    Memory,
}

/// What guessing one password costs.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// 64 MiB and three passes (RFC 9106, 4, second recommendation), the same as for the HSM's PINs.
    pub const STANDARD: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
    };
}

/// A password's salt and hash, as the database keeps them.
#[derive(Clone)]
pub struct Hashed {
    /// The salt.
    pub salt: Vec<u8>,
    /// The hash.
    pub hash: Vec<u8>,
}

/// Hashes passwords, a few at a time: so a flood of sign-ins cannot take the machine's memory.
pub struct Hasher {
    cost: Cost,
    turns: Turns,
}

impl Hasher {
    /// Makes a hasher.
    #[must_use]
    pub fn new(cost: Cost) -> Self {
        Self::with_room(cost, AT_ONCE, WAITING_MAX)
    }

    /// Makes a hasher that hashes so many passwords at once, and lets so many wait.
    pub(crate) fn with_room(cost: Cost, at_once: usize, waiting_max: usize) -> Self {
        Self {
            cost,
            turns: Turns::new(at_once, waiting_max),
        }
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`HashError`]: it is too short or too long, or this is not the time for it.
    pub fn hash(&self, password: &str) -> Result<Hashed, HashError> {
        if !LENGTHS.contains(&password.chars().count()) {
            return Err(HashError::Length);
        }
        let salt = kit::id::random::<SALT_BYTES>();
        let hash = self.derive(password, &salt)?;
        Ok(Hashed {
            salt: salt.to_vec(),
            hash: hash.to_vec(),
        })
    }

    /// Tells whether a password is the right one. For a user who has none, or who does not exist, it takes as long, so
    /// that the time tells nothing.
    ///
    /// # Errors
    /// [`HashError::Busy`] and [`HashError::Memory`]: this is not the time for it, whoever asks.
    pub fn verify(&self, password: &str, kept: Option<&Hashed>) -> Result<bool, HashError> {
        let nobody = Hashed {
            salt: vec![0; SALT_BYTES],
            hash: vec![0; HASH_BYTES],
        };
        let against = kept.unwrap_or(&nobody);
        let derived = self.derive(password, &against.salt)?;
        let same = constant_time::verify_slices_are_equal(derived.as_slice(), &against.hash);
        Ok(same.is_ok() && kept.is_some())
    }

    fn derive(
        &self,
        password: &str,
        salt: &[u8],
    ) -> Result<Zeroizing<[u8; HASH_BYTES]>, HashError> {
        let _turn = self.turns.take().ok_or(HashError::Busy)?;
        let Cost { memory_kib, passes } = self.cost;
        let params =
            Params::new(memory_kib, passes, 1, Some(HASH_BYTES)).map_err(|_| HashError::Memory)?;
        let mut hash = Zeroizing::new([0; HASH_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, hash.as_mut_slice())
            .map_err(|_| HashError::Memory)?;
        Ok(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_of_somebody_is_right() {
        let hasher = Hasher::new(Cost {
            memory_kib: 64,
            passes: 1,
        });
        let kept = hasher.hash("correct horse").unwrap();
        assert_eq!(hasher.verify("correct horse", Some(&kept)), Ok(true));
        assert_eq!(hasher.verify("correct horse ", Some(&kept)), Ok(false));
        assert_eq!(hasher.verify("correct horse", None), Ok(false));
        assert_ne!(hasher.hash("correct horse").unwrap().hash, kept.hash);
        for refused in ["short", &"x".repeat(129)] {
            assert_eq!(hasher.hash(refused).err(), Some(HashError::Length));
        }
    }
}
