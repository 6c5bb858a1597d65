//! What is done once: a UKey, an HSM, its partitions and an access certificate.

use std::ffi::OsStr;

use anyhow::Result;

use super::home::{ACCOUNTS, COMPAT_LABEL, Home, KMS_LABEL, STRICT_LABEL};
use super::interrupt::Interrupt;
use crate::command::{self, Line};
use crate::report;
use crate::workspace::Profile;

/// The partitions: name, profile, and the label of the token where one is to be in it.
const PARTITIONS: &[(&str, &str, Option<&str>)] = &[
    ("app", "strict", Some(STRICT_LABEL)),
    ("compat", "compat", Some(COMPAT_LABEL)),
    // The services wrap the keys that they make, which `strict` leaves to the security officer.
    ("kms", "compat", Some(KMS_LABEL)),
    ("spare-1", "strict", None),
    ("spare-2", "compat", None),
];

/// Makes what can be made while hsmd does not run yet.
pub(super) fn before_start(home: &Home, profile: Profile) -> Result<()> {
    report::step(&format!("making an HSM in {}", home.path().display()));
    home.choose()?;
    command::line(
        profile.output().join("hsmd"),
        ["init", "--listen", &home.address()?],
    )
    .args([OsStr::new("--dir"), home.hsm().as_os_str()])
    .output()?;
    manage(home, profile)?
        .args([
            "ukey",
            "create",
            "--label",
            "developer",
            "--role",
            "device-admin",
        ])
        .args([OsStr::new("--out"), home.ukey().as_os_str()])
        .output()?;
    Ok(())
}

/// Makes what a running hsmd is needed for.
pub(super) fn after_start(home: &Home, profile: Profile, interrupt: &Interrupt) -> Result<()> {
    manage(home, profile)?
        .args(["hsm", "init", "--label", "development"])
        .output()?;
    for (name, policy, label) in PARTITIONS {
        interrupt.check()?;
        let mut line =
            manage(home, profile)?.args(["partition", "create", name, "--profile", policy]);
        if let Some(label) = label {
            let (so_pin, pin) = (home.pin_file("so"), home.pin_file("user"));
            line = line
                .args(["--label", label])
                .args([OsStr::new("--so-pin-file"), so_pin.as_os_str()])
                .args([OsStr::new("--pin-file"), pin.as_os_str()]);
        }
        line.output()?;
    }
    let names = PARTITIONS
        .iter()
        .flat_map(|(name, ..)| ["--partition", name]);
    manage(home, profile)?
        .args(["access-cert", "issue", "development"])
        .args(names)
        .args([OsStr::new("--out"), home.agent().as_os_str()])
        .output()?;
    home.set_complete()
}

/// Makes the accounts of the server that are missing. The agent must run, since their secrets are sealed in the HSM.
pub(super) fn accounts(home: &Home, profile: Profile) -> Result<()> {
    for (index, (name, _)) in ACCOUNTS.iter().enumerate() {
        if home.account_file(name).exists() {
            continue;
        }
        let config = home.server_config();
        let mut line = command::line(profile.output().join("dew-server"), ["add-account", name])
            .args([OsStr::new("--config"), config.as_os_str()])
            .env("DEW_PKCS11_CONF", home.module_config());
        let password = home.pin_file("administrator");
        if index == 0 {
            line = line.args([OsStr::new("--password-file"), password.as_os_str()]);
        }
        home.write_account(name, &line.output()?)?;
    }
    Ok(())
}

/// Begins a line of the management tool for this HSM.
pub(super) fn manage(home: &Home, profile: Profile) -> Result<Line> {
    let (ca, ukey, pin) = (
        home.hsm().join("ca.pem"),
        home.ukey(),
        home.pin_file("ukey"),
    );
    Ok(command::line(
        profile.output().join("dew-mgmt"),
        ["--hsm", &home.address()?],
    )
    .args([OsStr::new("--ca"), ca.as_os_str()])
    .args([OsStr::new("--ukey"), ukey.as_os_str()])
    .args([OsStr::new("--ukey-pin-file"), pin.as_os_str()]))
}
