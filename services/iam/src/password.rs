//! Passwords, slowly hashed.

use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time;
use zeroize::Zeroizing;

/// Bytes of a salt and of a hash (RFC 9106, 4).
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// Characters of a password, as the console asks; fewer are guessed, more are no password.
const LENGTHS: std::ops::RangeInclusive<usize> = 6..=128;

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

/// Hashes passwords, one at a time: so a flood of sign-ins cannot take the machine's memory.
pub struct Hasher {
    cost: Cost,
    turn: Mutex<()>,
}

impl Hasher {
    /// Makes a hasher.
    #[must_use]
    pub fn new(cost: Cost) -> Self {
        Self {
            cost,
            turn: Mutex::new(()),
        }
    }

    /// Hashes a new password; none where it is too short, too long, or there is no memory.
    #[must_use]
    pub fn hash(&self, password: &str) -> Option<Hashed> {
        if !LENGTHS.contains(&password.chars().count()) {
            return None;
        }
        let salt = kit::id::random::<SALT_BYTES>();
        let hash = self.derive(password, &salt)?;
        Some(Hashed {
            salt: salt.to_vec(),
            hash: hash.to_vec(),
        })
    }

    /// Tells whether a password is the right one. For a user who has none, or who does not exist, it takes as long, so
    /// that the time tells nothing.
    #[must_use]
    pub fn verify(&self, password: &str, kept: Option<&Hashed>) -> bool {
        let nobody = Hashed {
            salt: vec![0; SALT_BYTES],
            hash: vec![0; HASH_BYTES],
        };
        let against = kept.unwrap_or(&nobody);
        let derived = self.derive(password, &against.salt);
        let same = derived.is_some_and(|derived| {
            constant_time::verify_slices_are_equal(derived.as_slice(), &against.hash).is_ok()
        });
        same && kept.is_some()
    }

    fn derive(&self, password: &str, salt: &[u8]) -> Option<Zeroizing<[u8; HASH_BYTES]>> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Cost { memory_kib, passes } = self.cost;
        let params = Params::new(memory_kib, passes, 1, Some(HASH_BYTES)).ok()?;
        let mut hash = Zeroizing::new([0; HASH_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, hash.as_mut_slice())
            .ok()?;
        Some(hash)
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
        assert!(hasher.verify("correct horse", Some(&kept)));
        assert!(!hasher.verify("correct horse ", Some(&kept)));
        assert!(!hasher.verify("correct horse", None));
        assert_ne!(hasher.hash("correct horse").unwrap().hash, kept.hash);
        assert!(hasher.hash("short").is_none());
        assert!(hasher.hash(&"x".repeat(129)).is_none());
    }
}
