//! Tests that load a PKCS#11 module into their own process.
//!
//! A module reads its configuration from the environment, and changing the environment of a running process is unsound.
//! So such a test runs itself once more, in a process whose environment was right from its start. One process also means
//! one module: two such tests never share it, whichever runner started them.

use std::env::{current_exe, var_os};
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// Names the folder in which the inner process keeps everything.
const FOLDER: &str = "DEW_TEST_FOLDER";

/// Runs `body` in a process of its own that can load a module.
///
/// `test` is the full name of the calling test: it is how the inner process finds its way back here.
///
/// # Panics
/// If the body does.
pub fn alone(test: &str, body: impl FnOnce()) {
    if var_os(FOLDER).is_some() {
        return body();
    }
    let folder = temporary_folder();
    let program = current_exe().expect("the system knows the path of the running test");
    let output = Command::new(program)
        .args(["--exact", test, "--nocapture", "--include-ignored"])
        .envs(environment(folder.path().to_path_buf()))
        .output()
        .unwrap_or_else(|error| panic!("cannot run the test again: {error}"));
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    eprintln!("{stderr}");
    assert!(
        output.status.success(),
        "the test failed in its own process:\n{stdout}"
    );
    assert!(
        stdout.contains("1 passed"),
        "no test is called {test}: correct the name given to `alone`"
    );
}

/// Reads a setting of a test run from the environment.
#[must_use]
pub fn setting(name: &str) -> Option<String> {
    var_os(name)?.into_string().ok()
}

/// Returns the variables that a module under a host in `folder` reads, and the one that names the folder.
fn environment(folder: PathBuf) -> [(&'static str, PathBuf); 3] {
    [
        ("DEW_PKCS11_CONF", folder.join(crate::chain::MODULE_CONFIG)),
        ("SOFTHSM2_CONF", folder.join(crate::soft_hsm::CONFIG)),
        (FOLDER, folder),
    ]
}

/// A folder for a host: one that goes when the host does, or the one that this process was given.
pub(crate) enum Folder {
    Given(PathBuf),
    Own(TempDir),
}

impl Folder {
    pub(crate) fn new() -> Self {
        match var_os(FOLDER) {
            Some(folder) => Self::Given(folder.into()),
            None => Self::Own(temporary_folder()),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Given(path) => path.clone(),
            Self::Own(folder) => folder.path().to_path_buf(),
        }
    }
}

fn temporary_folder() -> TempDir {
    tempfile::Builder::new()
        .prefix("dew-")
        .tempdir()
        .unwrap_or_else(|error| panic!("cannot make a temporary folder: {error}"))
}
