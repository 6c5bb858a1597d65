//! What only SQLite promises.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::super::{Backend, Database, Error};
use super::{TABLES, add, contract, count, hit};

fn url(folder: &Path) -> String {
    format!("sqlite:{}/test.db", folder.display())
}

#[test]
fn sqlite_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    contract::check(|| {
        number.set(number.get() + 1);
        format!("sqlite:{}/{}.db", folder.path().display(), number.get())
    });
}

#[test]
fn a_database_in_memory_is_shared_by_its_clones_alone() {
    let database = Database::open("sqlite::memory:", TABLES).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let database = database.clone();
            scope.spawn(move || {
                hit(&database).unwrap();
                count(&database);
            });
        }
    });
    assert_eq!(hit(&database), Ok(9));
    let other = Database::open("sqlite::memory:", TABLES).unwrap();
    assert_eq!(hit(&other), Ok(1));
    assert_eq!(database.backend(), Backend::Sqlite);
}

#[test]
fn the_files_are_for_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&url(folder.path()), TABLES).unwrap();
    add(&database, 1).unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().permissions().mode() & 0o777)
        .collect();
    assert_eq!(files, [0o600, 0o600, 0o600]);
}

#[test]
fn the_folder_must_exist() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Database::open(&url(&folder.path().join("none")), TABLES).err();
    assert!(
        matches!(refused, Some(Error::Unavailable { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_file_that_is_no_database_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("test.db"), "not a database".repeat(100)).unwrap();
    let refused = Database::open(&url(folder.path()), TABLES).err();
    assert!(matches!(refused, Some(Error::Broken { .. })), "{refused:?}");
}

#[test]
fn an_address_of_nothing_is_refused() {
    for url in ["", "sqlite:", "mysql://localhost/x", "test.db"] {
        let refused = Database::open(url, TABLES).err();
        assert!(
            matches!(refused, Some(Error::Address { .. })),
            "{url}: {refused:?}"
        );
    }
}

#[test]
fn a_work_inside_another_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for url in [&url(folder.path()), "sqlite::memory:"] {
        let database = Database::open(url, TABLES).unwrap();
        let outcome: Result<(), Error> = database.write(|_| add(&database, 1).map(|_| ()));
        assert_eq!(outcome, Err(Error::Nested), "{url}");
        assert_eq!(add(&database, 1), Ok(1), "{url}");
    }
    let memory = Database::open("sqlite::memory:", TABLES).unwrap();
    let outcome: Result<(), Error> = memory.read(|_| add(&memory, 1).map(|_| ()));
    assert_eq!(outcome, Err(Error::Nested));
}
