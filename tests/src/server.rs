//! The services, over any PKCS#11 token: dew-server with two accounts, on loopback.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::alone::Folder;
use crate::chain::free_address;
use crate::{Ahead, Client, Daemon, Run, Token, program};

/// The region that the server says it is.
pub const REGION: &str = "cn-north-4";
/// The names of the two accounts.
const ACCOUNTS: [&str; 2] = ["acme", "globex"];
/// The password of the first account's administrator.
const PASSWORD: &str = "Administrators-Password-1";

/// An account with its administrator's access key.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account's name, also its administrator's.
    pub name: String,
    /// The access key.
    pub access: String,
    /// Its secret.
    pub secret: String,
    /// The account's identifier.
    pub domain_id: String,
    /// The identifier of its project.
    pub project_id: String,
    /// The administrator's identifier.
    pub user_id: String,
}

impl Account {
    fn of(made: &Value) -> Self {
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        Self {
            name: text("account"),
            access: text("access"),
            secret: text("secret"),
            domain_id: text("domain_id"),
            project_id: text("project_id"),
            user_id: text("user_id"),
        }
    }
}

/// How a server is to be.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The address of its database; empty is SQLite in its own folder.
    pub database: String,
    /// Further lines at the top of its configuration.
    pub top: String,
    /// Further lines of the section `[hsm]`.
    pub hsm: String,
    /// A further HSM, which key stores can name as this.
    pub cluster: Option<(String, Token)>,
    /// Further lines of the section `[[cluster]]`.
    pub cluster_lines: String,
}

impl Setup {
    /// A server on that database.
    #[must_use]
    pub fn on(database: impl Into<String>) -> Self {
        Self {
            database: database.into(),
            ..Self::default()
        }
    }
}

/// A running server; it ends and its files go with it.
pub struct Server {
    daemon: Option<Daemon>,
    address: SocketAddr,
    accounts: Vec<Account>,
    environment: Vec<(&'static str, OsString)>,
    ahead: Ahead,
    database: String,
    folder: Folder,
}

impl Server {
    /// Starts a server in the development mode over a token, on SQLite.
    ///
    /// # Panics
    /// If it does not start; the message holds what it wrote.
    #[must_use]
    pub fn start(token: &Token) -> Self {
        Self::start_as(token, &Setup::default())
    }

    /// Starts a server over a token, on that database, with further lines at the end of its configuration.
    ///
    /// # Panics
    /// If it does not start; the message holds what it wrote.
    #[must_use]
    pub fn start_with(token: &Token, database: &str, more: &str) -> Self {
        let setup = Setup {
            top: more.to_owned(),
            ..Setup::on(database)
        };
        Self::start_as(token, &setup)
    }

    /// Starts a server over a token, with two accounts.
    ///
    /// # Panics
    /// If it does not start; the message holds what it wrote.
    #[must_use]
    pub fn start_as(token: &Token, setup: &Setup) -> Self {
        let mut server = Self::prepare(token, setup);
        let password = server.file("password");
        write_private(&password, PASSWORD);
        for (name, password) in ACCOUNTS.into_iter().zip([Some(&password), None]) {
            let mut command = server.command("add-account").arg(name);
            if let Some(file) = password {
                command = command.args("--password-file").arg(file);
            }
            let made = command.succeed();
            let made = serde_json::from_slice(made.bytes()).expect("add-account prints JSON");
            server.accounts.push(Account::of(&made));
        }
        server.run();
        server
    }

    /// Starts a further server on the database of this one, with the same accounts.
    ///
    /// # Panics
    /// If it does not start; the message holds what it wrote.
    #[must_use]
    pub fn start_beside(&self, token: &Token, database: &str) -> Self {
        self.start_beside_as(token, &Setup::on(database))
    }

    /// Starts a further server on the database of this one, with the same accounts.
    ///
    /// # Panics
    /// If it does not start; the message holds what it wrote.
    #[must_use]
    pub fn start_beside_as(&self, token: &Token, setup: &Setup) -> Self {
        let mut server = Self::prepare(token, setup);
        server.accounts.clone_from(&self.accounts);
        server.run();
        server
    }

