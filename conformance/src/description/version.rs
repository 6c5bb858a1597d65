//! Versions of libraries, as `C_GetInfo` tells them: `major.minor`.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// The version of a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LibraryVersion {
    major: u8,
    minor: u8,
}

impl LibraryVersion {
    /// Reads `major.minor`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        })
    }
}

impl fmt::Display for LibraryVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

impl<'de> Deserialize<'de> for LibraryVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "{text:?} is not a version as C_GetInfo tells it, such as \"2.6\""
            ))
        })
    }
}
