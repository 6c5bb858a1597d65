//! Ctrl-C and SIGTERM, read when it suits instead of ending the task anywhere.

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Signals that wait to be read.
#[derive(Debug)]
pub(super) struct Interrupt {
    signals: SigSet,
    queue: SignalFd,
}

impl Interrupt {
    /// Makes the signals that end a program wait.
    pub(super) fn catch() -> Result<Self> {
        let signals = SigSet::from_iter([Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM]);
        signals.thread_block().context("cannot block signals")?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let queue = SignalFd::with_flags(&signals, flags).context("cannot read signals")?;
        Ok(Self { signals, queue })
    }

    /// Tells whether one came.
    pub(super) fn came(&self) -> Result<bool> {
        Ok(self
            .queue
            .read_signal()
            .context("cannot read signals")?
            .is_some())
    }

    /// Fails when one came.
    pub(super) fn check(&self) -> Result<()> {
        if self.came()? {
            bail!("interrupted");
        }
        Ok(())
    }

    /// Starts a program that does not inherit the blocked signals.
    pub(super) fn outside<T>(&self, start: impl FnOnce() -> T) -> Result<T> {
        self.check()?;
        self.signals
            .thread_unblock()
            .context("cannot unblock signals")?;
        let started = start();
        self.signals
            .thread_block()
            .context("cannot block signals")?;
        Ok(started)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        // A second Ctrl-C while things are being stopped ends the task as usual.
        let _ = self.signals.thread_unblock();
    }
}
