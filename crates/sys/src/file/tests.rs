//! Private files on a real file system.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn new_file_is_private_and_never_replaces() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    write_new_private(&path, b"first").unwrap();
    assert_eq!(mode(&path), 0o600);
    let error = write_new_private(&path, b"second").unwrap_err();
    assert!(
        matches!(&error, Error::File { source, .. } if source.kind() == io::ErrorKind::AlreadyExists),
        "{error:?}"
    );
    assert_eq!(**read_private(&path, 100).unwrap(), b"first"[..]);
    assert_eq!(
        names(directory.path()),
        ["key"],
        "no temporary file is left"
    );
}

#[test]
fn replaced_file_is_private_even_if_the_old_one_was_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    fs::write(&path, b"old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    replace_private(&path, b"new").unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(**read_private(&path, 3).unwrap(), b"new"[..]);
    assert_eq!(names(directory.path()), ["key"]);
}

#[test]
fn file_name_without_directory_is_in_the_current_one() {
    assert_eq!(directory_of(Path::new("key")), Path::new("."));
    assert_eq!(directory_of(Path::new("a/key")), Path::new("a"));
    assert!(write_new_private(Path::new("/"), b"").is_err());
}

#[test]
fn leftover_temporary_file_does_not_stop_a_write() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    let leftover = directory
        .path()
        .join(format!(".key.{}-0.new", std::process::id()));
    fs::write(&leftover, b"torn").unwrap();
    write_new_private(&path, b"whole").unwrap();
    assert_eq!(**read_private(&path, 100).unwrap(), b"whole"[..]);
}

#[test]
fn file_open_to_others_is_refused_with_the_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    for bits in [0o640, 0o604, 0o620, 0o610, 0o777] {
        fs::write(&path, b"secret").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
        let text = read_private(&path, 100).unwrap_err().to_string();
        let name = path.display();
        let expected = format!(
            "{name} can be used by others (mode {bits:04o}); make it private: chmod 600 {name}"
        );
        assert_eq!(text, expected);
    }
}

#[test]
fn foreign_owner_is_refused() {
    if !nix::unistd::geteuid().is_root() {
        println!("SKIPPED: only root can make a file of another user");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    write_new_private(&path, b"secret").unwrap();
    std::os::unix::fs::chown(&path, Some(4711), None).unwrap();
    let error = read_private(&path, 100).unwrap_err();
    assert!(
        matches!(
            error,
            Error::FileOwner {
                owner: 4711,
                expected: 0,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn only_regular_files_of_fitting_length_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    write_new_private(&path, &[7; 101]).unwrap();
    let error = read_private(&path, 100).unwrap_err();
    assert!(
        matches!(
            error,
            Error::FileTooLong {
                length: 101,
                limit: 100,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(read_private(&path, 101).unwrap().len(), 101);

    let error = read_private(directory.path(), 100).unwrap_err();
    assert!(matches!(error, Error::FileNotRegular { .. }), "{error}");
    let pipe = directory.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert!(matches!(
        read_private(&pipe, 100),
        Err(Error::FileNotRegular { .. })
    ));

    let link = directory.path().join("link");
    symlink(&path, &link).unwrap();
    assert_eq!(
        read_private(&link, 101).unwrap().len(),
        101,
        "the target decides"
    );
}
