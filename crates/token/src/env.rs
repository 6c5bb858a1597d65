//! What the core needs from its surroundings: time, randomness, and the work a PIN costs.

use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;
use zeroize::Zeroizing;

/// Time, randomness and PIN hashing. Tests put fakes here.
pub trait Env: Send + Sync {
    /// The time in milliseconds since 1970.
    fn now_ms(&self) -> u64;

    /// Fills `bytes` from a cryptographically secure generator. One that fails must not return.
    fn random(&self, bytes: &mut [u8]);

    /// Turns a PIN into 32 bytes, slowly.
    ///
    /// # Errors
    /// [`PinHashFailed`] where there is not enough memory.
    fn hash_pin(&self, pin: &[u8], salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, PinHashFailed> {
        argon2id(pin, salt, PinCost::STANDARD)
    }
}

/// What guessing one PIN costs.
#[derive(Clone, Copy, Debug)]
pub struct PinCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl PinCost {
    /// 64 MiB and three passes: some 150 ms of one core, so that a login stays below what a person notices, while
    /// memory keeps guessing on special hardware expensive (RFC 9106, 4, second recommendation).
    pub const STANDARD: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
    };
}

/// A PIN could not be hashed.
#[derive(Clone, Copy, Debug, Error)]
#[error("the PIN could not be hashed: not enough memory")]
pub struct PinHashFailed;

/// Hashes a PIN with Argon2id, one lane.
///
/// # Errors
/// [`PinHashFailed`] where the cost is out of Argon2's range or there is not enough memory.
pub fn argon2id(
    pin: &[u8],
    salt: &[u8; 16],
    cost: PinCost,
) -> Result<Zeroizing<[u8; 32]>, PinHashFailed> {
    let params =
        Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(|_| PinHashFailed)?;
    let mut hash = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin, salt, hash.as_mut_slice())
        .map_err(|_| PinHashFailed)?;
    Ok(hash)
}
