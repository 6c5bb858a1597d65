//! What can go wrong on the key side.

use thiserror::Error;

/// Why the instance could not do something. Texts go to the administrator's screen and to the log.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// A certificate could not be made or read.
    #[error("certificate: {0}")]
    Certificate(String),
    /// A file could not be read or written; the source names it.
    #[error(transparent)]
    File(#[from] sys::Error),
    /// The cryptographic provider failed.
    #[error(transparent)]
    Mechanism(#[from] mech::Error),
    /// A record of the system partition is not what it should be.
    #[error(
        "the store's {0} record cannot be read: it was written by another version, or the store is damaged"
    )]
    Record(&'static str),
    /// The request is not one that can be granted; the text says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// Sealing or opening failed.
    #[error(transparent)]
    Seal(#[from] store::SealError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The token failed.
    #[error(transparent)]
    Token(#[from] token::Error),
}

impl Error {
    /// Wraps what the certificate library says.
    pub(crate) fn certificate(error: impl std::fmt::Display) -> Self {
        Self::Certificate(error.to_string())
    }
}
