//! Measures durable commits per second, for one client and for 32, and how long a store takes to open.
//!
//! `cargo run --release -p store --example commits -- FOLDER` (the folder's disk is what is measured).
#![expect(clippy::print_stdout, reason = "a program that reports to a terminal")]

use std::path::Path;
use std::time::{Duration, Instant};

use audit::{Actor, Event, Outcome};
use store::hierarchy::{MetaKey, PartitionKey};
use store::record::{Place, RecordKeys};
use store::{Batch, Change, Kind, Row, SqliteStore, Store, StoreError};

const SPAN: Duration = Duration::from_secs(3);
const MANY: u32 = 100_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: commits FOLDER")?;
    let folder = Path::new(&folder).join("store");
    let meta = MetaKey::generate()?;
    let store = SqliteStore::create(&folder, &meta)?;
    let key = PartitionKey::generate()?;
    for clients in [1, 32] {
        let rate = measure(&store, &key, clients)?;
        println!("{clients:>2} clients: {rate:.0} commits/s");
    }
    let start = Instant::now();
    for first in (0..MANY).step_by(1_000) {
        let changes: Result<Vec<_>, _> = (first..first + 1_000)
            .map(|number| put(&key, 1_000_000, number))
            .collect();
        store.commit(Batch {
            changes: changes?,
            event: event(),
        })?;
    }
    println!(
        "{MANY} rows in batches of 1,000: {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let head = store.head()?;
    drop(store);
    let start = Instant::now();
    let store = SqliteStore::open(&folder, &meta)?;
    let elapsed = start.elapsed().as_secs_f64();
    println!(
        "open and verify {} rows, {} entries: {elapsed:.2} s",
        head.rows, head.seq
    );
    let start = Instant::now();
    store.rows(None, None, &mut |_| Ok(()))?;
    println!("read all rows: {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn measure(store: &SqliteStore, key: &PartitionKey, clients: u32) -> Result<f64, StoreError> {
    let start = Instant::now();
    let total = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|client| {
                scope.spawn(move || {
                    let mut count = 0_u32;
                    while start.elapsed() < SPAN {
                        let change = put(key, clients * 1_000 + client, count)?;
                        store.commit(Batch {
                            changes: vec![change],
                            event: event(),
                        })?;
                        count += 1;
                    }
                    Ok(count)
                })
            })
            .collect();
        let counts = threads
            .into_iter()
            .map(|t| t.join().unwrap_or(Err(StoreError::Stopped)));
        counts.sum::<Result<u32, StoreError>>()
    })?;
    Ok(f64::from(total) / start.elapsed().as_secs_f64())
}

fn put(key: &PartitionKey, client: u32, number: u32) -> Result<Change, StoreError> {
    let mut object = [0; 16];
    // Ids are random in life; here the client's number is spread over the key space.
    object[..4].copy_from_slice(&number.wrapping_mul(0x9E37_79B9).to_be_bytes());
    object[4..8].copy_from_slice(&client.to_be_bytes());
    let place = Place {
        instance: [1; 16],
        partition: [2; 16],
        kind: Kind::PublicObject,
        object,
        version: 1,
        epoch: 1,
    };
    let body = [7; 1_000];
    let row = Row::seal(
        &place,
        RecordKeys {
            partition: key,
            user: None,
        },
        &body,
    )?;
    Ok(Change::Put(row))
}

fn event() -> Event {
    Event {
        time_ms: 1,
        actor: Actor::User,
        agent: Some("bench".into()),
        partition: Some([2; 16]),
        operation: "C_CreateObject".into(),
        object: Some([3; 16]),
        outcome: Outcome::OK,
        detail: None,
        signature: None,
    }
}
