//! What can fail between a process and its kernel.

use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

/// Describes what failed, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A secret arena has no room left for another secret.
    #[error("the secret arena of {capacity} bytes is full; open it with a larger capacity")]
    ArenaFull {
        /// The arena's size in bytes.
        capacity: usize,
    },
    /// A file could not be read, written or inspected.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was attempted, as a verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The kernel's reason.
        #[source]
        source: io::Error,
    },
    /// A file that must hold a secret can be reached by other users.
    #[error(
        "{} can be used by others (mode {mode:04o}); make it private: chmod 600 {}",
        path.display(), path.display()
    )]
    FileNotPrivate {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file that must hold a secret belongs to somebody else.
    #[error(
        "{} belongs to user {owner}, this process runs as user {expected}; \
         change the owner: chown {expected} {}",
        path.display(), path.display()
    )]
    FileOwner {
        /// The file.
        path: PathBuf,
        /// The user id that owns it.
        owner: u32,
        /// The user id of this process.
        expected: u32,
    },
    /// A path names a directory, device, or socket where a regular file is needed.
    #[error("{} is not a regular file; name the file itself", path.display())]
    FileNotRegular {
        /// The path.
        path: PathBuf,
    },
    /// A file is larger than what its kind may be.
    #[error(
        "{} is {length} bytes long and may be at most {limit}; check that it is the right file",
        path.display()
    )]
    FileTooLong {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        length: u64,
        /// The most that is read.
        limit: usize,
    },
    /// A system call failed.
    #[error("the kernel refused to {action}")]
    Kernel {
        /// What was attempted, as a verb.
        action: &'static str,
        /// The kernel's reason.
        #[source]
        source: Errno,
    },
    /// A setting that the kernel accepted is not in force.
    #[error("{setting} is not in force although the kernel accepted it; refuse to run here")]
    NotInForce {
        /// The setting.
        setting: &'static str,
    },
}

impl Error {
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            action,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn kernel(action: &'static str) -> impl FnOnce(Errno) -> Self {
        move |source| Self::Kernel { action, source }
    }
}
