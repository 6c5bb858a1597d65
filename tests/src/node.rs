//! Node with the official SDK, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Run;
use crate::python::scripts;
use crate::tool_folder::{INSTALLATION, ToolFolder};

/// A Node that has what `tests/sdk/node/package-lock.json` names.
pub struct Node {
    folder: PathBuf,
}

impl Node {
    /// Finds the folder with scripts and packages; the first test of a set of them makes it, with npm.
    ///
    /// # Panics
    /// If the packages cannot be installed; the message holds what npm wrote.
    #[must_use]
    pub fn with_sdk() -> Self {
        let contents: String = sources()
            .iter()
            .map(|file| fs::read_to_string(file).expect("the repository's scripts are text"))
            .collect();
        let folder = ToolFolder::new("node", &contents);
        folder.fill(install);
        Self {
            folder: folder.path(),
        }
    }

    /// Prepares a script of `tests/sdk/node`.
    #[must_use]
    pub fn script(&self, name: &str) -> Run {
        Run::new("node")
            .arg(self.folder.join(name))
            .folder(&self.folder)
            // The SDK keeps a name for this machine in the home folder.
            .env("HOME", &self.folder)
            .env("NO_PROXY", "127.0.0.1")
    }
}

/// Puts scripts and packages into an empty folder: Node looks for packages beside the script that wants them.
fn install(folder: &Path) {
    for file in sources() {
        let name = file.file_name().expect("a file has a name");
        fs::copy(&file, folder.join(name)).expect("the folder was just made");
    }
    Run::new("npm")
        .args("ci --ignore-scripts --no-audit --no-fund --loglevel error")
        .folder(folder)
        .patience(INSTALLATION)
        .succeed();
}

/// The scripts, the names of their packages, and the lock, in a fixed order.
fn sources() -> Vec<PathBuf> {
    let entries = fs::read_dir(scripts().join("node")).expect("the repository holds the scripts");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the scripts can be listed").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}
