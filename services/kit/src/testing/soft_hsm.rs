//! SoftHSM2 in a folder of its own: an HSM that is not ours.

use std::env::{current_exe, var_os};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use zeroize::Zeroizing;

use crate::hsm::{Settings, TokenChoice};

/// Names the folder in which the inner process keeps everything.
const FOLDER: &str = "DEW_KIT_TEST_FOLDER";
/// The name of SoftHSM2's configuration in it.
const CONFIG: &str = "softhsm2.conf";
/// The PIN of the user of every token.
const PIN: &str = "user-pin-1";

/// Where the distributions put the module.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
];

/// A SoftHSM2 that this process can load.
#[derive(Debug)]
pub struct SoftHsm {
    folder: PathBuf,
    tokens: AtomicUsize,
}

impl SoftHsm {
    /// Runs `body` in a process of its own, because a module reads its configuration from the environment, which must be
    /// right from the start.
    ///
    /// `test` is the full name of the calling test: it is how the inner process finds its way back here.
    ///
    /// # Panics
    /// If the body does, or SoftHSM2 is not installed.
    pub fn alone(test: &str, body: impl FnOnce(&Self)) {
        if let Some(folder) = var_os(FOLDER) {
            return body(&Self::prepare(folder.into()));
        }
        let folder = tempfile::tempdir().expect("the system gives a temporary folder");
        let program = current_exe().expect("the system knows the path of the running test");
        let output = Command::new(program)
            .args(["--exact", test, "--nocapture", "--include-ignored"])
            .env("SOFTHSM2_CONF", folder.path().join(CONFIG))
            .env(FOLDER, folder.path())
            .output()
            .expect("the running test can be run again");
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && stdout.contains("1 passed"),
            "`{test}` failed in its own process, or is not the name of a test:\n{stdout}\n{stderr}"
        );
    }

    fn prepare(folder: PathBuf) -> Self {
        let objects = folder.join("tokens");
        fs::create_dir_all(&objects).expect("the folder is ours");
        let config = format!("directories.tokendir = {}\n", objects.display());
        fs::write(folder.join(CONFIG), config).expect("the folder is ours");
        Self {
            folder,
            tokens: AtomicUsize::new(0),
        }
    }

    /// Returns a folder that the test may use.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a token and tells how to reach it.
    ///
    /// It must be made before the module is loaded: SoftHSM2 shows the tokens of its start.
    ///
    /// # Panics
    /// If SoftHSM2 is not installed or does not do as asked.
    #[must_use]
    pub fn token(&self) -> Settings {
        let label = format!("token-{}", self.tokens.fetch_add(1, Ordering::SeqCst));
        let output = Command::new("softhsm2-util")
            .env("SOFTHSM2_CONF", self.folder.join(CONFIG))
            .args([
                "--init-token",
                "--free",
                "--so-pin",
                "so-pin-1",
                "--pin",
                PIN,
            ])
            .args(["--label", &label])
            .output()
            .expect("SoftHSM2 is installed: `apt install softhsm2`");
        assert!(output.status.success(), "{output:?}");
        let module = MODULES.iter().map(PathBuf::from).find(|path| path.exists());
        Settings::new(
            module.expect("SoftHSM2 is installed: `apt install softhsm2`"),
            TokenChoice::Label(label),
            Zeroizing::new(PIN.to_owned()),
        )
    }
}
