//! What an administrator does to a new HSM, with the management tool.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use super::{Access, Chain};
use crate::{Run, program};

/// The PIN of the administrator's UKey.
const UKEY_PIN: &str = "ukey-pin-of-the-tests-1";

/// The security officer's PIN of a partition.
pub(super) fn so_pin(partition: &str) -> String {
    format!("so-pin-of-{partition}-1")
}

/// The user's PIN of a partition.
pub(super) fn user_pin(partition: &str) -> String {
    format!("user-pin-of-{partition}-1")
}

impl Chain {
    /// Prepares the management tool, with the UKey of this chain's administrator.
    #[must_use]
    pub fn management(&self) -> Run {
        self.management_with("ukey")
    }

    /// Prepares the management tool with another UKey, made by [`Chain::make_ukey`].
    #[must_use]
    pub fn management_with(&self, ukey: &str) -> Run {
        Run::new(program("dew-mgmt"))
            .args("--hsm")
            .arg(self.address().to_string())
            .args("--ca")
            .arg(self.file("hsm/ca.pem"))
            .args("--ukey")
            .arg(self.file(ukey))
            .args("--ukey-pin-file")
            .arg(self.file("ukey.pin"))
    }

    /// Makes a UKey, whose PIN is that of all UKeys here.
    ///
    /// # Panics
    /// If that fails.
    pub fn make_ukey(&self, name: &str) {
        self.write_secret("ukey.pin", UKEY_PIN);
        self.management_with(name)
            .args("ukey create --role device-admin --label")
            .arg(name)
            .arg("--out")
            .arg(self.file(name))
            .succeed();
    }

    /// Claims the HSM with a new UKey, makes its partitions and issues the access certificates.
    pub(super) fn set_up(&self) {
        self.make_ukey("ukey");
        self.management().args("hsm init --label tests").succeed();
        self.make_token_partition("app", "strict");
        self.make_token_partition("compat", "compat");
        self.management()
            .args("partition create spare --profile compat")
            .succeed();
        self.management()
            .args("partition create other --profile strict")
            .succeed();
        for access in Access::ALL {
            self.issue_access_certificate(access.name(), access.partitions());
        }
    }

    fn make_token_partition(&self, name: &str, profile: &str) {
        self.write_secret("so.pin", &so_pin(name));
        self.write_secret("user.pin", &user_pin(name));
        self.management()
            .args("partition create")
            .arg(name)
            .args("--profile")
            .arg(profile)
            .args("--label")
            .arg(name)
            .arg("--so-pin-file")
            .arg(self.file("so.pin"))
            .arg("--pin-file")
            .arg(self.file("user.pin"))
            .succeed();
    }

    /// Issues an access certificate into the folder of that name.
    ///
    /// # Panics
    /// If that fails.
    pub fn issue_access_certificate(&self, name: &str, partitions: &[&str]) {
        let run = self.management().args("access-cert issue").arg(name);
        let run = partitions
            .iter()
            .fold(run, |run, partition| run.arg("--partition").arg(partition));
        run.arg("--out").arg(self.file(name)).succeed();
    }

    fn write_secret(&self, name: &str, text: &str) {
        // Whatever holds a PIN must be private, or the tool refuses it.
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.file(name));
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .expect("the chain's folder is ours");
    }
}
