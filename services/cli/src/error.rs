//! What can go wrong, and which exit code says so.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::hint;

/// Describes what failed, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot use the CA certificates in {}: {reason}", path.display())]
    Ca { path: PathBuf, reason: String },
    #[error("the credentials file {} is wrong: {reason}", path.display())]
    CredentialsFile { path: PathBuf, reason: String },
    #[error("{} exists; choose another name, or add --force to replace it", .0.display())]
    Exists(PathBuf),
    #[error("cannot {action} {}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("this machine could not {action}")]
    Machine {
        action: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("{what} is missing: give {remedy}")]
    Missing {
        what: &'static str,
        remedy: &'static str,
    },
    #[error("{0}")]
    NotGenuine(String),
    #[error(transparent)]
    Refused(Box<Refusal>),
    #[error(transparent)]
    Sys(#[from] sys::Error),
    #[error(
        "{endpoint} gave an answer that does not belong to the question ({what}); check that the endpoint \
         is a Dew server"
    )]
    UnexpectedReply { endpoint: String, what: String },
    #[error("cannot reach {endpoint}; check the endpoint and the network")]
    Unreachable {
        endpoint: String,
        #[source]
        source: ureq::Error,
    },
    #[error(
        "the server at {endpoint} cannot be trusted; check that --ca is the CA of its certificate"
    )]
    Untrusted {
        endpoint: String,
        #[source]
        source: ureq::Error,
    },
    #[error("{0}")]
    Usage(String),
}

/// What a service answered instead of doing what was asked.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The service's code, such as `KMS.0207`; the status where it gave none.
    pub(crate) code: String,
    /// The service's words.
    pub(crate) message: String,
    /// By which the service's operators find the request.
    pub(crate) request_id: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.trim_end_matches('.');
        write!(f, "the service refused: {message} ({}", self.code)?;
        if let Some(id) = &self.request_id {
            write!(f, ", request {id}")?;
        }
        f.write_str(")")?;
        match hint::of(&self.code, self.status, &self.message) {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}

impl Error {
    /// Decides the exit code, as the help text documents them.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Exists(_)
            | Self::File { .. }
            | Self::Machine { .. }
            | Self::NotGenuine(_)
            | Self::Refused(_)
            | Self::Sys(_) => 1,
            Self::Ca { .. }
            | Self::CredentialsFile { .. }
            | Self::Missing { .. }
            | Self::Usage(_) => 2,
            Self::UnexpectedReply { .. } | Self::Unreachable { .. } | Self::Untrusted { .. } => 3,
        }
    }

    /// Gives the error and its causes on one line.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            action,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn machine<E>(action: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Machine {
            action,
            source: source.into(),
        }
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_code_words_request_and_what_to_do() {
        let refusal = Refusal {
            status: 400,
            code: "KMS.0209".to_owned(),
            message: "The key has been disabled.".to_owned(),
            request_id: Some("r1".to_owned()),
        };
        let error = Error::Refused(Box::new(refusal));
        assert_eq!(
            error.chain(),
            "the service refused: The key has been disabled (KMS.0209, request r1); \
             enable it first: dew kms enable KEY"
        );
        assert_eq!(error.exit_code(), 1);
    }
}
