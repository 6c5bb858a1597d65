//! The configuration file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use crate::log::Log;

/// The agent's socket on a host that runs it as a system service.
const SYSTEM_SOCKET: &str = "/run/dew/agent.sock";

/// The system's configuration file.
const SYSTEM_FILE: &str = "/etc/dew/pkcs11.toml";

/// How long a call waits for its reply: generating an RSA key of 4,096 bits on a busy HSM takes minutes.
const TIMEOUT_SECONDS: u64 = 300;

/// The longest timeout that makes sense: a day.
const MAX_TIMEOUT_SECONDS: u64 = 86_400;

/// The settings of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config {
    /// The agent's socket.
    pub(crate) socket: PathBuf,
    /// How long a call waits for its reply.
    pub(crate) timeout: Duration,
    /// What is written to standard error.
    pub(crate) log: Log,
}

/// Why the configuration cannot be used.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The file is not there or cannot be read.
    #[error("{file}: {source}; make it readable, or unset DEW_PKCS11_CONF", file = file.display())]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file does not have the form that it should.
    #[error("{file}, line {line}: {what}; correct it: the fields are socket, timeout_seconds and log", file = file.display())]
    Malformed {
        /// Which file.
        file: PathBuf,
        /// In which line, counted from 1.
        line: usize,
        /// What is wrong there, and with which field.
        what: String,
    },
    /// The timeout is beyond its bounds.
    #[error("{file}: timeout_seconds is {seconds}; it must be from 1 to {MAX_TIMEOUT_SECONDS}", file = file.display())]
    Timeout {
        /// Which file.
        file: PathBuf,
        /// What it says.
        seconds: u64,
    },
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    socket: Option<PathBuf>,
    timeout_seconds: Option<u64>,
    log: Option<Log>,
}

/// What the environment says. Read once, when the module is initialised.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// `DEW_PKCS11_CONF`: the file to read.
    pub(crate) file: Option<OsString>,
    /// `XDG_CONFIG_HOME`, or `.config` in the home directory.
    pub(crate) config_home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub(crate) runtime: Option<PathBuf>,
    /// `DEW_PKCS11_LOG`.
    pub(crate) log: Option<Log>,
}

impl Environment {
    /// Reads the process's environment.
    pub(crate) fn of_process() -> Self {
        let path = |name| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        Self {
            file: std::env::var_os("DEW_PKCS11_CONF"),
            config_home: path("XDG_CONFIG_HOME")
                .or_else(|| path("HOME").map(|home| home.join(".config"))),
            runtime: path("XDG_RUNTIME_DIR"),
            log: Log::from_environment(),
        }
    }
}

impl Config {
    /// Reads the configuration: the file that the environment names, else the user's, else the system's, else defaults.
    pub(crate) fn load(environment: &Environment) -> Result<Self, Error> {
        let (path, file) = match &environment.file {
            Some(named) => (PathBuf::from(named), read(Path::new(named))?),
            None => find(environment)?.unwrap_or_default(),
        };
        let seconds = file.timeout_seconds.unwrap_or(TIMEOUT_SECONDS);
        if !(1..=MAX_TIMEOUT_SECONDS).contains(&seconds) {
            return Err(Error::Timeout {
                file: path,
                seconds,
            });
        }
        Ok(Self {
            socket: file.socket.unwrap_or_else(|| default_socket(environment)),
            timeout: Duration::from_secs(seconds),
            log: environment.log.or(file.log).unwrap_or_default(),
        })
    }
}

/// Reads the first file that exists where nobody named one.
fn find(environment: &Environment) -> Result<Option<(PathBuf, File)>, Error> {
    let of_user = environment
        .config_home
        .as_ref()
        .map(|home| home.join("dew/pkcs11.toml"));
    for path in of_user.into_iter().chain([PathBuf::from(SYSTEM_FILE)]) {
        match read(&path) {
            Err(Error::Unreadable { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound => {}
            other => return other.map(|file| Some((path, file))),
        }
    }
    Ok(None)
}

fn read(path: &Path) -> Result<File, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable {
        file: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        Error::Malformed {
            file: path.to_owned(),
            line: 1 + text
                .bytes()
                .take(start)
                .filter(|byte| *byte == b'\n')
                .count(),
            what: error.message().replace('\n', " "),
        }
    })
}

/// The system's socket, or the user's where only that exists.
fn default_socket(environment: &Environment) -> PathBuf {
    let system = PathBuf::from(SYSTEM_SOCKET);
    let of_user = environment
        .runtime
        .as_ref()
        .map(|runtime| runtime.join("dew/agent.sock"));
    match of_user {
        Some(user) if !system.exists() && user.exists() => user,
        _ => system,
    }
}

#[cfg(test)]
mod tests;
