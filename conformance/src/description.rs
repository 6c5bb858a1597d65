//! Description files: what a person has to know to try a module, and which of its departures are known.
//!
//! | module | what it is |
//! |---|---|
//! | [`known`] | known departures, and how they change a report |
//! | `builtin` | the examples that this program carries |
//! | `version` | versions of libraries |

mod builtin;
pub mod known;
#[cfg(test)]
mod tests;
mod version;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::c::Function;
use crate::catalogue;
use crate::report::model;
use crate::target::Choice;
pub use known::{Known, Stale};

/// Why a description file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read at all.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It is not TOML, or has keys and values that a description has not.
    #[error("{path} is not a description of a module")]
    Form {
        /// The file.
        path: PathBuf,
        /// Where, and what would be right.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// It says something that cannot be.
    #[error("{path}: {what}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What.
        what: String,
    },
}

/// What a person has to know of a module to try it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// What to call it in reports.
    pub name: String,
    /// Which modules it is about.
    pub module: Matching,
    /// Its token.
    #[serde(default)]
    pub token: Token,
    /// Its PINs.
    #[serde(default)]
    pub pin: Pin,
    /// What it lacks.
    #[serde(default)]
    pub missing: Missing,
    /// What else a person should know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How long a case may take at least, for slow devices.
    #[serde(default)]
    pub deadline_seconds: Option<u64>,
    /// The departures that are known.
    #[serde(default)]
    pub known: Vec<Known>,
}

/// Which modules a description is about: those that fit all that is given, with `*` for any characters.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// The manufacturer of `C_GetInfo`.
    #[serde(default)]
    pub manufacturer: Option<String>,
    /// The description of `C_GetInfo`.
    #[serde(default)]
    pub description: Option<String>,
    /// The name of the module's file.
    #[serde(default)]
    pub file: Option<String>,
}

/// A token, before it can be tried.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// How to make one that is ready, in a command or a sentence; none where it comes ready.
    #[serde(default)]
    pub initialize: Option<String>,
    /// Which slot to use.
    #[serde(default)]
    pub slot: Slot,
}

/// Which slot to use where the command line does not say it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The first with an initialised token.
    #[default]
    First,
    /// The one with this number.
    Number(u64),
    /// The one whose token has this label.
    Label(String),
}

/// The PINs of a module.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// How a PIN is written, where it is not just a word.
    #[serde(default)]
    pub format: Option<String>,
    /// How many bytes it has at least.
    #[serde(default)]
    pub min: Option<u64>,
    /// How many bytes it has at most.
    #[serde(default)]
    pub max: Option<u64>,
}

/// What a module lacks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// Functions that answer `CKR_FUNCTION_NOT_SUPPORTED`.
    #[serde(default)]
    pub functions: Vec<String>,
    /// Anything else, in a few words each.
    #[serde(default)]
    pub features: Vec<String>,
}

impl Description {
    /// Reads a description file.
    ///
    /// # Errors
    /// If it cannot be read, is no description, or says what cannot be.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Returns the example that this program carries for a module.
    #[must_use]
    pub fn find_for(module: &model::Module) -> Option<Self> {
        builtin::all()
            .into_iter()
            .find(|description| description.module.fits(module))
    }

    /// Marks the failures that are known, and returns the known departures that did not show.
    pub fn apply(&self, report: &mut model::Report) -> Vec<Stale> {
        report.module.name.clone_from(&self.name);
        known::apply(&self.known, report)
    }

    /// Returns how long a case may take at least.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline_seconds.map(Duration::from_secs)
    }

    /// Returns which slot to use.
    #[must_use]
    pub fn choice(&self) -> Choice {
        match &self.token.slot {
            Slot::First => Choice::First,
            Slot::Number(number) => Choice::Slot(*number),
            Slot::Label(label) => Choice::Label(label.clone()),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let description: Self = toml::from_str(text).map_err(|source| Error::Form {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        match description.fault() {
            None => Ok(description),
            Some(what) => Err(Error::Content {
                path: path.to_owned(),
                what,
            }),
        }
    }

    /// Returns what cannot be.
    fn fault(&self) -> Option<String> {
        let cases: Vec<_> = catalogue::cases().into_iter().map(|case| case.id).collect();
        let mut numbers = BTreeSet::new();
        let repeated = |known: &Known| {
            (!numbers.insert(known.number))
                .then(|| format!("there are two known departures {}", known.number))
        };
        self.fault_of_words().or_else(|| {
            let faults = self.known.iter().map(|known| known.fault(&cases));
            let repeated = self.known.iter().map(repeated);
            faults.chain(repeated).flatten().next()
        })
    }

    fn fault_of_words(&self) -> Option<String> {
        if self.name.trim().is_empty() {
            return Some("`name` is empty".to_owned());
        }
        if self.module.is_empty() {
            return Some(
                "[module] needs one of `manufacturer`, `description` and `file`".to_owned(),
            );
        }
        if let (Some(min), Some(max)) = (self.pin.min, self.pin.max)
            && min > max
        {
            return Some(format!("[pin] has a `min` of {min} and a `max` of {max}"));
        }
        if self.deadline_seconds == Some(0) {
            return Some("`deadline_seconds` is 0, so every case would hang".to_owned());
        }
        let known = |name: &String| Function::ALL.iter().any(|one| one.name() == name);
        let unknown = self.missing.functions.iter().find(|name| !known(name))?;
        Some(format!("PKCS#11 has no function {unknown}"))
    }
}

impl Matching {
    fn is_empty(&self) -> bool {
        self.manufacturer.is_none() && self.description.is_none() && self.file.is_none()
    }

    fn fits(&self, module: &model::Module) -> bool {
        let file = Path::new(&module.path).file_name();
        let file = file.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let pairs = [
            (&self.manufacturer, module.manufacturer.as_str()),
            (&self.description, module.description.as_str()),
            (&self.file, file.as_str()),
        ];
        let fits = |(pattern, text): (&Option<String>, &str)| {
            pattern.as_ref().is_none_or(|pattern| same(pattern, text))
        };
        !self.is_empty() && pairs.into_iter().all(fits)
    }
}

/// Tells whether a text is as a pattern says, with `*` for any characters.
fn same(pattern: &str, text: &str) -> bool {
    if pattern.contains('*') {
        catalogue::matches(pattern, text)
    } else {
        pattern == text
    }
}
