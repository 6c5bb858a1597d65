//! What a connection needs of the stream below it.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// A stream that one thread reads while another writes.
pub trait Stream: Send + Sync {
    /// Makes a read or write that waits longer fail with `WouldBlock` or `TimedOut`.
    ///
    /// # Errors
    /// What the system says.
    fn limit_waits(&self, read: Duration, write: Duration) -> io::Result<()>;

    /// Reads some bytes; 0 at the end of the stream.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes some bytes. It never raises `SIGPIPE`: the process belongs to the host.
    ///
    /// # Errors
    /// What the system says.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Ends the stream in both directions, so that threads waiting in it return.
    fn shut_down(&self);
}

// `write`, not `write_vectored`: only the former asks the kernel for MSG_NOSIGNAL.
impl Stream for UnixStream {
    fn limit_waits(&self, read: Duration, write: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(read))?;
        self.set_write_timeout(Some(write))
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut &*self, buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut &*self, bytes)
    }

    fn shut_down(&self) {
        // It fails only when the peer has closed already, and then there is nothing left to end.
        let _ = self.shutdown(Shutdown::Both);
    }
}
