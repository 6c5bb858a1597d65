//! Who is at the other end of a unix socket.

use std::fs;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};

use nix::sys::socket::{getsockopt, sockopt};

use crate::Error;

/// Names the process that connected, as the kernel saw it at that moment (`SO_PEERCRED`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peer {
    /// Its effective user id.
    pub uid: u32,
    /// Its effective group id.
    pub gid: u32,
    /// Its process id; the process may have ended since, and the number may be another's now.
    pub pid: i32,
}

/// Asks the kernel who is at the other end of a unix stream socket.
///
/// # Errors
/// [`Error::Kernel`] when the descriptor is not a connected unix socket.
pub fn credentials(socket: BorrowedFd<'_>) -> Result<Peer, Error> {
    let found = getsockopt(&socket, sockopt::PeerCredentials)
        .map_err(Error::kernel("name the peer of a socket (SO_PEERCRED)"))?;
    Ok(Peer {
        uid: found.uid(),
        gid: found.gid(),
        pid: found.pid(),
    })
}

/// Finds the executable file that a process runs.
///
/// A process can end and its number be given away between connecting and this call: the answer
/// serves the audit log and a second opinion, never as the only check.
///
/// # Errors
/// [`Error::File`] when the process is gone, or belongs to a user that this one may not inspect.
pub fn executable(pid: i32) -> Result<PathBuf, Error> {
    let link = Path::new("/proc").join(pid.to_string()).join("exe");
    fs::read_link(&link).map_err(Error::file("read the link", &link))
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn peer_of_a_pair_is_this_process() {
        let (left, _right) = UnixStream::pair().unwrap();
        let peer = credentials(left.as_fd()).unwrap();
        assert_eq!(peer.uid, nix::unistd::geteuid().as_raw());
        assert_eq!(peer.gid, nix::unistd::getegid().as_raw());
        assert_eq!(u32::try_from(peer.pid).unwrap(), std::process::id());
        assert_eq!(
            executable(peer.pid).unwrap(),
            std::env::current_exe().unwrap()
        );
    }

    #[test]
    fn a_file_has_no_peer() {
        let file = fs::File::open("/dev/null").unwrap();
        assert!(matches!(
            credentials(file.as_fd()),
            Err(Error::Kernel { .. })
        ));
    }

    #[test]
    fn a_process_that_is_not_there_has_no_executable() {
        let error = executable(i32::MAX).unwrap_err().to_string();
        assert_eq!(error, "cannot read the link /proc/2147483647/exe");
    }
}
