//! Files that hold secrets: made private, replaced whole, read only while they are private.
//!
//! A file appears under its name complete and durable, or not at all: the bytes go to a temporary
//! file beside it, which is flushed, then renamed, then the directory is flushed.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use nix::libc;
use zeroize::Zeroizing;

use crate::Error;

/// How many names are tried for a temporary file: more can only be left over by as many crashes.
const TEMPORARY_NAMES: u32 = 100;

/// Writes a new file that only its owner may use (0600), and refuses to touch one that exists.
///
/// # Errors
/// [`Error::File`], with `AlreadyExists` as its source when the name is taken.
pub fn write_new_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_through_temporary(path, bytes, |temporary| rename_to_new(temporary, path))
}

/// Writes a file that only its owner may use (0600), in place of the one that may be there.
///
/// # Errors
/// [`Error::File`]; the old file is then untouched.
pub fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_through_temporary(path, bytes, |temporary| fs::rename(temporary, path))
}

/// Reads a file of at most `max_len` bytes, if it is regular, private and this user's own.
///
/// # Errors
/// [`Error::FileNotRegular`], [`Error::FileOwner`], [`Error::FileNotPrivate`],
/// [`Error::FileTooLong`] or [`Error::File`].
pub fn read_private(path: &Path, max_len: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    let flags = libc::O_CLOEXEC | libc::O_NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(Error::file("open", path))?;
    require_private(&file, path)?;
    let length = file.metadata().map_err(Error::file("inspect", path))?.len();
    let too_long = |length| Error::FileTooLong {
        path: path.to_owned(),
        length,
        limit: max_len,
    };
    let capacity = match usize::try_from(length) {
        Ok(capacity) if capacity <= max_len => capacity,
        _ => return Err(too_long(length)),
    };
    // One byte more than the file has, so that the vector never grows and leaves a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity.saturating_add(1)));
    file.take(length)
        .read_to_end(&mut bytes)
        .map_err(Error::file("read", path))?;
    Ok(bytes)
}

fn require_private(file: &File, path: &Path) -> Result<(), Error> {
    let metadata = file.metadata().map_err(Error::file("inspect", path))?;
    if !metadata.is_file() {
        return Err(Error::FileNotRegular {
            path: path.to_owned(),
        });
    }
    let expected = nix::unistd::geteuid().as_raw();
    if metadata.uid() != expected {
        return Err(Error::FileOwner {
            path: path.to_owned(),
            owner: metadata.uid(),
            expected,
        });
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Error::FileNotPrivate {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

fn write_through_temporary(
    path: &Path,
    bytes: &[u8],
    publish: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), Error> {
    let (mut file, temporary) = create_temporary(path).map_err(Error::file("create", path))?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| publish(&temporary))
        .map_err(Error::file("write", path));
    if written.is_err() {
        // The first error is the one worth telling.
        let _ = fs::remove_file(&temporary);
        return written;
    }
    let directory = directory_of(path);
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::file("flush the directory", directory))
}

/// Creates a private file beside `path`, whose name shows what it was going to be.
fn create_temporary(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let process = std::process::id();
    for attempt in 0..TEMPORARY_NAMES {
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{process}-{attempt}.new"));
        let temporary = path.with_file_name(temporary);
        let mut options = OpenOptions::new();
        options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW);
        match options.open(&temporary) {
            Ok(file) => return Ok((file, temporary)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Renames, unless the new name is taken.
fn rename_to_new(temporary: &Path, path: &Path) -> io::Result<()> {
    match renameat2(
        AT_FDCWD,
        temporary,
        AT_FDCWD,
        path,
        RenameFlags::RENAME_NOREPLACE,
    ) {
        // A file system that does not know the flag (NFS) knows links, which do not replace.
        Err(Errno::EINVAL | Errno::ENOSYS) => {
            fs::hard_link(temporary, path)?;
            fs::remove_file(temporary)
        }
        other => other.map_err(io::Error::from),
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests;
