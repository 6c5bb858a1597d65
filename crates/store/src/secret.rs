//! Thirty-two secret bytes that stay in one place and are wiped when they go.

use zeroize::Zeroize;

use crate::error::SealError;

/// The length of every key here, in bytes.
pub(crate) const KEY_LEN: usize = 32;

/// A 32-byte secret. Boxed, so that moving it leaves no copy behind; without `Debug`, `Clone` and `PartialEq`.
pub(crate) struct Secret(Box<[u8; KEY_LEN]>);

impl Secret {
    /// Makes a secret in place: `fill` writes its bytes.
    pub(crate) fn filled(fill: impl FnOnce(&mut [u8; KEY_LEN])) -> Self {
        let mut secret = Self(Box::new([0; KEY_LEN]));
        fill(&mut secret.0);
        secret
    }

    /// Draws a secret from the system's generator.
    pub(crate) fn random() -> Result<Self, SealError> {
        let mut outcome = Ok(());
        let secret = Self::filled(|bytes| outcome = fill_random(bytes));
        outcome.map(|()| secret)
    }

    /// Takes a secret from bytes, if there are as many as a key has.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == KEY_LEN).then(|| Self::filled(|secret| secret.copy_from_slice(bytes)))
    }

    /// Shows the bytes.
    pub(crate) fn expose(&self) -> &[u8; KEY_LEN] {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Fills bytes from the system's generator.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), SealError> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| SealError::Random)
}
