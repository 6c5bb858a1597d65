//! What can go wrong, and which exit code says so.

use std::io;
use std::path::{Path, PathBuf};

use transport::frames::FrameError;
use transport::tls::TlsError;

/// Describes what failed, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "the audit log does not verify; keep a copy of the store and find out who had access to it"
    )]
    AuditBroken(#[source] audit::Broken),
    #[error(
        "the audit log's entry {seq} is not the one it was: the log or the whole store was \
         replaced; find out who had access to it"
    )]
    AuditReplaced { seq: u64 },
    #[error("cannot reach the HSM at {address}; check that hsmd runs there and --hsm is right")]
    Connect {
        address: String,
        #[source]
        source: io::Error,
    },
    #[error("the connection to the HSM broke; try again")]
    Connection(#[source] FrameError),
    #[error("{} exists; choose another name, or move it away", .0.display())]
    Exists(PathBuf),
    #[error("cannot {action} {}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "the TLS handshake with {address} failed; check that --ca is the instance CA of this HSM \
         and --server-name its name"
    )]
    Handshake {
        address: String,
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
    #[error(
        "the HSM at {address} does not admit this UKey; use one of its administrators', or claim \
         a factory-new HSM with `dew-mgmt hsm init`"
    )]
    NotAdmitted { address: String },
    #[error(
        "the HSM speaks protocol versions {oldest} to {newest} and this dew-mgmt another; \
         install the dew-mgmt that came with the HSM"
    )]
    ProtocolVersion { oldest: u32, newest: u32 },
    #[error("the profile {} is wrong: {reason}", path.display())]
    Profile { path: PathBuf, reason: String },
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Sys(#[from] sys::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Ukey(#[from] ukey::Error),
    #[error(
        "the HSM gave an answer that does not belong to the question; install the dew-mgmt that came with it"
    )]
    UnexpectedReply,
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// Decides the exit code, as the help text documents them.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Exists(_) | Self::File { .. } | Self::Machine { .. } | Self::Sys(_) => 1,
            Self::Missing { .. } | Self::Profile { .. } | Self::Usage(_) => 2,
            Self::Connect { .. }
            | Self::Connection(_)
            | Self::Handshake { .. }
            | Self::NotAdmitted { .. }
            | Self::ProtocolVersion { .. }
            | Self::Tls(_)
            | Self::UnexpectedReply => 3,
            Self::Refused(_) => 4,
            Self::Ukey(_) => 5,
            Self::AuditBroken(_) | Self::AuditReplaced { .. } => 6,
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
}
