//! What the tests of stores share.

use std::path::Path;

use audit::{Actor, Event, Outcome};
use store::hierarchy::MetaKey;
use store::{Batch, Change, Kind, Row, SqliteStore, Store};

pub(crate) const PARTITION: [u8; 16] = [7; 16];

pub(crate) fn id(number: u64) -> [u8; 16] {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    id
}

pub(crate) fn event(operation: &str) -> Event {
    Event {
        time_ms: 1_700_000_000_000,
        actor: Actor::User,
        agent: None,
        partition: Some(PARTITION),
        operation: operation.into(),
        object: None,
        outcome: Outcome::OK,
        detail: None,
        signature: None,
    }
}

pub(crate) fn row(number: u64, version: u64) -> Row {
    let sealed = format!("record {number} version {version} ")
        .into_bytes()
        .repeat(20);
    Row {
        partition: PARTITION,
        id: id(number),
        kind: Kind::PublicObject,
        version,
        sealed,
    }
}

pub(crate) fn put(number: u64, version: u64) -> Batch {
    batch(vec![Change::Put(row(number, version))])
}

pub(crate) fn delete(number: u64) -> Batch {
    batch(vec![Change::Delete {
        partition: PARTITION,
        id: id(number),
    }])
}

pub(crate) fn batch(changes: Vec<Change>) -> Batch {
    Batch {
        changes,
        event: event("C_CreateObject"),
    }
}

pub(crate) fn all_rows(store: &dyn Store) -> Vec<Row> {
    let mut rows = Vec::new();
    store
        .rows(None, None, &mut |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows.sort_by_key(|row: &Row| (row.partition, row.id));
    rows
}

/// A meta key of its own.
pub(crate) fn meta_key() -> MetaKey {
    MetaKey::generate().unwrap()
}

/// Makes a store of so many rows and closes it.
pub(crate) fn make_store(folder: &Path, meta: &MetaKey, rows: u64) {
    let store = SqliteStore::create(folder, meta).unwrap();
    for number in 0..rows {
        store.commit(put(number, 1)).unwrap();
    }
}
