//! `cargo xtask dist`: the release archive.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::workspace::{self, Profile};
use crate::{command, report};

/// What goes into the archive: the file in the workspace (below `target/dist` for what is built), and its place there.
#[derive(Debug)]
enum Item {
    /// Built by cargo.
    Built(&'static str, &'static str),
    /// A file, or a folder with all its files.
    Kept(&'static str, &'static str),
}

#[rustfmt::skip] // A table reads by its columns.
const ITEMS: &[Item] = &[
    Item::Built("dew",                "bin/dew"),
    Item::Built("dew-agent",          "bin/dew-agent"),
    Item::Built("dew-mgmt",           "bin/dew-mgmt"),
    Item::Built("dew-server",         "bin/dew-server"),
    Item::Built("hsmd",               "bin/hsmd"),
    Item::Built("libdew_pkcs11.so",   "lib/libdew-pkcs11.so"),
    Item::Kept("libdew-pkcs11/include", "include"),
    Item::Kept("packaging",           "packaging"),
    Item::Kept("docs",                "docs"),
    Item::Kept("CHANGELOG.md",        "CHANGELOG.md"),
    Item::Kept("LICENSE",             "LICENSE"),
    Item::Kept("README.md",           "README.md"),
    Item::Kept("SECURITY.md",         "SECURITY.md"),
];

/// Builds what is shipped and packs it into `target/dist/dew-VERSION.tar.gz`.
pub(crate) fn run() -> Result<()> {
    workspace::build(Profile::Dist)?;
    let output = Profile::Dist.output();
    let name = format!("dew-{}", workspace::version());
    let folder = output.join(&name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    for item in ITEMS {
        let (from, to) = match item {
            Item::Built(from, to) => (output.join(from), to),
            Item::Kept(from, to) => (workspace::root().join(from), to),
        };
        copy(&from, &folder.join(to))?;
    }
    write_checksums(&folder)?;
    let archive = output.join(format!("{name}.tar.gz"));
    // Names, owners and times that do not depend on who packs make two archives of one commit equal.
    command::line(
        "tar",
        [
            "--sort=name",
            "--owner=0",
            "--group=0",
            "--numeric-owner",
            "--mtime=@0",
            "-czf",
        ],
    )
    .args([
        archive.as_os_str(),
        "-C".as_ref(),
        output.as_os_str(),
        name.as_ref(),
    ])
    .run()?;
    report::result(&archive.display().to_string());
    Ok(())
}

/// Copies a file, or a folder with all its files.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        return files(from)?
            .iter()
            .try_for_each(|file| copy(file, &to.join(file.strip_prefix(from)?)));
    }
    let parent = to.parent().context("a file lies in a folder")?;
    std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    std::fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// Writes `SHA256SUMS` in the form that `sha256sum --check` reads.
fn write_checksums(folder: &Path) -> Result<()> {
    let mut names = Vec::new();
    for file in files(folder)? {
        names.push(file.strip_prefix(folder)?.to_owned());
    }
    let sums = command::line("sha256sum", &names)
        .in_folder(folder)
        .output()?;
    std::fs::write(folder.join("SHA256SUMS"), sums).context("cannot write SHA256SUMS")
}

/// Lists the files below a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_copied_whole_and_its_checksums_hold() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("from"), place.path().join("to"));
        std::fs::create_dir_all(from.join("deep")).unwrap();
        std::fs::write(from.join("deep/a"), "abc").unwrap();
        copy(&from, &to).unwrap();
        write_checksums(&to).unwrap();
        // SHA-256 of "abc": FIPS 180-4, example B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  deep/a\n";
        assert_eq!(
            std::fs::read_to_string(to.join("SHA256SUMS")).unwrap(),
            expected
        );
    }
}
