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

/// How long an agent may be silent that owes a reply: it answers at once when asked whether it is there.
const SILENCE_SECONDS: u64 = 15;

/// The longest silence that makes sense: an hour.
const MAX_SILENCE_SECONDS: u64 = 3_600;

/// How long calls wait for a lost agent or HSM: a service manager has started it anew within seconds.
const RESUME_SECONDS: u64 = 10;

/// The longest wait for a lost agent or HSM that makes sense: an hour.
const MAX_RESUME_SECONDS: u64 = 3_600;

/// The settings of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config {
    /// The agent's socket.
    pub(crate) socket: PathBuf,
    /// How long a call waits for its reply.
    pub(crate) timeout: Duration,
    /// How long an agent may be silent that owes a reply.
    pub(crate) silence: Duration,
    /// How long calls wait for a lost agent or HSM to come back.
    pub(crate) resume: Duration,
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
    #[error("{file}, line {line}: {what}; correct it: the fields are socket, timeout_seconds, silence_seconds, resume_seconds and log", file = file.display())]
    Malformed {
        /// Which file.
        file: PathBuf,
        /// In which line, counted from 1.
        line: usize,
        /// What is wrong there, and with which field.
        what: String,
    },
    /// A time is beyond its bounds.
    #[error("{file}: {field} is {seconds}; it must be from {least} to {most}", file = file.display())]
    Seconds {
        /// Which file.
        file: PathBuf,
        /// Which time.
        field: &'static str,
        /// What it says.
        seconds: u64,
        /// The least that it may say.
        least: u64,
        /// The most that it may say.
        most: u64,
    },
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    socket: Option<PathBuf>,
    timeout_seconds: Option<u64>,
    silence_seconds: Option<u64>,
    resume_seconds: Option<u64>,
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
        let time = |field, set: Option<u64>, default, least, most| {
            let seconds = set.unwrap_or(default);
            if (least..=most).contains(&seconds) {
                return Ok(Duration::from_secs(seconds));
            }
            Err(Error::Seconds {
                file: path.clone(),
                field,
                seconds,
                least,
                most,
            })
        };
        let (timeout, silence, resume) = (
            file.timeout_seconds,
            file.silence_seconds,
            file.resume_seconds,
        );
        Ok(Self {
            timeout: time(
                "timeout_seconds",
                timeout,
                TIMEOUT_SECONDS,
                1,
                MAX_TIMEOUT_SECONDS,
            )?,
            silence: time(
                "silence_seconds",
                silence,
                SILENCE_SECONDS,
                1,
                MAX_SILENCE_SECONDS,
            )?,
            resume: time(
                "resume_seconds",
                resume,
                RESUME_SECONDS,
                0,
                MAX_RESUME_SECONDS,
            )?,
            socket: file.socket.unwrap_or_else(|| default_socket(environment)),
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
