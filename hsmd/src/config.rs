//! The daemon's configuration: one TOML file, `hsmd.toml` in the state directory unless named otherwise.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of the configuration inside a state directory.
pub(crate) const FILE_NAME: &str = "hsmd.toml";

/// What stands in the file. Relative paths are relative to the file's own directory.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where agents and administrators connect.
    pub(crate) listen: SocketAddr,
    /// The store's directory.
    #[serde(default = "default_store")]
    pub(crate) store: PathBuf,
    /// How the root key is opened when the daemon starts.
    pub(crate) root: RootSource,
    /// The name in the daemon's own certificate, which agents expect.
    #[serde(default = "default_server_name")]
    pub(crate) server_name: String,
    /// How many seconds an application whose connection broke keeps its sessions, its login and its session objects; 0 for
    /// not at all.
    #[serde(default = "default_resume")]
    pub(crate) resume_seconds: u64,
    /// What is logged: a filter such as `info` or `hsmd=debug`.
    #[serde(default = "default_log")]
    pub(crate) log: String,
}

/// How the root key is opened.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum RootSource {
    /// By the secret in a file that only the daemon's user can read.
    File(PathBuf),
    /// By a passphrase: from this file, or from the terminal where the path is empty.
    Passphrase(PathBuf),
}

fn default_store() -> PathBuf {
    PathBuf::from("store")
}

fn default_server_name() -> String {
    "hsmd".to_owned()
}

/// An agent that a service manager starts anew is back within seconds.
const fn default_resume() -> u64 {
    60
}

fn default_log() -> String {
    "info".to_owned()
}

/// What is wrong with a configuration.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read or written.
    #[error("configuration {}: {source}; name another one with --config, or make one with `hsmd init`", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be; the text names the line and the field.
    #[error("configuration {}: {reason}", path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Config {
    /// A configuration for a new state directory.
    pub(crate) fn new(listen: SocketAddr, root: RootSource) -> Self {
        Self {
            listen,
            store: default_store(),
            root,
            server_name: default_server_name(),
            resume_seconds: default_resume(),
            log: default_log(),
        }
    }

    /// Reads the file and makes its paths absolute or relative to where the daemon runs.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File {
            path: path.to_owned(),
            source,
        })?;
        let mut config: Self = toml::from_str(&text).map_err(|error| ConfigError::Content {
            path: path.to_owned(),
            reason: error.to_string().trim().replace('\n', " "),
        })?;
        let base = path.parent().unwrap_or_else(|| Path::new("."));
        config.store = base.join(&config.store);
        config.root = match config.root {
            RootSource::File(file) => RootSource::File(base.join(file)),
            RootSource::Passphrase(file) if file.as_os_str().is_empty() => {
                RootSource::Passphrase(file)
            }
            RootSource::Passphrase(file) => RootSource::Passphrase(base.join(file)),
        };
        Ok(config)
    }

    /// Writes the file.
    pub(crate) fn write(&self, path: &Path) -> Result<(), ConfigError> {
        let text = toml::to_string(self).map_err(|error| ConfigError::Content {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        std::fs::write(path, text).map_err(|source| ConfigError::File {
            path: path.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests;
