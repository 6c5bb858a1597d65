//! From a PIN to a key: Argon2id, with its cost in the file and bounded when read.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::{Zeroize, Zeroizing};

use crate::{Error, Pin};

/// The length of a salt in bytes (RFC 9106, 3.1).
pub(crate) const SALT_LEN: usize = 16;

/// The length of the key that is derived: AES-256.
pub(crate) const KEY_LEN: usize = 32;

/// The most memory that a file may ask for: four times the default, and what a laptop has.
const MAX_MEMORY_KIB: u32 = 1 << 20;

/// The most passes that a file may ask for: with the memory above, about ten seconds.
const MAX_PASSES: u32 = 16;

/// The most lanes that a file may ask for.
const MAX_LANES: u32 = 16;

/// Says what each guess at a PIN costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KdfCost {
    /// Takes a cost, if it is one that this program will pay.
    ///
    /// # Errors
    /// [`Error::KdfCost`] when one of them is out of bounds.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, Error> {
        require("lanes", lanes, 1, MAX_LANES)?;
        require("passes", passes, 1, MAX_PASSES)?;
        require("memory in KiB", memory_kib, 8 * lanes, MAX_MEMORY_KIB)?;
        Ok(Self {
            memory_kib,
            passes,
            lanes,
        })
    }

    /// Gives the memory in KiB.
    #[must_use]
    pub fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Gives the number of passes over the memory.
    #[must_use]
    pub fn passes(&self) -> u32 {
        self.passes
    }

    /// Gives the number of lanes, which may run in parallel.
    #[must_use]
    pub fn lanes(&self) -> u32 {
        self.lanes
    }

    /// Derives the key of a file, and leaves no trace of it in memory.
    pub(crate) fn derive(
        &self,
        pin: &Pin,
        salt: &[u8; SALT_LEN],
    ) -> Result<Zeroizing<[u8; KEY_LEN]>, Error> {
        let failed = Error::Crypto {
            action: "derive a key from the PIN",
        };
        let Ok(params) = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_LEN))
        else {
            return Err(failed);
        };
        let mut memory: Vec<Block> = Vec::new();
        // Memory that is not there is an error to tell, not a reason to abort.
        if memory.try_reserve_exact(params.block_count()).is_err() {
            return Err(failed);
        }
        memory.resize(params.block_count(), Block::new());
        let mut key = Zeroizing::new([0; KEY_LEN]);
        let result = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(pin.expose(), salt, &mut *key, &mut memory);
        memory.iter_mut().for_each(Zeroize::zeroize);
        result.map(|()| key).map_err(|_| failed)
    }
}

impl Default for KdfCost {
    /// Gives 256 MiB, three passes, one lane: about a second, and a thousand guesses need as much
    /// memory as a large server has.
    fn default() -> Self {
        Self {
            memory_kib: 256 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

fn require(field: &'static str, value: u32, min: u32, max: u32) -> Result<(), Error> {
    if (min..=max).contains(&value) {
        Ok(())
    } else {
        Err(Error::KdfCost {
            field,
            value,
            min,
            max,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_out_of_bounds_is_refused() {
        let cases = [
            (u32::MAX, 1, 1),
            (MAX_MEMORY_KIB + 1, 1, 1),
            (7, 1, 1),
            (31, 1, 4),
            (64, 0, 1),
            (64, MAX_PASSES + 1, 1),
            (64, 1, 0),
            (u32::MAX, 1, u32::MAX),
        ];
        for (memory, passes, lanes) in cases {
            let refused = KdfCost::new(memory, passes, lanes);
            assert!(
                matches!(refused, Err(Error::KdfCost { .. })),
                "{memory} {passes} {lanes}"
            );
        }
        KdfCost::new(32, 1, 4).unwrap();
    }
}