    fn prepare(token: &Token, setup: &Setup) -> Self {
        let folder = Folder::new();
        let database = match setup.database.as_str() {
            "" => format!("sqlite:{}", folder.path().join("server.db").display()),
            given => given.to_owned(),
        };
        let mut server = Self {
            daemon: None,
            address: free_address(),
            accounts: Vec::new(),
            environment: token.environment.clone(),
            ahead: Ahead::default(),
            database,
            folder,
        };
        fs::create_dir_all(server.folder.path()).expect("the server's folder is ours");
        write_private(&server.file("pin"), &token.pin);
        let cluster = setup
            .cluster
            .as_ref()
            .map_or_else(String::new, |(name, token)| {
                server.add_cluster(name, token, &setup.cluster_lines)
            });
        let config = format!(
            "listen = \"{}\"\nregion = \"{REGION}\"\ndatabase = \"{}\"\ndevelopment = true\n{}\n\
             [hsm]\nmodule = \"{}\"\ntoken = \"{}\"\npin_file = \"pin\"\n{}\n{cluster}",
            server.address,
            server.database,
            setup.top,
            token.module.display(),
            token.label,
            setup.hsm,
        );
        fs::write(server.file("server.toml"), config).expect("the server's folder is ours");
        server
    }

    /// Takes a further HSM into the server's environment, and writes its part of the configuration.
    fn add_cluster(&mut self, name: &str, token: &Token, lines: &str) -> String {
        self.environment.extend(token.environment.clone());
        write_private(&self.file("cluster.pin"), &token.pin);
        format!(
            "[[cluster]]\nname = \"{name}\"\n{lines}\n[cluster.hsm]\nmodule = \"{}\"\ntoken = \"{}\"\n\
             pin_file = \"cluster.pin\"\n",
            token.module.display(),
            token.label,
        )
    }

    /// Starts the program again, after [`Server::kill`] or [`Server::stop`].
    ///
    /// # Panics
    /// If it does not start; the message holds what it wrote.
    pub fn run(&mut self) {
        let command: Command = self.command("run").into_command();
        let daemon = Daemon::start("dew-server", command);
        self.daemon = Some(daemon);
        self.ahead.set(0);
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill();
        }
    }

    /// Stops it as a service manager would.
    ///
    /// # Panics
    /// If it does not stop, or not cleanly.
    pub fn stop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let status = daemon.stop();
            assert!(status.success(), "dew-server stopped with {status}");
        }
    }

    /// Prepares a command of `dew-server` with this server's configuration.
    #[must_use]
    pub fn command(&self, command: &str) -> Run {
        let run = Run::new(program("dew-server"))
            .args(command)
            .args("--config")
            .arg(self.file("server.toml"));
        self.environment
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value))
    }

    /// Returns what the program has written, while it runs.
    ///
    /// # Panics
    /// If it was stopped.
    #[must_use]
    pub fn log(&self) -> String {
        let daemon = self
            .daemon
            .as_ref()
            .expect("the server was stopped by this test");
        daemon.log().text()
    }

    /// Returns the address as clients write it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns its accounts, of which there are two.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Makes a client of one of its accounts, 0 or 1.
    #[must_use]
    pub fn client(&self, account: usize) -> Client {
        let account = self.accounts[account].clone();
        Client::new(self.address, account, self.ahead.clone())
    }

    /// Returns the address of its database.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Returns the path of a file of this server.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the environment in which the official SDKs find the server and both accounts.
    #[must_use]
    pub fn client_environment(&self) -> Vec<(String, String)> {
        let mut pairs = vec![
            ("DEW_ENDPOINT", self.endpoint()),
            ("DEW_REGION", REGION.to_owned()),
            ("DEW_CLOCK", "movable".to_owned()),
            ("DEW_ACCOUNT", self.accounts[0].name.clone()),
            ("DEW_ADMIN_USER", self.accounts[0].name.clone()),
            ("DEW_ADMIN_PASSWORD", PASSWORD.to_owned()),
            ("HUAWEICLOUD_SDK_IAM_ENDPOINT", self.endpoint()),
            ("HUAWEICLOUD_SDK_STS_ENDPOINT", self.endpoint()),
        ];
        let [first, second] = [&self.accounts[0], &self.accounts[1]];
        let names = [
            ("HUAWEICLOUD_SDK_AK", "DEW_B_AK"),
            ("HUAWEICLOUD_SDK_SK", "DEW_B_SK"),
            ("HUAWEICLOUD_SDK_PROJECT_ID", "DEW_B_PROJECT_ID"),
            ("HUAWEICLOUD_SDK_DOMAIN_ID", "DEW_B_DOMAIN_ID"),
            ("DEW_USER_ID", "DEW_B_USER_ID"),
        ];
        let values = |account: &Account| {
            [
                account.access.clone(),
                account.secret.clone(),
                account.project_id.clone(),
                account.domain_id.clone(),
                account.user_id.clone(),
            ]
        };
        for (index, (one, two)) in names.into_iter().enumerate() {
            pairs.push((one, values(first)[index].clone()));
            pairs.push((two, values(second)[index].clone()));
        }
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

fn write_private(path: &Path, text: &str) {
    // Whatever holds a secret must be private, or the server refuses it.
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("the server's folder is ours");
}
