//! A chain that was set up once, to be copied by every test.
//!
//! Each command of an administrator derives a key from the UKey's PIN, which is made to take a second. Tests need the
//! outcome of a dozen of them, and it is the same for all: so the first test that finds none (or one of other programs)
//! makes it, and all copy it.

use std::fs::{self, File};
use std::io::Result;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tempfile::TempDir;

use super::{Access, Chain};
use crate::alone::Folder;
use crate::program;
use crate::programs::profile_folder;

/// Copies a chain that is set up, and stopped, into `folder`.
pub(super) fn copy_into(folder: &Path) {
    let templates = profile_folder().join("chain-templates");
    let copied = fs::create_dir_all(&templates).and_then(|()| {
        let lock = File::create(templates.join("lock"))?;
        lock.lock()?;
        let template = templates.join(stamp()?);
        if !template.exists() {
            make(&templates, &template)?;
        }
        copy_folder(&template, folder)
    });
    copied.unwrap_or_else(|error| {
        panic!("cannot copy a chain from {}: {error}", templates.display())
    });
}

/// Tells builds of the programs apart.
fn stamp() -> Result<String> {
    let stamps: Result<Vec<_>> = ["hsmd", "dew-mgmt"]
        .map(|name| {
            let modified = fs::metadata(program(name))?.modified()?;
            let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
            Ok(since.as_nanos().to_string())
        })
        .into_iter()
        .collect();
    Ok(stamps?.join("-"))
}

/// Sets a chain up, stops it, and leaves it in `template`, in place of those of earlier builds.
fn make(templates: &Path, template: &Path) -> Result<()> {
    let folder = TempDir::new_in(templates)?;
    let mut chain = Chain::start_factory_in(Folder::Given(folder.path().to_path_buf()));
    chain.set_up();
    chain.stop_hsmd();
    drop(chain);
    for old in fs::read_dir(templates)? {
        let path = old?.path();
        if path.is_dir() && path != folder.path() {
            fs::remove_dir_all(path)?;
        }
    }
    fs::rename(folder.keep(), template)
}

/// Copies a folder with all that is in it, permissions included.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Puts another address into a configuration that was written for `old`.
pub(super) fn readdress(file: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(file)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    assert!(
        text.contains(old),
        "{} does not name {old}:\n{text}",
        file.display()
    );
    fs::write(file, text.replace(old, new)).expect("the chain's folder is ours");
}

/// The configurations in which a set-up chain's address stands.
pub(super) fn addressed_files() -> Vec<PathBuf> {
    let agents = Access::ALL.map(|access| PathBuf::from(access.name()).join("agent.toml"));
    [PathBuf::from("hsm/hsmd.toml")]
        .into_iter()
        .chain(agents)
        .collect()
}
