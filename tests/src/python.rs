//! Python with packages from its registry, in an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Run;
use crate::tool_folder::ToolFolder;

/// What the environment of the official SDKs holds; where the scripts are.
const REQUIREMENTS: &str = "requirements.txt";

/// A Python that has what a file of requirements names, at exactly those versions.
pub struct Python {
    folder: PathBuf,
}

impl Python {
    /// Finds the environment of the official SDKs: what `tests/sdk/requirements.txt` names.
    ///
    /// # Panics
    /// As [`Python::with`].
    #[must_use]
    pub fn with_sdks() -> Self {
        Self::with(&scripts().join(REQUIREMENTS))
    }

    /// Finds an environment; the first to want a set of requirements makes it, with `python3` and pip.
    ///
    /// # Panics
    /// If it cannot be made; the message holds what pip wrote.
    #[must_use]
    pub fn with(requirements: &Path) -> Self {
        let text = fs::read_to_string(requirements).expect("the repository holds the requirements");
        let folder = ToolFolder::new("python", &text);
        folder.fill(|path| install(path, requirements));
        Self {
            folder: folder.path(),
        }
    }

    /// Returns the folder of the environment.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of a program of the environment.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Prepares a script of `tests/sdk`.
    #[must_use]
    pub fn script(&self, name: &str) -> Run {
        Run::new(self.program("python"))
            .arg("-B")
            .arg(scripts().join(name))
            .folder(&scripts())
            // The SDKs keep a name for this machine in the home folder.
            .env("HOME", &self.folder)
            .env("NO_PROXY", "127.0.0.1")
    }
}

/// Makes the environment in an empty folder.
fn install(folder: &Path, requirements: &Path) {
    let made = Run::new("python3")
        .args("-m venv")
        .arg(folder)
        .patience(crate::tool_folder::INSTALLATION)
        .finish();
    assert!(
        made.succeeded(),
        "python3 cannot make an environment (Debian has that in python3-venv):\n{made}"
    );
    Run::new(folder.join("bin").join("python"))
        .args("-m pip install --quiet --disable-pip-version-check --no-input --requirement")
        .arg(requirements)
        .patience(crate::tool_folder::INSTALLATION)
        .succeed();
}

/// The folder of the scripts.
pub(crate) fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk")
}
