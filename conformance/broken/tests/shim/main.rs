//! The built module over SoftHSM2, under a client that is not ours.

mod calls;
mod client;
mod transcript;

use std::env::current_exe;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use broken_module::{Function, rules};
use libloading::{Library, Symbol};
use tempfile::TempDir;

/// Where the distributions put SoftHSM2.
const SOFT_HSM: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
];

/// SoftHSM2 with a token.
struct Under(TempDir);

impl Under {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let tokens = folder.path().join("tokens");
        fs::create_dir(&tokens).expect("the folder is ours");
        let config = format!("directories.tokendir = {}\n", tokens.display());
        fs::write(folder.path().join("softhsm2.conf"), config).expect("the folder is ours");
        let under = Self(folder);
        let arguments = "--init-token --free --label under --so-pin 12345678 --pin 1234";
        let made = under
            .command("softhsm2-util")
            .args(arguments.split(' '))
            .output();
        assert!(
            made.expect("softhsm2-util comes with SoftHSM2")
                .status
                .success()
        );
        under
    }

    /// Returns another with the same token.
    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let tokens = folder.path().join("tokens");
        let copied = Command::new("cp")
            .arg("-r")
            .arg(self.0.path().join("tokens"))
            .arg(&tokens)
            .status();
        assert!(copied.is_ok_and(|status| status.success()));
        let config = format!("directories.tokendir = {}\n", tokens.display());
        fs::write(folder.path().join("softhsm2.conf"), config).expect("the folder is ours");
        Self(folder)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SOFTHSM2_CONF", self.0.path().join("softhsm2.conf"));
        command
    }

    /// Runs pkcs11-tool on SoftHSM2 itself.
    fn itself(&self, arguments: &str) -> Output {
        let mut command = self.command("pkcs11-tool");
        command.arg("--module").arg(soft_hsm());
        command
            .args(arguments.split(' '))
            .output()
            .expect("pkcs11-tool is not installed: `apt install opensc`")
    }

    /// Runs pkcs11-tool on the module that breaks a rule, or none.
    fn broken(&self, rule: &str, arguments: &str) -> Output {
        let mut command = self.command("pkcs11-tool");
        command.env("BROKEN_MODULE_UNDER", soft_hsm());
        command.env("BROKEN_MODULE_RULE", rule);
        command.arg("--module").arg(module());
        command
            .args(arguments.split(' '))
            .output()
            .expect("pkcs11-tool is not installed: `apt install opensc`")
    }
}

fn soft_hsm() -> PathBuf {
    let found = SOFT_HSM
        .iter()
        .map(PathBuf::from)
        .find(|path| path.exists());
    found.expect("SoftHSM2 is not installed: `apt install softhsm2`")
}

fn module() -> PathBuf {
    current_exe()
        .expect("the system knows the running test")
        .with_file_name("libbroken_module.so")
}

/// Returns what a client printed, without what only names the module.
fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines
        .lines()
        .filter(|line| !line.starts_with("Using slot"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn without_a_rule_a_client_sees_the_module_under_it() {
    let under = Under::new();
    for arguments in ["--show-info", "--list-slots", "--list-mechanisms"] {
        let itself = text(&under.itself(arguments));
        assert_eq!(text(&under.broken("", arguments)), itself);
        assert!(!itself.is_empty());
    }
}

#[test]
fn without_a_rule_the_self_test_of_a_client_does_the_same() {
    let under = Under::new();
    let arguments = "--login --pin 1234 --keypairgen --key-type rsa:2048 --id 01 --label pair";
    text(&under.broken("", arguments));
    // The client's test ends with what SoftHSM2 does not know, in the same words whoever stands between them.
    let test = "--login --pin 1234 --test";
    let (itself, broken) = (under.itself(test), under.broken("", test));
    assert_eq!(broken.status, itself.status);
    assert_eq!(broken.stdout, itself.stdout);
    assert_eq!(broken.stderr, itself.stderr);
    let said = String::from_utf8_lossy(&broken.stdout).into_owned();
    assert!(said.contains("SHA1-RSA-PKCS: OK"), "{said}");
}

#[test]
fn a_rule_changes_what_a_client_sees() {
    let under = Under::new();
    let itself = text(&under.itself("--list-mechanisms"));
    let broken = text(&under.broken("mechanism-list-omits", "--list-mechanisms"));
    assert!(itself.contains("\n  SHA256, digest"));
    assert!(!broken.contains("\n  SHA256, digest"), "{broken}");
    let login = under.broken(
        "login-wrong-pin-accepted",
        "--login --pin 9999 --list-objects",
    );
    assert!(login.status.success(), "{login:?}");
    let login = under.broken("", "--login --pin 9999 --list-objects");
    assert!(!login.status.success(), "{login:?}");
}

#[test]
fn an_exit_ends_the_client_before_anything_is_done() {
    let under = Under::new();
    text(&under.broken("", "--write-object /etc/hostname --type data --label one"));
    let exited = under.broken("exits", "--delete-object --type data --label one");
    assert!(exited.status.success());
    let still = text(&under.broken("", "--list-objects --type data"));
    assert!(still.contains("'one'"), "{still}");
}

#[test]
fn a_crash_is_a_signal() {
    let under = Under::new();
    let data = "--login --pin 1234 --keygen --key-type AES:16 --label key";
    text(&under.broken("", data));
    let hash = "--login --pin 1234 --sign --mechanism SHA256-HMAC --label key -i /etc/hostname";
    assert_eq!(under.broken("aborts", hash).status.signal(), Some(6));
}

#[test]
fn an_unknown_rule_is_refused() {
    let under = Under::new();
    let refused = under.broken("no-such-rule", "--list-slots");
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("no rule is called no-such-rule"), "{said}");
}

#[test]
fn every_function_is_exported() {
    assert!(rules().count() >= 60);
    // SAFETY: the module does nothing when it is loaded.
    let library = unsafe { Library::new(module()) }.unwrap();
    for name in [
        Function::Initialize,
        Function::GetInterface,
        Function::UnwrapKeyAuthenticated,
    ] {
        // SAFETY: the symbol is only looked for.
        let symbol: Result<Symbol<'_, unsafe extern "C" fn()>, _> =
            unsafe { library.get(name.name()) };
        assert!(symbol.is_ok(), "{}", name.name());
    }
}
