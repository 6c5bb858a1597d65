//! Lines on the host's standard error: few, and only about what an administrator can mend.

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::Write;

use serde::Deserialize;

/// What is written to standard error.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Log {
    /// What keeps the module from working.
    #[default]
    Errors,
    /// Nothing.
    Off,
}

impl Log {
    /// Returns what the environment variable `DEW_PKCS11_LOG` asks for, where it is set: it outranks the file.
    pub(crate) fn from_environment() -> Option<Self> {
        let value = std::env::var_os("DEW_PKCS11_LOG")?;
        Some(if value == OsStr::new("off") {
            Self::Off
        } else {
            Self::Errors
        })
    }

    /// Writes a line that names what is wrong, where, and the remedy.
    pub(crate) fn error(self, line: impl Display) {
        if self == Self::Errors {
            // One write per line, so that lines of several processes do not mix. A host without a standard error
            // loses the line and nothing else.
            let line = format!("dew-pkcs11: {line}\n");
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }
}
