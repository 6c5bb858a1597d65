//! The suite's program, run on the broken module over SoftHSM2 with a token of its own.

use std::env::current_exe;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use conformance::report::json;
use conformance::report::model::CaseResult;
use tempfile::TempDir;

use crate::Verdicts;

/// Where the distributions put SoftHSM2.
const SOFT_HSM: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
];

/// The user's PIN.
const PIN: &str = "user-pin-of-the-test";
/// The security officer's PIN.
const SO_PIN: &str = "so-pin-of-the-test";

/// A folder with a token that every run begins with.
pub(crate) struct Suite(TempDir);

impl Suite {
    /// Makes the token.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let path = folder.path();
        fs::write(path.join("pin"), PIN).expect("the folder is ours");
        fs::write(path.join("so-pin"), SO_PIN).expect("the folder is ours");
        let config = configure(path);
        let made = Command::new("softhsm2-util")
            .env("SOFTHSM2_CONF", config)
            .args([
                "--init-token",
                "--free",
                "--label",
                "broken",
                "--so-pin",
                SO_PIN,
                "--pin",
                PIN,
            ])
            .output()
            .expect("SoftHSM2 is not installed: `apt install softhsm2`");
        assert!(made.status.success(), "{made:?}");
        Self(folder)
    }

    /// The file with the user's PIN.
    pub(crate) fn pin(&self) -> PathBuf {
        self.0.path().join("pin")
    }

    /// A command that judges a module, on the token itself: for cases that leave it as it is.
    pub(crate) fn judge(&self, module: &Path, rule: &str) -> Command {
        let mut command = self.judge_without_pin(module, rule);
        command.arg("--pin-file").arg(self.pin());
        command
    }

    /// The same without the user's PIN.
    pub(crate) fn judge_without_pin(&self, module: &Path, rule: &str) -> Command {
        let mut command = program();
        command
            .env("SOFTHSM2_CONF", self.0.path().join("softhsm2.conf"))
            .env("BROKEN_MODULE_UNDER", soft_hsm())
            .env("BROKEN_MODULE_RULE", rule)
            .args(["run", "--module"])
            .arg(module);
        command
    }

    /// Runs cases under a rule, on a copy of the token.
    pub(crate) fn run(&self, rule: &str, cases: &[&str]) -> Verdicts {
        let results = self
            .attempt(rule, cases, &[])
            .unwrap_or_else(|error| panic!("{rule}: no report: {error}"));
        let verdicts = results.into_iter().map(|result| {
            let why = format!(
                "expected {}, got {}; {}",
                result.expected, result.got, result.note
            );
            (result.case, (result.verdict, why))
        });
        verdicts.collect()
    }

    /// Runs the cases that patterns name, all of them where there is none, under a rule and on a copy of the token.
    ///
    /// # Errors
    /// What the program says where it cannot write a report, because the module is too broken for it.
    pub(crate) fn attempt(
        &self,
        rule: &str,
        patterns: &[&str],
        options: &[&str],
    ) -> Result<Vec<CaseResult>, String> {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let config = configure(folder.path());
        copy(&self.0.path().join("tokens"), &folder.path().join("tokens"));
        let report = folder.path().join("report.json");
        let mut command = program();
        command
            .env("SOFTHSM2_CONF", config)
            .env("BROKEN_MODULE_UNDER", soft_hsm())
            .env("BROKEN_MODULE_RULE", rule)
            .args(["run", "--quiet", "--destructive", "--module"])
            .arg(broken())
            .arg("--pin-file")
            .arg(self.pin())
            .arg("--so-pin-file")
            .arg(self.0.path().join("so-pin"))
            .arg("--json")
            .arg(&report)
            .args(options);
        command.args(patterns.iter().flat_map(|pattern| ["--only", pattern]));
        let ended = command
            .output()
            .expect("the suite's program is built with the test");
        let said = String::from_utf8_lossy(&ended.stderr);
        let report = json::read(&report).map_err(|error| format!("{error}: {said}"))?;
        Ok(report.results)
    }
}

/// The suite's program.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_dew-conformance"))
}

/// The module that breaks rules.
pub(crate) fn broken() -> PathBuf {
    current_exe()
        .expect("the system knows the running test")
        .with_file_name("libbroken_module.so")
}

/// The module under it.
pub(crate) fn soft_hsm() -> PathBuf {
    let found = SOFT_HSM
        .iter()
        .map(PathBuf::from)
        .find(|path| path.exists());
    found.expect("SoftHSM2 is not installed: `apt install softhsm2`")
}

/// Makes SoftHSM2's configuration in a folder, and the folder for its tokens.
fn configure(folder: &Path) -> PathBuf {
    let tokens = folder.join("tokens");
    fs::create_dir_all(&tokens).expect("the folder is ours");
    let config = folder.join("softhsm2.conf");
    let text = format!("directories.tokendir = {}\n", tokens.display());
    fs::write(&config, text).expect("the folder is ours");
    config
}

/// Copies a folder with what lies in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder is ours");
    for entry in fs::read_dir(from).expect("the folder is ours").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the folder is ours");
        }
    }
}
