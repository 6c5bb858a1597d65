//! Why nobody knows who calls, and how that is answered.

use kit::db;
use thiserror::Error;

use crate::error::IamError;
use crate::signature::SignatureError;

/// Why a request is not taken as anybody's.
#[derive(Clone, Debug, Error)]
pub enum AuthFailure {
    /// Neither signature nor token.
    #[error("the request has no credentials")]
    NoCredentials,
    /// The signature is not accepted.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// There is no such access key, or it or its user is disabled.
    #[error("the access key does not exist")]
    UnknownKey(
        /// The access key.
        String,
    ),
    /// Too many signatures were wrong in a row.
    #[error("the access key is locked after repeated failures")]
    Locked,
    /// The security token of a temporary access key is missing, another's, or has ended.
    #[error("the security token is missing, of another key, or expired")]
    SecurityToken,
    /// The token is empty or cannot be one.
    #[error("the token is malformed")]
    TokenMalformed,
    /// The token is nobody's.
    #[error("the token is not valid")]
    TokenUnknown,
    /// The token has ended.
    #[error("the token expired")]
    TokenExpired,
    /// Something of ours is broken or away.
    #[error(transparent)]
    Internal(#[from] IamError),
}

impl From<db::Error> for AuthFailure {
    fn from(error: db::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl AuthFailure {
    /// Tells the text of the gateway's flat 401 (`APIGW.0301`); none where the answer has another form.
    #[must_use]
    pub fn gateway_message(&self) -> Option<String> {
        let tail = match self {
            Self::NoCredentials => "no credentials".to_owned(),
            Self::Signature(error) => error.tail().to_owned(),
            Self::UnknownKey(key) => format!("Get secretKey failed,ak:{key},err:ak not exist"),
            Self::Locked => "AK access failed to reach the limit,forbidden".to_owned(),
            Self::SecurityToken => "decrypt token fail".to_owned(),
            Self::TokenMalformed | Self::TokenUnknown | Self::TokenExpired | Self::Internal(_) => {
                return None;
            }
        };
        Some(format!("Incorrect IAM authentication information: {tail}"))
    }
}
