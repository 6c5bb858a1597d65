//! Fork detection for code that lives in someone else's process.

/// Tells whether this process is a fork of the one that made the guard.
///
/// It compares process ids: no thread, no `atexit`, no `pthread_atfork`, so that a shared library
/// holding one can be unloaded at any time. A check costs one cheap system call.
#[derive(Debug, Clone, Copy)]
pub struct ForkGuard {
    pid: u32,
}

impl ForkGuard {
    /// Remembers the current process.
    #[must_use]
    pub fn new() -> Self {
        Self {
            pid: std::process::id(),
        }
    }

    /// Tells whether the current process is another than the one remembered.
    #[must_use]
    pub fn is_child(&self) -> bool {
        std::process::id() != self.pid
    }
}

impl Default for ForkGuard {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::wait::{WaitStatus, waitpid};
    use nix::unistd::{ForkResult, fork};

    use super::*;

    #[test]
    fn child_is_told_from_parent() {
        let guard = ForkGuard::new();
        // SAFETY: the child only compares process ids and leaves through `_exit`.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                // SAFETY: `_exit` ends the child at once and runs no code of this process.
                unsafe { nix::libc::_exit(if guard.is_child() { 7 } else { 1 }) }
            }
            ForkResult::Parent { child } => {
                assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 7));
            }
        }
        assert!(!guard.is_child());
    }
}
