//! The contract of `Store`, held by every backend.

use std::sync::Barrier;

use crate::common::{PARTITION, all_rows, batch, delete, event, id, meta_key, put, row};
use audit::Chain;
use store::{Batch, CHANGES_MAX, Change, Kind, MemoryStore, Row, SqliteStore, Store, StoreError};

/// A claim, and the function that checks it on an empty store.
struct Claim(&'static str, fn(&dyn Store));

const CLAIMS: [Claim; 11] = [
    Claim("an empty store has nothing", empty_store_has_nothing),
    Claim("what was put is read back", what_was_put_is_read_back),
    Claim("versions follow one another", versions_follow_one_another),
    Claim(
        "a deleted row is gone and may come again",
        deleted_row_is_gone,
    ),
    Claim(
        "a refused batch leaves nothing",
        refused_batch_leaves_nothing,
    ),
    Claim("a batch changes a row once", batch_changes_a_row_once),
    Claim("a batch has limits", batch_has_limits),
    Claim("an event alone is a commit", event_alone_is_a_commit),
    Claim("rows come in order and by partition", rows_come_in_order),
    Claim("the audit log verifies to the head", audit_log_verifies),
    Claim(
        "concurrent commits all count once",
        concurrent_commits_count_once,
    ),
];

#[test]
fn memory_store_keeps_the_contract() {
    for Claim(claim, check) in CLAIMS {
        println!("{claim}");
        check(&MemoryStore::new().unwrap());
    }
}

#[test]
fn sqlite_store_keeps_the_contract() {
    for Claim(claim, check) in CLAIMS {
        println!("{claim}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let meta = meta_key();
        let store = SqliteStore::create(&path, &meta).unwrap();
        check(&store);
        let (rows, head) = (all_rows(&store), store.head().unwrap());
        drop(store);
        let reopened = SqliteStore::open(&path, &meta).unwrap();
        assert_eq!(all_rows(&reopened), rows);
        assert_eq!(reopened.head().unwrap(), head);
    }
}

fn empty_store_has_nothing(store: &dyn Store) {
    let head = store.head().unwrap();
    assert_eq!((head.epoch, head.seq, head.rows), (1, 0, 0));
    assert!(all_rows(store).is_empty());
    assert!(store.audit(1, 10).unwrap().is_empty());
}

fn what_was_put_is_read_back(store: &dyn Store) {
    let large = Row {
        sealed: vec![9; 1 << 20],
        kind: Kind::Authority,
        ..row(2, 1)
    };
    store.commit(put(1, 1)).unwrap();
    store
        .commit(batch(vec![Change::Put(large.clone())]))
        .unwrap();
    assert_eq!(all_rows(store), [row(1, 1), large]);
    assert_eq!(store.head().unwrap().rows, 2);
}

fn versions_follow_one_another(store: &dyn Store) {
    for version in 1..=3 {
        assert_eq!(store.commit(put(1, version)).unwrap().seq, version);
    }
    for offered in [0, 1, 3, 5, u64::MAX] {
        match store.commit(put(1, offered)) {
            Err(StoreError::Conflict {
                found: 3,
                offered: named,
                ..
            }) => {
                assert_eq!(named, offered);
            }
            other => panic!("version {offered} after 3: {other:?}"),
        }
    }
    for offered in [0, 2] {
        let answer = store.commit(put(2, offered));
        assert!(
            matches!(answer, Err(StoreError::Conflict { found: 0, .. })),
            "{answer:?}"
        );
    }
    assert_eq!(all_rows(store), [row(1, 3)]);
    assert_eq!(store.head().unwrap().seq, 3);
}

fn deleted_row_is_gone(store: &dyn Store) {
    store.commit(put(1, 1)).unwrap();
    store.commit(put(1, 2)).unwrap();
    store.commit(delete(1)).unwrap();
    assert!(all_rows(store).is_empty());
    let again = store.commit(delete(1));
    assert!(
        matches!(again, Err(StoreError::Missing { .. })),
        "{again:?}"
    );
    store.commit(put(1, 1)).unwrap();
    assert_eq!(all_rows(store), [row(1, 1)]);
}

fn refused_batch_leaves_nothing(store: &dyn Store) {
    store.commit(put(1, 1)).unwrap();
    let before = store.head().unwrap();
    let changes = vec![
        Change::Put(row(2, 1)),
        Change::Put(row(3, 1)),
        Change::Put(row(1, 1)),
    ];
    assert!(matches!(
        store.commit(batch(changes)),
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(all_rows(store), [row(1, 1)]);
    assert_eq!(store.head().unwrap(), before);
    assert_eq!(store.audit(1, 10).unwrap().len(), 1);
}

fn batch_changes_a_row_once(store: &dyn Store) {
    let twice = batch(vec![Change::Put(row(1, 1)), Change::Put(row(1, 2))]);
    assert!(matches!(store.commit(twice), Err(StoreError::Twice { .. })));
    assert!(all_rows(store).is_empty());
}

fn batch_has_limits(store: &dyn Store) {
    let rows = |count: usize| (0..count as u64).map(|number| Change::Put(row(number, 1)));
    let answer = store.commit(batch(rows(CHANGES_MAX + 1).collect()));
    assert!(
        matches!(answer, Err(StoreError::TooLarge { .. })),
        "{answer:?}"
    );
    let answer = store.commit(batch(vec![Change::Put(Row {
        sealed: vec![0; 2 << 20],
        ..row(1, 1)
    })]));
    assert!(
        matches!(answer, Err(StoreError::TooLarge { .. })),
        "{answer:?}"
    );
    store.commit(batch(rows(CHANGES_MAX).collect())).unwrap();
    assert_eq!(all_rows(store).len(), CHANGES_MAX);
}

fn event_alone_is_a_commit(store: &dyn Store) {
    let event = event("C_Login");
    assert_eq!(
        store
            .commit(Batch {
                changes: Vec::new(),
                event: event.clone()
            })
            .unwrap()
            .seq,
        1
    );
    let entry = audit::Entry::decode(&store.audit(1, 1).unwrap()[0]).unwrap();
    assert_eq!(entry.event, event);
}

fn rows_come_in_order(store: &dyn Store) {
    let other = [8; 16];
    let mut expected = Vec::new();
    for number in (0..600).rev() {
        let partition = if number % 3 == 0 { other } else { PARTITION };
        let row = Row {
            partition,
            ..row(number, 1)
        };
        store.commit(batch(vec![Change::Put(row.clone())])).unwrap();
        expected.push(row);
    }
    expected.sort_by_key(|row| (row.partition, row.id));
    assert_eq!(all_rows(store), expected);
    let read = |partition, kind| {
        let mut found = Vec::new();
        let mut each = |row| {
            found.push(row);
            Ok(())
        };
        store.rows(partition, kind, &mut each).unwrap();
        found.sort_by_key(|row: &Row| (row.partition, row.id));
        found
    };
    let kind = expected[0].kind;
    assert_eq!(read(None, Some(kind)), expected);
    assert_eq!(read(None, Some(Kind::Authority)), []);
    expected.retain(|row| row.partition == other);
    assert_eq!(read(Some(other), None), expected);
    assert_eq!(store.count(other, Some(kind)).unwrap(), expected.len());
    assert_eq!(store.count(other, Some(Kind::Authority)).unwrap(), 0);
    for row in &expected {
        assert_eq!(store.row(other, row.id).unwrap(), Some(row.clone()));
    }
    assert_eq!(store.row(other, [0xee; 16]).unwrap(), None);
    store
        .rows(Some([9; 16]), None, &mut |_| panic!("no such partition"))
        .unwrap();
    let stopped = store.rows(None, None, &mut |row| {
        Err(StoreError::Missing {
            partition: row.partition,
            id: row.id,
        })
    });
    assert!(matches!(stopped, Err(StoreError::Missing { .. })));
}

fn audit_log_verifies(store: &dyn Store) {
    for number in 0..20 {
        store.commit(put(number, 1)).unwrap();
    }
    let head = store.head().unwrap();
    let entries = store.audit(1, 100).unwrap();
    let end = Chain {
        seq: head.seq,
        head: head.audit_head,
    };
    assert_eq!(audit::verify(&entries, Some(end)), Ok(end));
    assert_eq!(store.audit(0, 100).unwrap(), entries);
    assert_eq!(store.audit(5, 3).unwrap(), entries[4..7]);
    assert!(store.audit(21, 1).unwrap().is_empty());
    assert!(store.audit(u64::MAX, usize::MAX).unwrap().is_empty());
}

fn concurrent_commits_count_once(store: &dyn Store) {
    const CLIENTS: u32 = 8;
    const EACH: u32 = 25;
    let together = Barrier::new(usize::try_from(CLIENTS).unwrap());
    let mut acknowledged: Vec<u64> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    (0..EACH)
                        .map(|number| {
                            store
                                .commit(put(u64::from(client * EACH + number), 1))
                                .unwrap()
                                .seq
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    acknowledged.sort_unstable();
    assert!(acknowledged.into_iter().eq(1..=u64::from(CLIENTS * EACH)));
    // All at once for the same next version: one wins, the others are told.
    let wins = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    store.commit(put(0, 2))
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .filter(Result::is_ok)
            .count()
    });
    assert_eq!(wins, 1);
    assert_eq!(store.head().unwrap().rows, u64::from(CLIENTS * EACH));
    assert_eq!(all_rows(store)[0].id, id(0));
}
