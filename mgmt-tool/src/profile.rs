//! The profile: a file that spares the user from repeating options.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::Error;

/// Where the profile stands in a home directory.
const PLACE: &str = ".config/dew/mgmt.toml";

/// Holds defaults for the options of the same names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) hsm: Option<String>,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) server_name: Option<String>,
    pub(crate) ukey: Option<PathBuf>,
    pub(crate) ukey_pin_file: Option<PathBuf>,
}

impl Profile {
    /// Reads the profile that was named, or the user's own if there is one.
    pub(crate) fn read(named: Option<&Path>) -> Result<Self, Error> {
        if let Some(path) = named {
            let text = fs::read_to_string(path).map_err(Error::file("read the profile", path))?;
            return Self::parse(&text, path);
        }
        let Some(path) = std::env::home_dir().map(|home| home.join(PLACE)) else {
            return Ok(Self::default());
        };
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::file("read the profile", &path)(error)),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let mut profile: Self = toml::from_str(text).map_err(|error| Error::Profile {
            path: path.to_owned(),
            reason: error.to_string().trim_end().to_owned(),
        })?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        for file in [
            &mut profile.ca,
            &mut profile.ukey,
            &mut profile.ukey_pin_file,
        ] {
            *file = file.take().map(|file| folder.join(file));
        }
        Ok(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_profile() {
        let text = "hsm = \"a:1\"\nca = \"ca.pem\"\nukey = \"/keys/alice.ukey\"";
        let profile = Profile::parse(text, Path::new("/keys/profile/mgmt.toml")).unwrap();
        assert_eq!(profile.hsm.as_deref(), Some("a:1"));
        assert_eq!(
            profile.ca.as_deref(),
            Some(Path::new("/keys/profile/ca.pem"))
        );
        assert_eq!(profile.ukey.as_deref(), Some(Path::new("/keys/alice.ukey")));
    }

    #[test]
    fn unknown_field_is_named_with_the_file() {
        let error = Profile::parse("hms = \"a:1\"", Path::new("/p/mgmt.toml")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("the profile /p/mgmt.toml is wrong: "),
            "{text}"
        );
        assert!(text.contains("hms"), "{text}");
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn named_profile_must_exist() {
        let error = Profile::read(Some(Path::new("/nowhere/mgmt.toml"))).unwrap_err();
        assert_eq!(error.exit_code(), 1);
    }
}
