//! The Debian packages that the tests need.

use anyhow::{Context as _, Result, bail};

use crate::{command, report};

/// A package and the reason for it.
#[derive(Debug)]
struct Package {
    name: &'static str,
    /// The program that it is for, where that may have come in another way.
    program: Option<&'static str>,
    reason: &'static str,
}

#[rustfmt::skip] // A table reads by its columns.
const PACKAGES: &[Package] = &[
    Package { name: "chromium",                       program: None,        reason: "shows and prints the conformance report" },
    Package { name: "gnutls-bin",                     program: None,        reason: "p11tool, a PKCS#11 client with its own rules" },
    Package { name: "libengine-pkcs11-openssl",       program: None,        reason: "OpenSSL's way to the module" },
    Package { name: "libnss3-tools",                  program: None,        reason: "modutil, certutil and cmsutil, Mozilla's clients" },
    Package { name: "libstrongswan-extra-plugins",    program: None,        reason: "strongSwan's way to the module" },
    Package { name: "libstrongswan-standard-plugins", program: None,        reason: "strongSwan's way to OpenSSL, by which it hashes" },
    Package { name: "nginx",                          program: None,        reason: "a web server whose forked workers use keys in the token" },
    Package { name: "nodejs",                         program: None,        reason: "runs the official SDK for Node" },
    Package { name: "npm",                            program: Some("npm"), reason: "fetches the official SDK for Node" },
    Package { name: "openjdk-17-jdk-headless",        program: None,        reason: "Java's SunPKCS11: keytool, and a program run from its source" },
    Package { name: "opensc",                         program: None,        reason: "pkcs11-tool, the client that most people try first" },
    Package { name: "openssh-client",                 program: None,        reason: "ssh-keygen and ssh-add with keys in the token" },
    Package { name: "openssh-server",                 program: None,        reason: "sshd, which a test logs in to on loopback" },
    Package { name: "openssl",                        program: None,        reason: "checks signatures with code that is not ours" },
    Package { name: "p11-kit",                        program: None,        reason: "its server passes the token on through a socket" },
    Package { name: "p11-kit-modules",                program: None,        reason: "the module with which clients reach that server" },
    Package { name: "poppler-utils",                  program: None,        reason: "reads the conformance report as it was printed" },
    Package { name: "postgresql",                     program: None,        reason: "the database server that the services' tests start" },
    Package { name: "python3-venv",                   program: None,        reason: "holds the official SDKs for Python apart from the system" },
    Package { name: "softhsm2",                       program: None,        reason: "the peer that speed and behaviour are compared with" },
    Package { name: "strongswan-pki",                 program: None,        reason: "certificates signed in the token by strongSwan" },
    Package { name: "xxd",                            program: None,        reason: "a command of the user guide's import of key material" },
];

/// Whether missing packages may be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Install them, where that needs no password.
    Install,
    /// Only name them.
    Refuse,
}

/// Makes sure that every package is there.
pub(crate) fn ensure(missing: Missing) -> Result<()> {
    let absent: Vec<&Package> = PACKAGES
        .iter()
        .filter(|package| !installed(package.name) && !package.program.is_some_and(on_path))
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    for package in &absent {
        report::step(&format!("missing: {} ({})", package.name, package.reason));
    }
    let names: Vec<&str> = absent.iter().map(|package| package.name).collect();
    let remedy = remedy(&names);
    if missing == Missing::Refuse {
        bail!(
            "the end-to-end tests need packages that are missing; install them with:\n  {remedy}"
        );
    }
    let Some(prefix) = privilege() else {
        bail!("missing packages cannot be installed without a password; run:\n  {remedy}");
    };
    install(prefix, &names).with_context(|| format!("install them yourself with:\n  {remedy}"))
}

/// Asks dpkg whether a package is installed.
fn installed(package: &str) -> bool {
    command::line("dpkg-query", ["-W", "-f=${db:Status-Status}", package])
        .output()
        .is_ok_and(|status| status == "installed")
}

/// Tells whether a program is found by its name.
fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

/// Writes the one line that installs what is missing.
fn remedy(names: &[&str]) -> String {
    format!(
        "sudo apt-get install --yes --no-install-recommends {}",
        names.join(" ")
    )
}

/// Finds how to run a program as root without a password: the words to put in front of it.
fn privilege() -> Option<&'static [&'static str]> {
    if nix::unistd::geteuid().is_root() {
        return Some(&[]);
    }
    command::line("sudo", ["--non-interactive", "true"])
        .succeeds()
        .then_some(&["sudo", "--non-interactive"])
}

/// Installs packages, and refreshes the package lists only when they do not know them.
fn install(prefix: &[&str], names: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let words = [
            prefix,
            &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
            arguments,
        ]
        .concat();
        command::line(words[0], &words[1..])
    };
    let install = [&["install", "--yes", "--no-install-recommends"], names].concat();
    if apt(&install).run().is_ok() {
        return Ok(());
    }
    apt(&["update"]).run()?;
    apt(&install).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_is_one_line_that_can_be_pasted() {
        assert_eq!(
            remedy(&["opensc", "softhsm2"]),
            "sudo apt-get install --yes --no-install-recommends opensc softhsm2"
        );
    }

    #[test]
    fn a_package_that_does_not_exist_is_not_installed() {
        assert!(!installed("no-such-package-anywhere"));
    }
}
