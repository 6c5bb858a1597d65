//! Files that appear under their name whole or not at all.

use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Writes a file so that a reader finds the old one or the new one, and never a part.
///
/// # Errors
/// The folder or the file cannot be written; what stood there before still stands.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let parent = path.parent();
    let folder = parent
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".dew-")
        .suffix(".new")
        // What anybody may do whom the umask lets: a report is for others to read.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()
}
