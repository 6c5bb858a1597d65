//! A PKCS#11 token as its clients find it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Run;

/// Which of a host's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    /// Initialised, for applications written for other software tokens.
    Compat,
    /// Initialised, for applications that keep to one purpose per key.
    Strict,
}

/// A token: the module to load, what has to be in the environment, and what its owner knows.
#[derive(Clone, Debug)]
pub struct Token {
    /// The path of the PKCS#11 module.
    pub module: PathBuf,
    /// What the module reads from the environment.
    pub environment: Vec<(&'static str, OsString)>,
    /// The token's label.
    pub label: String,
    /// The security officer's PIN.
    pub so_pin: String,
    /// The user's PIN.
    pub pin: String,
    /// Where the clients of this test keep their files.
    pub folder: PathBuf,
}

impl Token {
    /// Prepares a client in this token's environment and the test's folder.
    #[must_use]
    pub fn client(&self, program: &str) -> Run {
        let run = Run::new(program).folder(&self.folder);
        self.environment
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value))
    }

    /// Prepares OpenSC's pkcs11-tool, for this module and no token in particular.
    #[must_use]
    pub fn pkcs11_tool(&self) -> Run {
        self.client("pkcs11-tool").arg("--module").arg(&self.module)
    }

    /// Prepares OpenSC's pkcs11-tool, logged in to this token as its user.
    #[must_use]
    pub fn pkcs11_tool_as_user(&self) -> Run {
        self.pkcs11_tool()
            .arg("--token-label")
            .arg(&self.label)
            .args("--login --pin")
            .arg(&self.pin)
    }

    /// Prepares the `openssl` command, without any engine.
    #[must_use]
    pub fn openssl(&self) -> Run {
        self.client("openssl")
    }

    /// Returns the RFC 7512 URI of this token, with the user's PIN, and with `path` behind its label.
    #[must_use]
    pub fn uri(&self, path: &str) -> String {
        format!("pkcs11:token={}{path}?pin-value={}", self.label, self.pin)
    }

    /// Returns the path of a file in the test's folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file into the test's folder.
    ///
    /// # Panics
    /// If it cannot.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, content)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        path
    }

    /// Reads a file from the test's folder.
    ///
    /// # Panics
    /// If it cannot.
    #[must_use]
    pub fn read(&self, name: &str) -> Vec<u8> {
        read(&self.file(name))
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}
