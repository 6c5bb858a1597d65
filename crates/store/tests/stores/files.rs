//! The store's folder and files: private, or refused.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use store::{LockedStore, SqliteStore, Store, StoreError};

use crate::common::{make_store, meta_key, put};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn everything_made_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = SqliteStore::create(&path, &meta_key()).unwrap();
    store.commit(put(1, 1)).unwrap();
    assert_eq!(mode(&path), 0o700);
    let mut names = Vec::new();
    for file in fs::read_dir(&path).unwrap() {
        let file = file.unwrap();
        assert_eq!(mode(&file.path()), 0o600, "{:?}", file.path());
        names.push(file.file_name());
    }
    names.sort();
    assert_eq!(names, ["hsm.db", "hsm.db-wal"]);
}

#[test]
fn what_others_can_reach_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    make_store(&path, &meta_key(), 1);
    for (changed, private, open) in [
        (path.clone(), 0o700, 0o750),
        (path.join("hsm.db"), 0o600, 0o604),
    ] {
        fs::set_permissions(&changed, Permissions::from_mode(open)).unwrap();
        let message = LockedStore::open(&path).err().expect("refused").to_string();
        assert!(message.contains(&format!("chmod {private:o}")), "{message}");
        fs::set_permissions(&changed, Permissions::from_mode(private)).unwrap();
    }
    assert!(LockedStore::open(&path).is_ok());
}

#[test]
fn a_folder_that_others_can_reach_gets_no_store() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let answer = SqliteStore::create(folder.path(), &meta_key());
    assert!(matches!(answer, Err(StoreError::Permissions { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_store_is_not_made_over_another_nor_found_where_none_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    assert!(matches!(
        LockedStore::open(&path),
        Err(StoreError::NoStore { .. })
    ));
    let meta = meta_key();
    make_store(&path, &meta, 3);
    assert!(matches!(
        SqliteStore::create(&path, &meta),
        Err(StoreError::Exists { .. })
    ));
    assert_eq!(
        SqliteStore::open(&path, &meta)
            .unwrap()
            .head()
            .unwrap()
            .rows,
        3
    );
}

#[test]
fn a_store_left_in_the_making_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let meta = meta_key();
    make_store(&path, &meta, 0);
    fs::rename(path.join("hsm.db"), path.join("hsm.db.new")).unwrap();
    fs::write(path.join("hsm.db.new-wal"), b"torn").unwrap();
    assert!(matches!(
        SqliteStore::open(&path, &meta),
        Err(StoreError::NoStore { .. })
    ));
    assert_eq!(
        SqliteStore::create(&path, &meta)
            .unwrap()
            .head()
            .unwrap()
            .seq,
        0
    );
}
