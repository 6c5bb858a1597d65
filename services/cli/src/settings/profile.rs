//! The credentials file of the SDKs, by the rules of the Python module that reads it there.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use configparser::ini::{Ini, IniDefault};

use crate::error::Error;

/// Where the file stands in a home directory.
const PLACE: &str = ".huaweicloud/credentials";
/// The section of project services' credentials.
const DEFAULT_SECTION: &str = "basic";
/// The section of global services' credentials, which has the account's id.
const GLOBAL_SECTION: &str = "global";

/// Holds one section of the file; none, where there is no file.
#[derive(Default)]
pub(super) struct Profile {
    path: Option<PathBuf>,
    file: Ini,
    section: String,
}

impl Profile {
    /// Reads the file that was named, or the user's own if there is one. A section that was named must be there.
    pub(super) fn read(named: Option<&Path>, section: Option<&str>) -> Result<Self, Error> {
        let own = || std::env::home_dir().map(|home| home.join(PLACE));
        let Some(path) = named.map(Path::to_owned).or_else(own) else {
            return Ok(Self::default());
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error)
                if error.kind() == io::ErrorKind::NotFound
                    && named.is_none()
                    && section.is_none() =>
            {
                return Ok(Self::default());
            }
            Err(error) => return Err(Error::file("read the credentials file", &path)(error)),
        };
        Self::parse(&text, path, section)
    }

    /// Reads the text of a file.
    pub(super) fn parse(text: &str, path: PathBuf, section: Option<&str>) -> Result<Self, Error> {
        let mut rules = IniDefault::default();
        rules.enable_inline_comments = false;
        let mut file = Ini::new_from_defaults(rules);
        let wrong = |reason: String| Error::CredentialsFile {
            path: path.clone(),
            reason,
        };
        file.read(text.to_owned()).map_err(wrong)?;
        let name = section.unwrap_or(DEFAULT_SECTION).to_lowercase();
        if section.is_some() && !file.sections().contains(&name) {
            return Err(wrong(format!("it has no section [{name}]")));
        }
        Ok(Self {
            path: Some(path),
            file,
            section: name,
        })
    }

    /// Finds a member of the section; an empty one counts as none.
    pub(super) fn member(&self, name: &str) -> Option<String> {
        let get = |section: &str| {
            let value = self.file.get(section, name)?;
            (!value.is_empty()).then_some(value)
        };
        let own = get(&self.section);
        if name != "domain_id" || self.section != DEFAULT_SECTION {
            return own;
        }
        // The two sections are one user's, as long as the access key is the same.
        let is_same =
            || self.file.get(GLOBAL_SECTION, "ak") == self.file.get(DEFAULT_SECTION, "ak");
        own.or_else(|| get(GLOBAL_SECTION).filter(|_| is_same()))
    }

    /// Warns when other users of this machine can read the secret key: the SDKs do not mind, but people should.
    pub(super) fn warn_if_shared(&self) {
        let Some(path) = &self.path else { return };
        if fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0) {
            let path = path.display();
            eprintln!("dew: warning: others can read the secret key in {path}; chmod 600 it");
        }
    }
}
