//! Options, environment and profile, put together: what stands on the command line wins.

use std::path::{Path, PathBuf};

use ukey::{Ukey, UkeyFile};

use crate::Error;
use crate::cli::Globals;
use crate::pin;
use crate::profile::Profile;

/// The port of hsmd, where the address names none.
const DEFAULT_PORT: u16 = 7443;

/// The name in hsmd's certificate, where its configuration names no other.
const DEFAULT_SERVER_NAME: &str = "hsmd";

/// Holds what commands ask for; each getter knows what to say when it is missing.
#[derive(Debug)]
pub(crate) struct Settings {
    hsm: Option<String>,
    ca: Option<PathBuf>,
    server_name: Option<String>,
    ukey: Option<PathBuf>,
    ukey_pin_file: Option<PathBuf>,
}

impl Settings {
    /// Puts the command line over the profile.
    pub(crate) fn new(globals: Globals) -> Result<Self, Error> {
        let profile = Profile::read(globals.profile_file.as_deref())?;
        Ok(Self {
            hsm: globals.hsm.or(profile.hsm),
            ca: globals.ca.or(profile.ca),
            server_name: globals.server_name.or(profile.server_name),
            ukey: globals.ukey.or(profile.ukey),
            ukey_pin_file: globals.ukey_pin_file.or(profile.ukey_pin_file),
        })
    }

    /// Gives the HSM's address, with a port.
    pub(crate) fn address(&self) -> Result<String, Error> {
        let remedy = "--hsm HOST:PORT, or set it in DEW_HSM or the profile";
        let text = self.hsm.as_deref().ok_or(Error::Missing {
            what: "the HSM's address",
            remedy,
        })?;
        Ok(with_port(text))
    }

    /// Gives the file of the instance CA.
    pub(crate) fn ca(&self) -> Result<&Path, Error> {
        let remedy =
            "--ca FILE, the ca.pem that `hsmd init` wrote, or set it in DEW_CA or the profile";
        self.ca.as_deref().ok_or(Error::Missing {
            what: "the instance CA",
            remedy,
        })
    }

    /// Gives the name that the HSM's certificate must have.
    pub(crate) fn server_name(&self) -> &str {
        self.server_name.as_deref().unwrap_or(DEFAULT_SERVER_NAME)
    }

    /// Reads the UKey's file.
    pub(crate) fn ukey_file(&self) -> Result<UkeyFile, Error> {
        let remedy = "--ukey FILE, or set it in DEW_UKEY or the profile";
        let path = self.ukey.as_deref().ok_or(Error::Missing {
            what: "the UKey",
            remedy,
        })?;
        Ok(UkeyFile::read(path)?)
    }

    /// Gives the file of the UKey's PIN, where there is one.
    pub(crate) fn ukey_pin_file(&self) -> Option<&Path> {
        self.ukey_pin_file.as_deref()
    }

    /// Opens the UKey, with the PIN from its file or from the terminal.
    pub(crate) fn open_ukey(&self) -> Result<Ukey, Error> {
        let file = self.ukey_file()?;
        let prompt = format!("PIN of the UKey '{}'", file.label());
        let pin = pin::existing(self.ukey_pin_file(), &prompt)?;
        Ok(file.open(&pin)?)
    }
}

/// Adds the default port to an address without one: `host`, `::1` and `[::1]` have none.
fn with_port(text: &str) -> String {
    match text.rsplit_once(':') {
        None => format!("{text}:{DEFAULT_PORT}"),
        Some(_) if text.ends_with(']') => format!("{text}:{DEFAULT_PORT}"),
        Some((host, _)) if host.contains(':') && !host.ends_with(']') => {
            format!("[{text}]:{DEFAULT_PORT}")
        }
        Some(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_gets_the_default_port() {
        for (text, expected) in [
            ("hsm.example", "hsm.example:7443"),
            ("hsm.example:1", "hsm.example:1"),
            ("10.0.0.1", "10.0.0.1:7443"),
            ("::1", "[::1]:7443"),
            ("[::1]", "[::1]:7443"),
            ("[::1]:1", "[::1]:1"),
        ] {
            assert_eq!(with_port(text), expected);
        }
    }

    #[test]
    fn what_is_missing_is_named_with_the_remedy() {
        let settings = Settings {
            hsm: None,
            ca: None,
            server_name: None,
            ukey: None,
            ukey_pin_file: None,
        };
        let error = settings.address().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the HSM's address is missing: give --hsm HOST:PORT, or set it in DEW_HSM or the profile"
        );
        assert_eq!(settings.ca().unwrap_err().exit_code(), 2);
        assert_eq!(settings.open_ukey().unwrap_err().exit_code(), 2);
        assert_eq!(settings.server_name(), "hsmd");
    }
}
