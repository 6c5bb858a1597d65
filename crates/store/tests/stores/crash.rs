//! What kill -9 leaves: everything that was acknowledged, and nothing in halves.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use store::hierarchy::{MetaKey, RootKey};
use store::slot::{Cost, RootSlot, SlotName, SlotSecret};
use store::{Change, LockedStore, SqliteStore, Store};

use crate::common::{all_rows, batch, put, row};

/// How often the child is killed. `STORE_KILL_CYCLES` asks for more.
const CYCLES: u64 = 20;

const SLOT_KEY: [u8; 32] = [0x5A; 32];
const COST: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

/// Rows that the child rewrites together in one batch, so that a torn batch shows as different versions.
const PAIR: [u64; 2] = [1_000_000, 1_000_001];

fn make(folder: &Path) {
    let root = RootKey::generate().unwrap();
    let name = SlotName {
        instance: [1; 16],
        id: [2; 16],
        label: "test",
    };
    let slot = RootSlot::seal(name, SlotSecret::Quorum(&SLOT_KEY), COST, &root).unwrap();
    let store = SqliteStore::create(folder, &root.meta_key()).unwrap();
    store
        .commit(batch(vec![Change::Put(slot.to_row())]))
        .unwrap();
}

fn reopen(folder: &Path) -> SqliteStore {
    let locked = LockedStore::open(folder).unwrap();
    let slot = locked.root_slots().unwrap().pop().unwrap();
    let meta: MetaKey = slot.open(SlotSecret::Quorum(&SLOT_KEY)).unwrap().meta_key();
    locked.unlock(&meta).unwrap()
}

/// Writes until killed; says each acknowledged number on its output.
#[test]
#[ignore = "the child that the_killed_writer_loses_nothing starts and kills"]
fn writes_until_killed() {
    let Some(folder) = std::env::var_os("STORE_KILL_FOLDER") else {
        return;
    };
    let store = reopen(Path::new(&folder));
    let start = store.head().unwrap().seq;
    let rows = all_rows(&store);
    let pair = rows.iter().find(|found| found.id == row(PAIR[0], 1).id);
    let mut version = pair.map_or(0, |pair| pair.version);
    let mut output = std::io::stdout();
    for number in start.. {
        version += 1;
        let mut changes: Vec<_> = PAIR.map(|pair| Change::Put(row(pair, version))).into();
        changes.push(Change::Put(row(number, 1)));
        store.commit(batch(changes)).unwrap();
        writeln!(output, "ack {number} {version}").unwrap();
        output.flush().unwrap();
    }
}

#[test]
fn the_killed_writer_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    make(&path);
    let cycles = std::env::var_os("STORE_KILL_CYCLES")
        .map_or(CYCLES, |count| count.to_str().unwrap().parse().unwrap());
    let mut acknowledged = Vec::new();
    for cycle in 0..cycles {
        // Different lengths, so that the kill falls on different steps.
        let last_version = run_child(path.as_os_str(), 1 + cycle * 7 % 23, &mut acknowledged);
        check(&path, &acknowledged, last_version, cycle);
    }
}

/// Lets the child have so many acknowledgements, kills it, and returns the last version it acknowledged.
fn run_child(folder: &OsStr, enough: u64, acknowledged: &mut Vec<u64>) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "crash::writes_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env("STORE_KILL_FOLDER", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last_version = 0;
    let mut seen = 0;
    let mut take = |line: String| {
        // The harness's own words may stand before the first.
        let Some((_, numbers)) = line.split_once("ack ") else {
            return false;
        };
        let (number, version) = numbers.split_once(' ').unwrap();
        acknowledged.push(number.parse().unwrap());
        last_version = version.parse().unwrap();
        true
    };
    while seen < enough {
        let line = output.next().expect("the child ended by itself").unwrap();
        seen += u64::from(take(line));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it acknowledged before it died and we had not read yet counts as well. Its last line may be torn.
    output
        .map_while(Result::ok)
        .filter(|line| line.matches(' ').count() >= 2)
        .for_each(|line| {
            take(line);
        });
    last_version
}

fn check(folder: &Path, acknowledged: &[u64], last_version: u64, cycle: u64) {
    let store = reopen(folder);
    let rows = all_rows(&store);
    for number in acknowledged {
        let expected = row(*number, 1);
        let found = rows.binary_search_by_key(&(expected.partition, expected.id), |row| {
            (row.partition, row.id)
        });
        let found = found.unwrap_or_else(|_| panic!("cycle {cycle}: lost row {number}"));
        assert_eq!(rows[found], expected);
    }
    let pair = &rows[rows.len() - 2..];
    assert_eq!(
        pair[0].version, pair[1].version,
        "cycle {cycle}: a torn batch"
    );
    assert!(
        pair[0].version >= last_version,
        "cycle {cycle}: lost version {last_version}"
    );
    // At most the one batch that was never acknowledged is there besides: each batch but the first adds one row.
    let numbered = rows.len() - 3;
    assert!(numbered - acknowledged.len() <= usize::try_from(cycle).unwrap() + 1);
    assert_eq!(store.head().unwrap().seq, 1 + numbered as u64);
}

#[test]
fn a_second_opener_is_told_that_the_store_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    make(&path);
    let store = reopen(&path);
    assert!(matches!(
        LockedStore::open(&path),
        Err(store::StoreError::Busy { .. })
    ));
    store.commit(put(1, 1)).unwrap();
    drop(store);
    assert!(LockedStore::open(&path).is_ok());
}
