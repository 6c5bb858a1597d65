//! The whole chain on loopback: an HSM, an agent that may use its partitions, and a module that finds the agent.

mod setup;
mod template;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Instant;

use crate::alone::Folder;
use crate::{Daemon, PATIENCE, Partition, Relay, Run, Token, module, program};

/// The name of the module's configuration in the host's folder.
pub(crate) const MODULE_CONFIG: &str = "pkcs11.toml";

/// Holds the address for which a chain was set up.
const ADDRESS: &str = "address";

/// An access certificate that every chain has; its name is that of the agent's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// For all partitions: two with a token, two without.
    All,
    /// For the one partition that [`Partition::Compat`] names.
    Compat,
}

impl Access {
    const ALL: [Self; 2] = [Self::All, Self::Compat];

    /// Returns the name of the certificate.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "agent",
            Self::Compat => "compat-agent",
        }
    }

    /// Returns the names of the partitions that it is good for, in the order of their slots.
    const fn partitions(self) -> &'static [&'static str] {
        match self {
            Self::All => &["app", "compat", "spare", "other"],
            Self::Compat => &["compat"],
        }
    }
}

/// A running chain; everything ends and goes when it does.
pub struct Chain {
    address: SocketAddr,
    // Dropped in this order: the agent before the HSM that it would miss, the files last.
    agent: Option<Daemon>,
    hsmd: Option<Daemon>,
    folder: Folder,
}

impl Chain {
    /// Starts an HSM with two tokens and two empty partitions, and an agent that may use all of them.
    ///
    /// # Panics
    /// If any of that fails; the message says which step, and what it wrote.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Access::All)
    }

    /// Starts an HSM with two tokens and two empty partitions, and an agent with that access.
    ///
    /// # Panics
    /// If any of that fails; the message says which step, and what it wrote.
    #[must_use]
    pub fn start_with(access: Access) -> Self {
        let folder = Folder::new();
        template::copy_into(&folder.path());
        let mut chain = Self::new(folder);
        chain.move_to_own_address();
        chain.start_hsmd();
        chain.start_agent(access.name());
        chain
    }

    /// Starts an HSM that nobody has claimed yet, and no agent.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_factory() -> Self {
        Self::start_factory_in(Folder::new())
    }

    fn start_factory_in(folder: Folder) -> Self {
        let mut chain = Self::new(folder);
        let address = chain.address.to_string();
        fs::write(chain.file(ADDRESS), &address).expect("the chain's folder is ours");
        chain
            .hsmd_command("init")
            .args("--listen")
            .arg(address)
            .succeed();
        chain.start_hsmd();
        chain
    }

    fn new(folder: Folder) -> Self {
        fs::create_dir_all(folder.path().join("clients")).expect("the chain's folder is ours");
        Self {
            address: free_address(),
            agent: None,
            hsmd: None,
            folder,
        }
    }

    /// Rewrites what was set up for another address.
    fn move_to_own_address(&self) {
        let old = fs::read_to_string(self.file(ADDRESS)).expect("a chain knows its address");
        for file in template::addressed_files() {
            template::readdress(
                &self.folder.path().join(file),
                &old,
                &self.address.to_string(),
            );
        }
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
    pub const fn hsmd(&mut self) -> &mut Daemon {
        self.hsmd.as_mut().expect("hsmd was stopped by this test")
    }

    /// Returns the running agent.
    ///
    /// # Panics
    /// If it was stopped.
    #[must_use]
    pub const fn agent(&mut self) -> &mut Daemon {
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

    /// Waits until the agent has found hsmd again: each call that it must refuse has it try at once.
    ///
    /// # Panics
    /// If it does not find it.
    pub fn wait_for_agent(&self) {
        let deadline = Instant::now() + PATIENCE;
        let list = || {
            self.token(Partition::Compat)
                .pkcs11_tool()
                .arg("-L")
                .finish()
        };
        while !list().succeeded() {
            assert!(
                Instant::now() < deadline,
                "the agent does not find hsmd again:\n{}",
                list()
            );
        }
    }

    /// Starts the agent with the access certificate of that name, waits until it serves, and points the module at it.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_agent(&mut self, name: &str) {
        let command = self.agent_command(name).into_command();
        self.agent = Some(Daemon::start("dew-agent", command));
        let socket = self.file(name).join("agent.sock");
        let config = format!("socket = \"{}\"\n", socket.display());
        fs::write(self.file(MODULE_CONFIG), config).expect("the chain's folder is ours");
    }

    /// Puts a relay between the agent, which is started anew, and the HSM; the agent takes an HSM for lost that is silent so long.
    ///
    /// # Panics
    /// If the agent does not start.
    pub fn relay(&mut self, silence_seconds: u64) -> Relay {
        let relay = Relay::start(self.address);
        self.kill_agent();
        let (access, file) = (Access::All.name(), self.file("agent/agent.toml"));
        let (old, new) = (self.address.to_string(), relay.address().to_string());
        template::readdress(&file, &old, &new);
        let text = fs::read_to_string(&file).expect("the chain's folder is ours");
        let text = format!("silence_seconds = {silence_seconds}\n{text}");
        fs::write(&file, text).expect("the chain's folder is ours");
        self.start_agent(access);
        relay
    }

    /// Adds lines to the module's configuration.
    ///
    /// # Panics
    /// If the file is not there.
    pub fn configure_module(&self, lines: &str) {
        let file = self.file(MODULE_CONFIG);
        let text = fs::read_to_string(&file).expect("the agent was started");
        fs::write(file, text + lines).expect("the chain's folder is ours");
    }

    /// Ends the agent at once.
    pub fn kill_agent(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            agent.kill();
        }
    }

    /// Prepares an agent with the access certificate of that name.
    #[must_use]
    pub fn agent_command(&self, name: &str) -> Run {
        Run::new(program("dew-agent"))
            .arg("--config")
            .arg(self.file(name).join("agent.toml"))
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
pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener
        .and_then(|listener| listener.local_addr())
        .expect("loopback has a free port")
}
