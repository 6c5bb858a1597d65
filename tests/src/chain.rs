//! The whole chain on loopback: an HSM, an agent that may use its partitions, and a module that finds the agent.

mod setup;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use crate::alone::Folder;
use crate::{Daemon, Partition, Run, Token, module, program};

/// The name of the module's configuration in the host's folder.
pub(crate) const MODULE_CONFIG: &str = "pkcs11.toml";

/// The partitions that a chain has, in the order of their slots: two with a token, two without.
const PARTITIONS: [&str; 4] = ["app", "compat", "spare", "other"];

/// A running chain; everything ends and goes when it does.
pub struct Chain {
    address: SocketAddr,
    // Dropped in this order: the agent before the HSM that it would miss, the files last.
    agent: Option<Daemon>,
    hsmd: Option<Daemon>,
    folder: Folder,
}

impl Chain {
    /// Starts an HSM, claims it, makes its partitions and starts an agent that may use all of them.
    ///
    /// # Panics
    /// If any of that fails; the message says which step, and what it wrote.
    #[must_use]
    pub fn start() -> Self {
        Self::start_for(&PARTITIONS)
    }

    /// Starts everything, with an agent that may use only these of the partitions.
    ///
    /// # Panics
    /// If any of that fails; the message says which step, and what it wrote.
    #[must_use]
    pub fn start_for(partitions: &[&str]) -> Self {
        let mut chain = Self::start_hsm();
        chain.set_up_partitions();
        chain.issue_access_certificate("agent", partitions);
        chain.start_agent();
        chain
    }

    /// Starts an HSM that nobody has claimed yet, and no agent.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_hsm() -> Self {
        let folder = Folder::new();
        fs::create_dir_all(folder.path().join("clients")).expect("the host's folder is ours");
        let mut chain = Self {
            address: free_address(),
            agent: None,
            hsmd: None,
            folder,
        };
        chain
            .hsmd_command("init")
            .args("--listen")
            .arg(chain.address.to_string())
            .succeed();
        chain.start_hsmd();
        chain
    }

    /// Returns one of its tokens.
    #[must_use]
    pub fn token(&self, partition: Partition) -> Token {
        let name = match partition {
            Partition::Compat => "compat",
            Partition::Strict => "app",
        };
        Token {
            module: module(),
            environment: vec![("DEW_PKCS11_CONF", self.file(MODULE_CONFIG).into())],
            label: name.to_owned(),
            so_pin: setup::so_pin(name),
            pin: setup::user_pin(name),
            folder: self.file("clients"),
        }
    }

    /// Returns where hsmd listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the path of a file of this chain.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the running hsmd.
    ///
    /// # Panics
    /// If it was stopped.
    #[must_use]
    pub fn hsmd(&mut self) -> &mut Daemon {
        self.hsmd.as_mut().expect("hsmd was stopped by this test")
    }

    /// Returns the running agent.
    ///
    /// # Panics
    /// If it was stopped.
    #[must_use]
    pub fn agent(&mut self) -> &mut Daemon {
        self.agent
            .as_mut()
            .expect("the agent was stopped by this test")
    }

    /// Prepares a command of `hsmd` on this HSM's folder.
    #[must_use]
    pub fn hsmd_command(&self, command: &str) -> Run {
        Run::new(program("hsmd"))
            .args(command)
            .arg("--dir")
            .arg(self.file("hsm"))
    }

    /// Starts hsmd and waits until it serves.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_hsmd(&mut self) {
        self.hsmd = Some(Daemon::start(
            "hsmd",
            self.hsmd_command("run").into_command(),
        ));
    }

    /// Ends hsmd as a power cut would.
    pub fn kill_hsmd(&mut self) {
        if let Some(mut hsmd) = self.hsmd.take() {
            hsmd.kill();
        }
    }

    /// Stops hsmd as a service manager would.
    ///
    /// # Panics
    /// If it does not stop, or not cleanly.
    pub fn stop_hsmd(&mut self) {
        let status = self.hsmd().stop();
        assert!(status.success(), "hsmd stopped with {status}");
        self.hsmd = None;
    }

    /// Starts the agent and waits until it serves.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_agent(&mut self) {
        self.agent = Some(Daemon::start("dew-agent", self.agent_command("agent")));
    }

    /// Ends the agent at once.
    pub fn kill_agent(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            agent.kill();
        }
    }

    /// Returns the command that runs an agent with the access certificate of that name.
    #[must_use]
    pub fn agent_command(&self, name: &str) -> Command {
        let mut command = Command::new(program("dew-agent"));
        command
            .arg("--config")
            .arg(self.file(name).join("agent.toml"));
        command
    }

    /// Checks the audit log of the stopped HSM.
    ///
    /// # Panics
    /// If the log does not verify.
    pub fn verify_audit(&self) {
        self.hsmd_command("audit verify").succeed();
    }
}

/// An address of this machine that nobody listens on.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("loopback has a free port")
}
