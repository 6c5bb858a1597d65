//! Secrets at rest: whoever has the database alone must not have them.

use thiserror::Error;
use zeroize::Zeroizing;

/// A secret could not be sealed or opened.
#[derive(Clone, Debug, Error)]
#[error("a secret cannot be sealed or opened: {0}")]
pub struct SealError(
    /// What happened, for the log.
    pub String,
);

/// Seals secrets with a key that is not in the database, so that they can be opened only in their place.
pub trait Sealer: Send + Sync {
    /// Encrypts a secret and binds it to a context.
    ///
    /// # Errors
    /// [`SealError`] where the key is away.
    fn seal(&self, context: &[u8], secret: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Decrypts what [`Self::seal`] gave for the same context.
    ///
    /// # Errors
    /// [`SealError`] where the key is away, or the secret was changed or moved.
    fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError>;
}
