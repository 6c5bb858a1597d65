//! From a passphrase to a key, at a cost that makes guessing dear.

use argon2::{Algorithm, Argon2, Params, Version};

use super::SALT_LEN;
use crate::error::SealError;
use crate::secret::{KEY_LEN, Secret};

/// The most a slot may ask for. A slot is read before anything vouches for it, so an edited one must not be able to
/// take all memory or run for hours.
const COST_MAX: Cost = Cost {
    memory_kib: 1 << 20,
    passes: 16,
    lanes: 4,
};

/// What Argon2id (RFC 9106) is to spend on a passphrase. Kept in the slot, so that it can rise for new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// What a passphrase slot costs: 256 MiB three times over, about a second.
    pub const PASSPHRASE: Self = Self {
        memory_kib: 256 * 1_024,
        passes: 3,
        lanes: 1,
    };
}

/// Stretches a passphrase into a key.
pub(super) fn stretch(
    passphrase: &[u8],
    cost: Cost,
    salt: &[u8; SALT_LEN],
) -> Result<Secret, SealError> {
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = cost;
    let refused = SealError::Cost {
        memory_kib,
        passes,
        lanes,
    };
    if memory_kib > COST_MAX.memory_kib || passes > COST_MAX.passes || lanes > COST_MAX.lanes {
        return Err(refused);
    }
    let Ok(params) = Params::new(memory_kib, passes, lanes, Some(KEY_LEN)) else {
        return Err(refused);
    };
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut outcome = Ok(());
    let secret = Secret::filled(|out| {
        outcome = argon.hash_password_into(passphrase, salt, out);
    });
    outcome.map(|()| secret).map_err(|_| refused)
}
