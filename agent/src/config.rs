//! The agent's configuration: one TOML file.

use std::path::{Path, PathBuf};

use rustls::pki_types::ServerName;
use serde::Deserialize;
use thiserror::Error;
use tracing_subscriber::EnvFilter;

#[cfg(test)]
mod tests;

/// The longest silence that makes sense: an hour.
const SILENCE_MAX_SECONDS: u64 = 3_600;

/// What stands in the file. Relative paths are relative to the file's own directory.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The unix socket for applications.
    #[serde(default = "default_socket")]
    pub socket: PathBuf,
    /// The mode of the socket file: whom the kernel lets connect.
    #[serde(default = "default_socket_mode")]
    pub socket_mode: u32,
    /// The users who may connect. With this or the groups given, nobody else may.
    #[serde(default)]
    pub allowed_uids: Option<Vec<u32>>,
    /// The primary groups whose members may connect.
    #[serde(default)]
    pub allowed_gids: Option<Vec<u32>>,
    /// How many seconds an HSM may be silent before it counts as lost, and the calls under way with it.
    #[serde(default = "default_silence")]
    pub silence_seconds: u64,
    /// What is logged: a filter such as `info` or `agent=debug`.
    #[serde(default = "default_log")]
    pub log: String,
    /// The HSMs, the preferred one first.
    pub hsm: Vec<HsmConfig>,
}

/// How one HSM is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HsmConfig {
    /// Host and port.
    pub address: String,
    /// The file of the instance CA's certificate, which alone is trusted.
    pub ca: PathBuf,
    /// The file of this node's access certificate.
    pub certificate: PathBuf,
    /// The file of its private key; only the agent's own user may be able to read it.
    pub key: PathBuf,
    /// The name that the HSM's certificate must carry.
    #[serde(default = "default_server_name")]
    pub server_name: String,
}

/// What is wrong with a configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file is not what it should be; the text names the line or the field.
    #[error("configuration {}: {reason}", .path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file cannot be read.
    #[error("cannot read the configuration {}; name another one with --config", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

fn default_socket() -> PathBuf {
    PathBuf::from("/run/dew/agent.sock")
}

const fn default_socket_mode() -> u32 {
    0o660
}

const fn default_silence() -> u64 {
    15
}

fn default_log() -> String {
    "info".to_owned()
}

fn default_server_name() -> String {
    "hsmd".to_owned()
}

impl Config {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// [`ConfigError`], which names the file and the field.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File {
            path: path.to_owned(),
            source,
        })?;
        let content = |reason| ConfigError::Content {
            path: path.to_owned(),
            reason,
        };
        let mut config: Self =
            toml::from_str(&text).map_err(|error| content(error.to_string().trim().to_owned()))?;
        config.check().map_err(content)?;
        config.anchor(path.parent().unwrap_or_else(|| Path::new(".")));
        Ok(config)
    }

    /// Checks what the types of the fields do not say.
    fn check(&self) -> Result<(), String> {
        if self.socket_mode > 0o777 {
            return Err("`socket_mode` is no mode of a file; write it as 0o660".to_owned());
        }
        let listed = self.allowed_uids.is_some() || self.allowed_gids.is_some();
        if self.socket_mode & 0o007 != 0 && !listed {
            return Err(format!(
                "`socket_mode` 0o{:o} lets every user of this machine connect; \
                 take 0o660, or list who may in `allowed_uids` or `allowed_gids`",
                self.socket_mode
            ));
        }
        if !(1..=SILENCE_MAX_SECONDS).contains(&self.silence_seconds) {
            return Err(format!(
                "`silence_seconds` is {}; it must be from 1 to {SILENCE_MAX_SECONDS}",
                self.silence_seconds
            ));
        }
        if EnvFilter::try_new(&self.log).is_err() {
            return Err(format!(
                "`log` is no filter: \"{}\"; try \"info\"",
                self.log
            ));
        }
        if self.hsm.is_empty() {
            return Err("`hsm` is empty; name at least one".to_owned());
        }
        let mut numbered = self.hsm.iter().enumerate();
        numbered.try_for_each(|(index, hsm)| {
            hsm.check()
                .map_err(|reason| format!("in `[[hsm]]` number {}, {reason}", index + 1))
        })
    }

    /// Makes relative paths relative to `base`.
    fn anchor(&mut self, base: &Path) {
        self.socket = base.join(&self.socket);
        for hsm in &mut self.hsm {
            for path in [&mut hsm.ca, &mut hsm.certificate, &mut hsm.key] {
                *path = base.join(&path);
            }
        }
    }
}

impl HsmConfig {
    fn check(&self) -> Result<(), String> {
        let port = self.address.rsplit_once(':').map(|(_, port)| port.parse());
        if !matches!(port, Some(Ok(1_u16..))) {
            return Err(format!(
                "`address` must be a host and a port such as \"hsm.example:7443\", not \"{}\"",
                self.address
            ));
        }
        if ServerName::try_from(self.server_name.as_str()).is_err() {
            return Err(format!(
                "`server_name` is neither a DNS name nor an IP address: \"{}\"",
                self.server_name
            ));
        }
        Ok(())
    }
}
