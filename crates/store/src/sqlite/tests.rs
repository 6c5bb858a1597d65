use audit::{Actor, Event, Outcome};

use super::*;
use crate::store::Change;

fn put(number: u8, version: u64, length: usize) -> Batch {
    let row = Row {
        partition: [1; 16],
        id: [number; 16],
        kind: Kind::PublicObject,
        version,
        sealed: vec![number; length],
    };
    let event = Event {
        time_ms: 1,
        actor: Actor::System,
        agent: None,
        partition: None,
        operation: "test".into(),
        object: None,
        outcome: Outcome::OK,
        detail: None,
        signature: None,
    };
    Batch {
        changes: vec![Change::Put(row)],
        event,
    }
}

fn store() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store =
        SqliteStore::create(&folder.path().join("store"), &MetaKey::generate().unwrap()).unwrap();
    (folder, store)
}

fn pragma(store: &SqliteStore, name: &str, value: i64) {
    store
        .shared
        .with(|database| {
            database
                .connection
                .pragma_update(None, name, value)
                .unwrap();
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_full_disk_fails_the_commit_and_the_store_verifies_itself() {
    let (_folder, store) = store();
    store.commit(put(1, 1, 100)).unwrap();
    let head = store.head().unwrap();
    pragma(&store, "max_page_count", 1);
    let answer = store.commit(put(2, 1, 100_000));
    assert!(
        matches!(answer, Err(StoreError::Interrupted { .. })),
        "{answer:?}"
    );
    assert!(store.shared.is_distrusted());
    // The limit went with the connection; what was refused is not there, and the next commit works.
    assert_eq!(store.head().unwrap(), head);
    assert_eq!(store.commit(put(2, 1, 100_000)).unwrap().seq, 2);
}

#[test]
fn a_row_that_vanished_from_under_us_is_not_served() {
    let (_folder, store) = store();
    store.commit(put(1, 1, 100)).unwrap();
    store
        .shared
        .with(|database| {
            database
                .connection
                .execute("DELETE FROM records", [])
                .unwrap();
            Ok(())
        })
        .unwrap();
    let answer = store.rows(None, None, &mut |_| Ok(()));
    assert!(
        matches!(
            answer,
            Err(StoreError::Tampered {
                table: "records",
                ..
            })
        ),
        "{answer:?}"
    );
    // Writing over it finds nothing to write over, so the store looks again, and refuses itself.
    assert!(matches!(
        store.commit(put(1, 2, 100)),
        Err(StoreError::Interrupted { .. })
    ));
    let answer = store.commit(put(1, 2, 100));
    assert!(
        matches!(answer, Err(StoreError::Unusable { .. })),
        "{answer:?}"
    );
    assert!(matches!(store.head(), Err(StoreError::Tampered { .. })));
}

#[test]
fn a_row_that_changed_under_us_is_not_served() {
    let (_folder, store) = store();
    store.commit(put(1, 1, 100)).unwrap();
    store
        .shared
        .with(|database| {
            database
                .connection
                .execute("UPDATE records SET sealed = x'00'", [])
                .unwrap();
            Ok(())
        })
        .unwrap();
    let answer = store.rows(None, None, &mut |_| panic!("a changed row was served"));
    assert!(
        matches!(
            answer,
            Err(StoreError::Tampered {
                table: "records",
                ..
            })
        ),
        "{answer:?}"
    );
}

#[test]
fn a_refused_batch_does_not_fail_its_group() {
    let (_folder, store) = store();
    let group = [put(1, 1, 10), put(1, 1, 10), put(2, 1, 10), put(1, 2, 10)];
    let answers = store
        .shared
        .with(|database| Ok(database.commit(&group).unwrap()))
        .unwrap();
    let committed: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().ok().map(|c| c.seq))
        .collect();
    assert_eq!(committed, [Some(1), None, Some(2), Some(3)]);
    assert_eq!(store.head().unwrap().rows, 2);
}

#[test]
fn settings_are_the_durable_ones() {
    let (_folder, store) = store();
    let answers = [
        ("journal_mode", "wal"),
        ("locking_mode", "exclusive"),
        ("synchronous", "2"),
        ("secure_delete", "1"),
        ("trusted_schema", "0"),
        ("mmap_size", "0"),
        ("temp_store", "2"),
    ];
    store
        .shared
        .with(|database| {
            for (name, expected) in answers {
                let found = database
                    .connection
                    .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
                    .unwrap();
                let found = match found {
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    other => panic!("{other:?}"),
                };
                assert_eq!(found, expected, "{name}");
            }
            Ok(())
        })
        .unwrap();
}
