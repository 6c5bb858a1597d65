//! What a module does in a child process.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

/// How long a child may take, in seconds: one that hangs must not outlive the case.
const PATIENCE_S: u32 = 20;

/// How a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Child {
    /// It returned and said this.
    Said(String),
    /// A signal ended it, or it ended without a word.
    Died(String),
}

/// Runs `work` in a forked child and returns what it says.
///
/// The child has the parent's module as it stands, as a forking application's child has. It ends without running exit handlers. This
/// process has one thread when a case forks, so the child may call anything.
///
/// # Errors
/// If the kernel gives no child.
pub fn in_child(work: impl FnOnce() -> String) -> std::io::Result<Child> {
    let (mut parent, mut child) = UnixStream::pair()?;
    // SAFETY: the process has one thread here, so no lock is held by a thread that the child would lack.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(parent);
            // SAFETY: asks the kernel for a signal, which ends a child that hangs; nothing else in it uses alarms.
            unsafe { nix::libc::alarm(PATIENCE_S) };
            let said = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            let said = said.unwrap_or_else(|_| "the case itself failed in the child".to_owned());
            let written = child.write_all(said.as_bytes());
            drop(child);
            // SAFETY: ends this process at once; nothing of it is used any more.
            unsafe { nix::libc::_exit(i32::from(written.is_err())) }
        }
        ForkResult::Parent { child: pid } => {
            drop(child);
            let mut said = String::new();
            let read = parent.read_to_string(&mut said);
            Ok(match waitpid(pid, None)? {
                WaitStatus::Exited(_, 0) if read.is_ok() => Child::Said(said),
                WaitStatus::Exited(_, code) => Child::Died(format!("it ended with code {code}")),
                WaitStatus::Signaled(_, signal, _) => Child::Died(format!("it died of {signal}")),
                other => Child::Died(format!("{other:?}")),
            })
        }
    }
}
