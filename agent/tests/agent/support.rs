//! What the tests play: an instance CA, an HSM, an application, and a reader of the log.

mod application;
mod hsm;
mod log;
mod pki;

use std::path::PathBuf;
use std::time::Duration;

use agent::{Agent, AgentError, Config, HsmConfig, Timing};
use proto::frame::{Header, Kind};
use proto::shape::SessionHandle;
use tempfile::TempDir;

pub(crate) use application::Application;
pub(crate) use hsm::{Hsm, HsmConnection};
pub(crate) use log::Log;
pub(crate) use pki::{Ca, SERVER_NAME};

/// The number of some call; the agent does not look at it.
pub(crate) const CALL: u16 = 42;
/// `CKR_OK`.
pub(crate) const OK: u32 = 0;
/// `CKR_DEVICE_ERROR` (PKCS#11 3.2, section 5.1.7).
pub(crate) const DEVICE_ERROR: u32 = 0x30;
/// `CKR_DEVICE_REMOVED`.
pub(crate) const DEVICE_REMOVED: u32 = 0x32;

/// Runs a test that must not hang: whatever is waited for is an event that comes at once.
pub(crate) async fn within<T>(test: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, test)
        .await
        .expect("the test waits for something in vain")
}

/// The header of a frame that an application sends.
pub(crate) fn header(kind: Kind, correlation: u64) -> Header {
    Header {
        kind,
        call: CALL,
        length: 0,
        correlation,
        application: 0,
        session: SessionHandle(7),
    }
}

/// A node: its directory, with the files of its configuration.
pub(crate) struct Node {
    pub(crate) directory: TempDir,
    pub(crate) config: Config,
}

impl Node {
    /// Makes a node without an HSM.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = Config {
            socket: directory.path().join("agent.sock"),
            socket_mode: 0o660,
            allowed_uids: None,
            allowed_gids: None,
            silence_seconds: 15,
            log: "info".to_owned(),
            hsm: Vec::new(),
        };
        Self { directory, config }
    }

    /// Makes a node that is let into `hsm`.
    pub(crate) fn of(hsm: &Hsm) -> Self {
        let mut node = Self::new();
        node.add(hsm.address.clone(), &hsm.ca, &hsm.ca);
        node
    }

    /// Adds an HSM: the CA that the agent trusts, and the one that its certificate is from.
    pub(crate) fn add(&mut self, address: String, trusted: &Ca, own: &Ca) {
        let number = self.config.hsm.len();
        let file = |name: &str| self.directory.path().join(format!("{name}-{number}.pem"));
        let (ca, certificate, key) = (file("ca"), file("access"), file("key"));
        trusted.write_certificate(&ca);
        own.issue_access(&certificate, &key);
        self.config.hsm.push(HsmConfig {
            address,
            ca,
            certificate,
            key,
            server_name: SERVER_NAME.to_owned(),
        });
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.config.socket.clone()
    }

    pub(crate) async fn start(&self) -> Agent {
        self.try_start(quick()).await.unwrap()
    }

    pub(crate) async fn try_start(&self, timing: Timing) -> Result<Agent, AgentError> {
        Agent::start(self.config.clone(), timing).await
    }
}

/// Waits that let a test reconnect at once.
pub(crate) fn quick() -> Timing {
    Timing {
        retry_min: Duration::from_millis(1),
        retry_max: Duration::from_millis(5),
        ..Timing::default()
    }
}

/// An agent that is connected to an HSM.
pub(crate) struct Connected {
    pub(crate) node: Node,
    pub(crate) agent: Agent,
    pub(crate) hsm: Hsm,
    pub(crate) connection: HsmConnection,
}

impl Connected {
    pub(crate) async fn new() -> Self {
        Self::with(quick(), |_| {}).await
    }

    /// With the node's configuration changed first.
    pub(crate) async fn with(timing: Timing, change: impl FnOnce(&mut Config)) -> Self {
        let hsm = Hsm::new().await;
        let mut node = Node::of(&hsm);
        change(&mut node.config);
        let agent = node.try_start(timing).await.unwrap();
        let connection = hsm.accept().await;
        agent.hsm_up().await;
        Self {
            node,
            agent,
            hsm,
            connection,
        }
    }

    pub(crate) async fn application(&self) -> Application {
        Application::connect(self.agent.socket()).await
    }
}
