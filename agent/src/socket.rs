//! The socket file: made with its mode, taken over only from the dead, removed at the end.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use thiserror::Error;
use tokio::net::{UnixListener, UnixStream};

/// Why the socket cannot be had.
#[derive(Debug, Error)]
pub enum SocketError {
    /// Somebody listens there.
    #[error("another agent listens on {}; stop it, or configure another `socket`", .0.display())]
    InUse(PathBuf),
    /// The system refused.
    #[error("cannot listen on {}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something else has the name.
    #[error("{} is no socket; remove it, or configure another `socket`", .0.display())]
    NoSocket(PathBuf),
}

/// A listening socket, whose file goes when it does.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    path: PathBuf,
    /// Which file is ours: a successor's of the same name is not to be removed.
    inode: u64,
}

impl Socket {
    /// Listens at `path`, with the file's mode set before anybody can connect.
    pub(crate) async fn bind(path: &Path, mode: u32) -> Result<Self, SocketError> {
        remove_stale(path).await?;
        let failed = |source| SocketError::Io {
            path: path.to_owned(),
            source,
        };
        // Bound under another name and moved when its mode is right: there is no moment in which others may connect.
        let hidden = path.with_file_name(format!(".{}", std::process::id()));
        let _ = fs::remove_file(&hidden);
        let listener = UnixListener::bind(&hidden).map_err(failed)?;
        let published = fs::set_permissions(&hidden, Permissions::from_mode(mode))
            .and_then(|()| fs::symlink_metadata(&hidden))
            .and_then(|metadata| fs::rename(&hidden, path).map(|()| metadata.ino()));
        match published {
            Ok(inode) => Ok(Self {
                listener,
                path: path.to_owned(),
                inode,
            }),
            Err(source) => {
                let _ = fs::remove_file(&hidden);
                Err(failed(source))
            }
        }
    }

    /// Waits for the next peer.
    pub(crate) async fn accept(&self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|file| file.ino() == self.inode);
        if ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "cannot remove the socket");
        }
    }
}

/// Removes a socket file that nobody listens on any more.
async fn remove_stale(path: &Path) -> Result<(), SocketError> {
    let failed = |source| SocketError::Io {
        path: path.to_owned(),
        source,
    };
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
        Ok(metadata) if !metadata.file_type().is_socket() => {
            return Err(SocketError::NoSocket(path.to_owned()));
        }
        Ok(_) => {}
    }
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
        Ok(_) => Err(SocketError::InUse(path.to_owned())),
    }
}
