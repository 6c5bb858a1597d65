//! The socket to the agent.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use client::Stream;
use nix::sys::socket::sockopt::SendTimeout;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, setsockopt, socket};
use nix::sys::time::{TimeVal, TimeValLike};

/// Where the number of the open socket is written down, or [`NONE`]: a child of a fork closes its copy by it, without
/// a look at anything that a lock guards.
pub(crate) type Descriptor = AtomicI32;

/// No descriptor.
pub(crate) const NONE: RawFd = -1;

/// The last of the standard streams.
const STDERR: RawFd = 2;

/// How long an agent may take to accept: a caller that finds no connection waits at most so long for one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A stream to the agent whose number is written down as long as it is open.
pub(crate) struct Socket {
    stream: UnixStream,
    descriptor: &'static Descriptor,
}

impl Socket {
    /// Connects to the agent. One that accepts nobody makes it fail after `timeout`, or sooner.
    pub(crate) fn connect(
        path: &Path,
        timeout: Duration,
        descriptor: &'static Descriptor,
    ) -> io::Result<Self> {
        let unconnected = socket(
            AddressFamily::Unix,
            SockType::Stream,
            SockFlag::SOCK_CLOEXEC,
            None,
        )?;
        let unconnected = above_standard_streams(unconnected)?;
        let wait = timeout.min(CONNECT_TIMEOUT).as_secs();
        let wait = TimeVal::seconds(i64::try_from(wait).unwrap_or_default().max(1));
        setsockopt(&unconnected, SendTimeout, &wait)?;
        connect(unconnected.as_raw_fd(), &UnixAddr::new(path)?)?;
        let stream = UnixStream::from(unconnected);
        descriptor.store(stream.as_raw_fd(), Ordering::Release);
        Ok(Self { stream, descriptor })
    }
}

/// Moves a socket out of the places of the standard streams, into which it falls where a host has closed them: whatever that
/// host, or a library in it, writes for people would go to the agent.
fn above_standard_streams(socket: OwnedFd) -> io::Result<OwnedFd> {
    if socket.as_raw_fd() > STDERR {
        return Ok(socket);
    }
    // The standard library duplicates to a number above theirs, with close-on-exec.
    socket.try_clone()
}

impl Drop for Socket {
    fn drop(&mut self) {
        // The number is struck out before the socket is closed, and only if it is still this one's: a child must never
        // close a descriptor that the host has opened since.
        let own = self.stream.as_raw_fd();
        let _ = self
            .descriptor
            .compare_exchange(own, NONE, Ordering::AcqRel, Ordering::Relaxed);
    }
}

impl Stream for Socket {
    fn limit_waits(&self, read: Duration, write: Duration) -> io::Result<()> {
        self.stream.limit_waits(read, write)
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Stream::read(&self.stream, buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Stream::write(&self.stream, bytes)
    }

    fn shut_down(&self) {
        self.stream.shut_down();
    }
}
