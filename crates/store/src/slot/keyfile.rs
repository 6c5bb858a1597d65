//! Key files: 32 random bytes that only the HSM's user can read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;

use crate::error::SealError;
use crate::secret::{KEY_LEN, Secret};

/// Makes a key file with 32 random bytes, mode 0600, on disk when this returns. An existing file is never touched.
pub fn create_key_file(path: &Path) -> Result<(), SealError> {
    let secret = Secret::random()?;
    write_new(path, &secret).map_err(|error| refuse(path, format!("cannot be made: {error}")))
}

fn write_new(path: &Path, secret: &Secret) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(secret.expose())?;
    file.sync_all()?;
    match path.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Reads a key file, after looking at the opened file itself: type, owner, mode and length.
pub(super) fn read(path: &Path) -> Result<Secret, SealError> {
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits())
        .open(path)
        .map_err(|error| refuse(path, format!("cannot be opened: {error}")))?;
    let metadata = file
        .metadata()
        .map_err(|error| refuse(path, format!("cannot be examined: {error}")))?;
    if !metadata.is_file() {
        return Err(refuse(
            path,
            "is not a regular file; give the file itself, not a link",
        ));
    }
    if metadata.uid() != nix::unistd::geteuid().as_raw() {
        return Err(refuse(
            path,
            "belongs to another user; chown it to the HSM's user",
        ));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(refuse(
            path,
            "can be reached by others; chmod it to 0600 and replace the slot",
        ));
    }
    if metadata.len() != KEY_LEN as u64 {
        return Err(refuse(
            path,
            "does not hold 32 bytes; restore it from where you keep its copy",
        ));
    }
    let mut outcome = Ok(());
    let secret = Secret::filled(|bytes| outcome = file.read_exact(bytes));
    outcome.map_err(|error| refuse(path, format!("cannot be read: {error}")))?;
    Ok(secret)
}

fn refuse(path: &Path, why: impl Into<String>) -> SealError {
    SealError::KeyFile {
        path: path.to_owned(),
        why: why.into(),
    }
}
