//! `cargo xtask tidy`: the rules of the house that no compiler knows.
//!
//! Each rule is a pure function in its own file, from what was read of the workspace to findings, so that its tests show
//! it failing on a small input.

mod dependencies;
mod edges;
mod ignored;
mod lengths;
mod machine_paths;
mod pains;
mod sources;
mod statements;
mod unsafe_code;

use std::fmt;

use anyhow::{Context as _, Result, bail};

use crate::{matrix, report, workspace};

/// A breach of a rule: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The file, from the workspace's root.
    pub(crate) file: String,
    /// The line, from 1; 0 where the whole file is meant.
    pub(crate) line: usize,
    /// What is wrong and what to do.
    pub(crate) text: String,
}

impl Finding {
    /// Makes a finding.
    fn new(file: impl Into<String>, line: usize, text: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.text),
            line => write!(f, "{}:{line}: {}", self.file, self.text),
        }
    }
}

/// Checks every rule and names every breach.
pub(crate) fn run() -> Result<()> {
    report::step("tidy");
    let findings = findings()?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} to mend, listed above", findings.len());
    }
    matrix::check()
}

fn findings() -> Result<Vec<Finding>> {
    let root = workspace::root();
    let read = |name: &str| {
        std::fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"))
    };
    let sources = sources::read(&root)?;
    let crates = sources::crates(&root, &workspace::packages()?, &sources);
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")?).context("Cargo.toml")?;
    Ok([
        edges::check(&crates),
        dependencies::check(&manifest, &read("deny.toml")?, &crates),
        unsafe_code::check(&crates, &sources),
        lengths::check(&sources),
        machine_paths::check(&sources),
        ignored::check(&sources),
        pains::check(&read(pains::PAGE)?, &sources),
        statements::check(&sources),
    ]
    .concat())
}
