//! Where things lie in the workspace, and what it consists of.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::command;

/// How the workspace is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build: what tests use.
    Dev,
    /// Quick to run.
    Release,
    /// What is shipped.
    Dist,
}

impl Profile {
    /// Returns cargo's name for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
            Self::Dist => "dist",
        }
    }

    /// Returns the folder under the target directory that holds what it built.
    pub(crate) fn output(self) -> PathBuf {
        let folder = match self {
            Self::Dev => "debug",
            Self::Release | Self::Dist => self.name(),
        };
        target_dir().join(folder)
    }
}

/// Returns the workspace's root.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// Returns the directory that cargo builds into.
pub(crate) fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(elsewhere) => root().join(elsewhere),
        None => root().join("target"),
    }
}

/// Returns the version that all crates share.
pub(crate) const fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Builds every library and program, the module included.
pub(crate) fn build(profile: Profile) -> Result<()> {
    command::cargo([
        "build",
        "--workspace",
        "--lib",
        "--bins",
        "--profile",
        profile.name(),
    ])
    .run()
}

/// A member of the workspace, as `cargo metadata` describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its manifest.
    pub(crate) manifest_path: PathBuf,
    /// What it depends on, development dependencies included.
    pub(crate) dependencies: Vec<Dependency>,
    /// What is built from it.
    pub(crate) targets: Vec<Target>,
}

impl Package {
    /// Returns the folder of the package.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}

/// A dependency of a member.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The name of the package depended upon.
    pub(crate) name: String,
    /// Its folder, where it is a member itself.
    pub(crate) path: Option<PathBuf>,
}

/// A library, a program or a test of a member.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    /// What kinds of thing it is: `lib`, `bin`, `cdylib`, `test` ...
    pub(crate) kind: Vec<String>,
    /// Its root file.
    pub(crate) src_path: PathBuf,
}

/// Lists the members of the workspace.
pub(crate) fn packages() -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let json = command::cargo(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    let metadata: Metadata = serde_json::from_str(&json).context("cannot read `cargo metadata`")?;
    Ok(metadata.packages)
}
