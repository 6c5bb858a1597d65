//! Keys behind PKCS#11: a pool of sessions that heals, and everything that the services do with a key.
//!
//! A key version is generated in the HSM as an extractable, sensitive session object, wrapped there under its account's
//! key-encryption key, sealed with its account's row-seal key, and kept by the caller as a [`Stored`]. For use, the seal
//! is verified, the key is unwrapped into a session object that may do one thing and cannot be extracted, and its handle
//! is cached. No key is ever in this process.
//!
//! | file | what it is |
//! |---|---|
//! | `account` | the token keys of an account: key-encryption key, row-seal key, secrets key |
//! | `agree`, `crypt`, `mac`, `sign` | what keys are used for |
//! | `cache` | handles of unwrapped keys, the least recently used ones destroyed first |
//! | `epoch` | what holds between two breaks: slot, keeper session, handles |
//! | `import` | material that comes from outside, wrapped under a pair of ours |
//! | `key`, `kind` | bindings and what is stored; kinds and usages |
//! | `load`, `make` | from a stored key to a handle, and from nothing to a stored key |
//! | `module`, `pool`, `lease`, `heal` | the loaded module; sessions, waiting for one, calls after a break |
//! | `resident` | keys that live wholly in the HSM |
//! | `secret` | small secrets of the services themselves |
//! | `spki`, `template` | public keys as DER; attributes of what is made |

mod account;
mod agree;
mod cache;
mod crypt;
mod epoch;
mod error;
mod heal;
mod import;
mod key;
mod kind;
mod lease;
mod load;
mod mac;
mod make;
mod module;
mod pool;
mod resident;
mod secret;
mod settings;
mod sign;
mod spki;
mod template;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use zeroize::Zeroizing;

pub use error::Error;
pub use import::{Import, SALT_BYTES};
pub use key::{Binding, Material, Resident, Stored};
pub use kind::{Curve, Hash, Kind, Usage};
pub use pool::Health;
pub use settings::{Settings, TokenChoice};
pub use sign::{Message, SignAlgorithm, verify};

use pool::Pool;

/// The most random bytes that one call draws: what the smallest of the known modules gives at once.
const RANDOM_BYTES_MAX: usize = 1 << 16;

/// An HSM behind a PKCS#11 module. Clones share its sessions.
#[derive(Clone, Debug)]
pub struct Hsm {
    pool: Arc<Pool>,
}

impl Hsm {
    /// Loads the module and logs in.
    ///
    /// An HSM that is away is no error: calls answer [`Error::Unavailable`] until it is back.
    ///
    /// # Errors
    /// If the module does not load, has tokens but not the chosen one, or refuses the PIN.
    pub fn connect(settings: Settings) -> Result<Self, Error> {
        let pool = Pool::start(settings)?;
        Ok(Self {
            pool: Arc::new(pool),
        })
    }

    /// Tells whether the module can make, wrap and use keys of that kind. It cannot while the HSM has never answered.
    #[must_use]
    pub fn offers(&self, kind: Kind) -> bool {
        self.pool
            .call("asking for mechanisms", |lease| {
                Ok(lease.epoch().offers.has(kind))
            })
            .unwrap_or(false)
    }

    /// Draws random bytes from the HSM.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn random(&self, len: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.pool.call("drawing random bytes", |lease| {
            let mut bytes = Zeroizing::new(vec![0; len]);
            for part in bytes.chunks_mut(RANDOM_BYTES_MAX) {
                lease.session().generate_random_slice(part)?;
            }
            Ok(bytes)
        })
    }

    /// Destroys the unwrapped copies of every version of a key, which are then gone from the HSM.
    ///
    /// A call that is using one at this moment ends first.
    pub fn forget(&self, key: &str) {
        self.pool.forget(key);
    }

    /// Tells how the connection to the HSM is.
    #[must_use]
    pub fn health(&self) -> Health {
        self.pool.health()
    }
}
