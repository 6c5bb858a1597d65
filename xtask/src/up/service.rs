//! hsmd, dew-agent and dew-server, run in the background with a log and a pid file each.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;

use super::home::Home;
use super::interrupt::Interrupt;
use super::pid::Process;
use crate::report;
use crate::workspace::Profile;

/// How long a service may take to serve: a debug build on a loaded machine derives keys slowly.
const START: Duration = Duration::from_secs(60);

/// How long a service may take to stop before it is killed.
const STOP: Duration = Duration::from_secs(15);

/// How often a service that starts or stops is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How many lines of a log are shown when a service fails.
const LAST_LINES: usize = 20;

/// A program in the background.
#[derive(Debug)]
pub(super) struct Service {
    name: &'static str,
    arguments: Vec<OsString>,
    environment: Vec<(&'static str, OsString)>,
    log: PathBuf,
    pid_file: PathBuf,
    child: Option<Child>,
}

impl Service {
    /// Describes the HSM daemon.
    pub(super) fn hsmd(home: &Home) -> Self {
        Self::new(
            "hsmd",
            home,
            vec!["run".into(), "--dir".into(), home.hsm().into()],
        )
    }

    /// Describes the agent.
    pub(super) fn agent(home: &Home) -> Self {
        Self::new(
            "dew-agent",
            home,
            vec!["--config".into(), home.agent_config().into()],
        )
    }

    /// Describes the server of the services.
    pub(super) fn server(home: &Home) -> Self {
        let arguments = vec!["run".into(), "--config".into(), home.server_config().into()];
        let mut server = Self::new("dew-server", home, arguments);
        server.environment = vec![("DEW_PKCS11_CONF", home.module_config().into())];
        server
    }

    fn new(name: &'static str, home: &Home, arguments: Vec<OsString>) -> Self {
        Self {
            name,
            arguments,
            environment: Vec::new(),
            log: home.path().join(format!("{name}.log")),
            pid_file: home.path().join(format!("{name}.pid")),
            child: None,
        }
    }

    /// Returns the program's name.
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// Tells whether it runs, whoever started it.
    pub(super) fn runs(&self) -> bool {
        Process::read(&self.pid_file).is_some_and(Process::runs)
    }

    /// Starts it in a session of its own and waits until its log says that it is ready.
    pub(super) fn start(&mut self, profile: Profile, interrupt: &Interrupt) -> Result<()> {
        let log = File::create(&self.log)
            .with_context(|| format!("cannot make {}", self.log.display()))?;
        // `setsid` runs the program in its own place, so that the child's id is the program's.
        let mut command = Command::new("setsid");
        command
            .arg(profile.output().join(self.name))
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let child = interrupt
            .outside(|| command.spawn())?
            .with_context(|| format!("cannot start {}", self.name))?;
        let id = child.id();
        self.child = Some(child);
        // A program that ended at once has no start to note; waiting for it then says why it ended.
        if let Ok(process) = Process::of(id) {
            process.write(&self.pid_file)?;
        }
        self.wait_until_ready(interrupt)
    }

    fn wait_until_ready(&mut self, interrupt: &Interrupt) -> Result<()> {
        let deadline = Instant::now() + START;
        while !self.read_log().lines().any(|line| line.contains("ready")) {
            interrupt.check()?;
            if let Some(status) = self.ended()? {
                bail!(
                    "{} did not start ({status}):\n{}",
                    self.name,
                    self.last_lines()
                );
            }
            if Instant::now() > deadline {
                bail!(
                    "{} is not ready after {START:?}; it says:\n{}",
                    self.name,
                    self.last_lines()
                );
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Returns how it ended, where it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let child = self
            .child
            .as_mut()
            .with_context(|| format!("{} was not started here", self.name))?;
        child
            .try_wait()
            .with_context(|| format!("cannot look at {}", self.name))
    }

    /// Stops it, and waits until it is gone.
    pub(super) fn stop(&self) -> Result<()> {
        let Some(process) = Process::read(&self.pid_file) else {
            return Ok(());
        };
        let ran = process.runs();
        process.signal(Signal::SIGTERM)?;
        let deadline = Instant::now() + STOP;
        while process.runs() {
            if Instant::now() > deadline {
                process.signal(Signal::SIGKILL)?;
                bail!(
                    "{} did not stop within {STOP:?} and was killed; its log: {}",
                    self.name,
                    self.log.display()
                );
            }
            std::thread::sleep(LOOK);
        }
        let _ = std::fs::remove_file(&self.pid_file);
        if ran {
            report::step(&format!("{} has stopped", self.name));
        }
        Ok(())
    }

    /// Returns the end of its log.
    pub(super) fn last_lines(&self) -> String {
        let text = self.read_log();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
    }

    fn read_log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }
}
