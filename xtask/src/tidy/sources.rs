//! What the rules look at: the workspace's text files and its crates.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::workspace::Package;

/// Folders that are not part of the project's text.
const PASSED_OVER: &[&str] = &[".git", "run", "target"];

/// What the names of text files end in; other files are passed over.
const TEXTS: &[&str] = &[
    ".conf", ".md", ".rs", ".service", ".sh", ".socket", ".sql", ".toml", ".yml", "run",
];

/// A text file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its path from the workspace's root, with slashes.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl Source {
    /// Tells whether it is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Tells whether it holds tests only.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.split('/').any(|part| part == "tests")
    }

    /// Numbers its lines from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }
}

/// A crate of the workspace, reduced to what rules ask about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crate {
    /// Its name.
    pub(crate) name: String,
    /// Its manifest, from the workspace's root.
    pub(crate) manifest: String,
    /// The members that it depends on.
    pub(crate) members: Vec<String>,
    /// The packages from elsewhere that it depends on.
    pub(crate) strangers: Vec<String>,
    /// The root files of its libraries and programs.
    pub(crate) roots: Vec<String>,
    /// All its Rust, in one text.
    pub(crate) rust: String,
}

/// Reads every text file of the workspace.
pub(crate) fn read(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    read_folder(root, root, &mut sources)?;
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn read_folder(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            if !PASSED_OVER.contains(&name.as_str()) {
                read_folder(root, &path, sources)?;
            }
        } else if TEXTS.iter().any(|ending| name.ends_with(ending)) {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {} as text", path.display()))?;
            sources.push(Source {
                path: from_root(root, &path),
                text,
            });
        }
    }
    Ok(())
}

/// Describes the crates by what cargo and their sources say.
pub(crate) fn crates(root: &Path, packages: &[Package], sources: &[Source]) -> Vec<Crate> {
    packages
        .iter()
        .map(|package| describe(root, package, sources))
        .collect()
}

fn describe(root: &Path, package: &Package, sources: &[Source]) -> Crate {
    let folder = format!("{}/", from_root(root, package.folder()));
    let (members, strangers): (Vec<_>, Vec<_>) = package
        .dependencies
        .iter()
        .partition(|dependency| dependency.path.is_some());
    let names = |list: Vec<&crate::workspace::Dependency>| {
        list.into_iter()
            .map(|dependency| dependency.name.clone())
            .collect()
    };
    let shipped = |kind: &String| ["bin", "cdylib", "lib", "rlib"].contains(&kind.as_str());
    Crate {
        name: package.name.clone(),
        manifest: from_root(root, &package.manifest_path),
        members: names(members),
        strangers: names(strangers),
        roots: package
            .targets
            .iter()
            .filter(|target| target.kind.iter().any(shipped))
            .map(|target| from_root(root, &target.src_path))
            .collect(),
        rust: sources
            .iter()
            .filter(|source| source.is_rust() && source.path.starts_with(&folder))
            .map(|source| source.text.as_str())
            .collect(),
    }
}

fn from_root(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}
