//! Running a client to its end, and judging it.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::PATIENCE;

/// A client that is about to run.
pub struct Run {
    command: Command,
    input: Vec<u8>,
    patience: Duration,
}

/// How a client ended, and what it wrote.
pub struct Finished {
    command: String,
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Run {
    /// Prepares a program.
    #[must_use]
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            command: Command::new(program),
            input: Vec::new(),
            patience: PATIENCE,
        }
    }

    /// Adds arguments, parted at white space. For arguments that hold spaces there is [`Run::arg`].
    #[must_use]
    pub fn args(mut self, words: &str) -> Self {
        self.command.args(words.split_whitespace());
        self
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in a folder.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Gives it these bytes on its standard input.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Waits so long for its end, instead of the usual time.
    #[must_use]
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Returns the command for a daemon to be started with.
    #[must_use]
    pub fn into_command(self) -> Command {
        self.command
    }

    /// Runs it and takes any end but a hang.
    ///
    /// # Panics
    /// If it cannot be started or does not end.
    #[must_use]
    pub fn finish(mut self) -> Finished {
        let text = format!("{:?}", self.command);
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {text}: {error}"));
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        let input = self.input;
        // A client that does not read its input has a reason; what it then does is what the test judges.
        thread::spawn(move || stdin.write_all(&input));
        let stdout = collect(child.stdout.take().expect("standard output is a pipe"));
        let stderr = collect(child.stderr.take().expect("standard error is a pipe"));
        let patience = self.patience;
        let (Ok(stdout), Ok(stderr)) =
            (stdout.recv_timeout(patience), stderr.recv_timeout(patience))
        else {
            let _ = child.kill();
            panic!("{text} did not end within {patience:?}");
        };
        let status = child
            .wait()
            .unwrap_or_else(|error| panic!("cannot wait for {text}: {error}"));
        Finished {
            command: text,
            status,
            stdout,
            stderr,
        }
    }

    /// Runs it; it must succeed.
    ///
    /// # Panics
    /// If it does not; the message holds what it wrote.
    pub fn succeed(self) -> Finished {
        let finished = self.finish();
        assert!(
            finished.status.success(),
            "failed, but should succeed:\n{finished}"
        );
        finished
    }

    /// Runs it; it must fail with an exit code, not with a signal.
    ///
    /// # Panics
    /// If it succeeds or crashes.
    pub fn fail(self) -> Finished {
        let finished = self.finish();
        assert!(
            finished.status.code().is_some_and(|code| code != 0),
            "should fail with an exit code:\n{finished}"
        );
        finished
    }
}

impl Finished {
    /// Tells whether it ended well.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// Returns its exit code, unless a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Returns what it wrote to its standard output.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.stdout
    }

    /// Returns all that it wrote, as text.
    #[must_use]
    pub fn text(&self) -> String {
        let stdout = String::from_utf8_lossy(&self.stdout);
        let stderr = String::from_utf8_lossy(&self.stderr);
        format!("{stdout}{stderr}")
    }

    /// Checks that it wrote each of `texts`, in any case.
    ///
    /// # Panics
    /// If one is not there.
    pub fn says(self, texts: &[&str]) -> Self {
        let all = self.text().to_lowercase();
        for text in texts {
            assert!(
                all.contains(&text.to_lowercase()),
                "does not say {text:?}:\n{self}"
            );
        }
        self
    }

    /// Checks that it wrote none of `texts`, in any case.
    ///
    /// # Panics
    /// If one is there.
    pub fn never_says(self, texts: &[&str]) -> Self {
        let all = self.text().to_lowercase();
        for text in texts {
            assert!(
                !all.contains(&text.to_lowercase()),
                "says {text:?}:\n{self}"
            );
        }
        self
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n{}\n{}", self.command, self.status, self.text())
    }
}

fn collect(mut stream: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is still worth showing; nobody waits any more if sending fails.
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}
