//! Small secrets of the services themselves.

use zeroize::Zeroizing;

use super::account::{self, ID_BYTES, Role};
use super::{Error, Hsm, crypt};

/// The owner of the key in the token: it is the services', not an account's.
const OWNER: &str = "services";

impl Hsm {
    /// Encrypts a secret under a key that never leaves the token. It opens only with the same context.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn seal_secret(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, Error> {
        self.pool.call("sealing a secret", |lease| {
            let session = lease.session();
            let (id, key) = account::current(lease.epoch(), session, Role::Secrets, OWNER)?;
            let sealed = crypt::seal(session, key, context.as_bytes(), secret)?;
            Ok([id.as_slice(), &sealed].concat())
        })
    }

    /// Decrypts what [`Self::seal_secret`] gave.
    ///
    /// # Errors
    /// [`Error::Refused`] if it was changed or is of another context; see [`Error`] for the others.
    pub fn open_secret(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let what = "opening a secret";
        let (id, sealed) = sealed
            .split_at_checked(ID_BYTES)
            .ok_or(Error::Refused { what })?;
        self.pool.call(what, |lease| {
            let session = lease.session();
            let owner = (Role::Secrets, OWNER);
            let key = account::named(lease.epoch(), session, owner, id, what)?;
            crypt::open(session, key, context.as_bytes(), sealed)
        })
    }
}
