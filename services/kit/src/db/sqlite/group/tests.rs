//! Works that share a commit.

use std::thread::{scope, yield_now};

use super::super::connection::Source;
use super::*;

const WRITERS: usize = 32;

fn group(folder: &tempfile::TempDir) -> Group {
    let source = Source::new(folder.path().join("test.db").to_str().unwrap()).unwrap();
    let writer = source.writer().unwrap();
    writer
        .execute_batch("CREATE TABLE things (id BIGINT PRIMARY KEY)")
        .unwrap();
    let group = Group::new(writer, false);
    // However slow the machine is, what waits before the door gets into the batch.
    group.seat.enter().unwrap().patience = Duration::from_secs(3_600);
    group
}

fn add(tx: &mut Tx<'_>, id: usize) -> Result<u64, Error> {
    let id = i64::try_from(id).unwrap();
    tx.execute("INSERT INTO things (id) VALUES ($1)", &[id.into()])
}

/// Runs one work per number while the first keeps the others before the door.
fn together(group: &Group, work: impl Fn(&mut Tx<'_>, usize) -> Result<u64, Error> + Sync) {
    scope(|scope| {
        let (begun, begin) = std::sync::mpsc::channel();
        let work = &work;
        scope.spawn(move || {
            let held = group.write(|tx| {
                begun.send(()).unwrap();
                while group.queued.load(Ordering::SeqCst) < WRITERS - 1 {
                    yield_now();
                }
                work(tx, 0)
            });
            held.unwrap();
        });
        begin.recv().unwrap();
        for id in 1..WRITERS {
            scope.spawn(move || {
                let _: Result<u64, Error> = group.write(|tx| work(tx, id));
            });
        }
    });
}

fn count(group: &Group) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM things";
    let counted: Result<i64, Error> = group.write(|tx| tx.count(sql, &[]));
    counted.unwrap()
}

#[test]
fn writers_share_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let group = group(&folder);
    together(&group, add);
    assert_eq!(group.commits(), 1);
    assert_eq!(count(&group), 32);
}

#[test]
fn one_failure_in_a_batch_is_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let group = group(&folder);
    together(&group, |tx, id| {
        add(tx, id)?;
        if id % 2 == 1 {
            add(tx, id)?;
        }
        Ok(1)
    });
    assert_eq!(count(&group), 16);
}

#[test]
fn a_batch_that_the_database_undoes_fails_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let group = group(&folder);
    let failed = AtomicUsize::new(0);
    scope(|scope| {
        let (begun, begin) = std::sync::mpsc::channel();
        let group = &group;
        let first = scope.spawn(move || {
            group.write(|tx| {
                begun.send(()).unwrap();
                while group.queued.load(Ordering::SeqCst) < 1 {
                    yield_now();
                }
                add(tx, 1)
            })
        });
        begin.recv().unwrap();
        let second: Result<u64, Error> = group.write(|tx| {
            // As a full disk would.
            tx.execute("ROLLBACK", &[])?;
            failed.fetch_add(1, Ordering::SeqCst);
            Ok(0)
        });
        assert_eq!(failed.load(Ordering::SeqCst), 1);
        assert!(second.is_err());
        assert!(first.join().unwrap().is_err());
    });
    assert_eq!(count(&group), 0);
    let added: Result<u64, Error> = group.write(|tx| add(tx, 2));
    assert_eq!(added, Ok(1));
}
