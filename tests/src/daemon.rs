//! A program that serves until it is told to stop.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::{Log, PATIENCE};

/// A daemon under test: killed when dropped, its log shown if the test is failing.
pub struct Daemon {
    name: String,
    child: Child,
    log: Log,
}

impl Daemon {
    /// Starts `command` and waits until it says that it is ready.
    ///
    /// # Panics
    /// If it does not start or ends without having been ready; the message holds what it wrote.
    #[must_use]
    pub fn start(name: &str, command: Command) -> Self {
        Self::start_until(name, command, "ready").0
    }

    /// Starts `command`, waits until it writes a line with `mark` in it, and returns that line too.
    ///
    /// # Panics
    /// If it does not start or ends without having written the mark; the message holds what it wrote.
    #[must_use]
    pub fn start_until(name: &str, command: Command, mark: &str) -> (Self, String) {
        let daemon = Self::spawn(name, command);
        let line = daemon.log.wait_for(0, &[mark], PATIENCE);
        let line = line.unwrap_or_else(|| {
            panic!("{name} did not write {mark:?}, but:\n{}", daemon.log.text());
        });
        (daemon, line)
    }

    /// Starts `command` and waits for nothing.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn spawn(name: &str, mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let log = Log::default();
        log.follow(child.stdout.take().expect("standard output is a pipe"));
        log.follow(child.stderr.take().expect("standard error is a pipe"));
        Self {
            name: name.to_owned(),
            child,
            log,
        }
    }

    /// Returns what it has written.
    #[must_use]
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// Tells whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// If it is gone already.
    pub fn signal(&self, signal: Signal) {
        kill(self.id(), signal)
            .unwrap_or_else(|error| panic!("cannot signal {}: {error}", self.name));
    }

    /// Lets it stand still, with all it holds, until it gets `SIGCONT`; returns when it does.
    ///
    /// # Panics
    /// If it ends instead.
    pub fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
        let status = waitpid(self.id(), Some(WaitPidFlag::WUNTRACED));
        let stands = matches!(status, Ok(WaitStatus::Stopped(..)));
        assert!(stands, "{} does not stand still: {status:?}", self.name);
    }

    fn id(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).expect("a process id is a pid_t"))
    }

    /// Ends it as a power cut would, and waits until it is gone.
    pub fn kill(&mut self) {
        // A daemon that has ended by itself is as dead as this makes it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop, and returns how it ended.
    ///
    /// # Panics
    /// If it does not end.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        // The log ends with the process: waiting for that has a limit, waiting for the process has none.
        assert!(
            self.log.wait_for_end(PATIENCE),
            "{} did not stop on SIGTERM; it wrote:\n{}",
            self.name,
            self.log.text()
        );
        self.child
            .wait()
            .unwrap_or_else(|error| panic!("cannot wait for {}: {error}", self.name))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("---- {} wrote:\n{}\n----", self.name, self.log.text());
        }
    }
}
