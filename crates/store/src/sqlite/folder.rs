//! The store's folder: made private, and refused when it no longer is.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::error::StoreError;

const DATABASE: &str = "hsm.db";
/// A store in the making; it gets its name when it is whole.
const UNFINISHED: &str = "hsm.db.new";
/// SQLite's log, and the files it may make beside it.
const COMPANIONS: [&str; 3] = ["hsm.db-wal", "hsm.db-shm", "hsm.db-journal"];

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Where the database of an existing store is, when folder and files are private to this user.
pub(super) fn examine(folder: &Path) -> Result<PathBuf, StoreError> {
    let database = folder.join(DATABASE);
    if !exists(&database)? {
        return Err(StoreError::NoStore {
            path: folder.to_owned(),
        });
    }
    check_private(folder, FOLDER_MODE)?;
    check_private(&database, FILE_MODE)?;
    for companion in COMPANIONS.map(|name| folder.join(name)) {
        if exists(&companion)? {
            check_private(&companion, FILE_MODE)?;
        }
    }
    Ok(database)
}

/// Makes the folder if need be, and in it an empty private file for a store in the making.
pub(super) fn prepare(folder: &Path) -> Result<PathBuf, StoreError> {
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Ok(()) => sync_folder(folder.parent().unwrap_or(folder))?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed("making", folder, error)),
    }
    check_private(folder, FOLDER_MODE)?;
    if exists(&folder.join(DATABASE))? {
        return Err(StoreError::Exists {
            path: folder.to_owned(),
        });
    }
    let unfinished = folder.join(UNFINISHED);
    for leftover in ["", "-wal", "-shm", "-journal"] {
        let path = folder.join(format!("{UNFINISHED}{leftover}"));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(failed("removing", &path, error));
            }
            _ => {}
        }
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(&unfinished)
        .map_err(|error| failed("making", &unfinished, error))?;
    Ok(unfinished)
}

/// Gives a finished store its name. It is on disk when this returns.
pub(super) fn finish(folder: &Path) -> Result<(), StoreError> {
    let unfinished = folder.join(UNFINISHED);
    File::open(&unfinished)
        .and_then(|file| file.sync_all())
        .map_err(|error| failed("flushing", &unfinished, error))?;
    // A link, unlike a rename, fails when another process has made a store here meanwhile.
    let database = folder.join(DATABASE);
    fs::hard_link(&unfinished, &database).map_err(|error| failed("naming", &database, error))?;
    fs::remove_file(&unfinished).map_err(|error| failed("removing", &unfinished, error))?;
    sync_folder(folder)
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    let folder = if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    };
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(|error| failed("flushing", folder, error))
}

fn exists(path: &Path) -> Result<bool, StoreError> {
    path.try_exists()
        .map_err(|error| failed("examining", path, error))
}

fn check_private(path: &Path, mode: u32) -> Result<(), StoreError> {
    let metadata = fs::metadata(path).map_err(|error| failed("examining", path, error))?;
    let refuse = |why| {
        Err(StoreError::Permissions {
            path: path.to_owned(),
            why,
            mode,
        })
    };
    if metadata.uid() != nix::unistd::geteuid().as_raw() {
        return refuse("belongs to another user");
    }
    if metadata.mode() & 0o077 != 0 {
        return refuse("can be reached by other users");
    }
    Ok(())
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::File {
        doing,
        path: path.to_owned(),
        source,
    }
}
