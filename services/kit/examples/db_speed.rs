//! Measures how many transactions of one insert a database keeps each second: `db_speed ADDRESS THREADS SECONDS`.

use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};

use kit::db::{Database, Error, Migration};

const TABLES: &[Migration] = &[Migration {
    service: "speed",
    number: 1,
    sql: "CREATE TABLE entries (id BIGINT PRIMARY KEY, body BYTEA NOT NULL)",
}];

/// About the size of an audit record.
const BODY: [u8; 400] = [7; 400];

type Insert = fn(&Database, i64) -> Result<u64, Error>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, threads, seconds] = &words[..] else {
        return Err("usage: db_speed ADDRESS THREADS SECONDS".into());
    };
    let (threads, seconds) = (threads.parse()?, seconds.parse()?);
    let database = Database::open(address, TABLES)?;
    let newest = database.read(|tx| {
        let row = tx.row("SELECT MAX(id) AS id FROM entries", &[])?;
        row.map_or(Ok(None), |row| row.maybe_int("id"))
    });
    let next = AtomicI64::new(newest?.unwrap_or(0) + 1);
    let kinds: [(&str, Insert); 2] = [
        ("write", |database, id| database.write(|tx| insert(tx, id))),
        ("append", |database, id| {
            database.append(|tx| insert(tx, id))
        }),
    ];
    for (name, run) in kinds {
        let (before, first) = (database.commits(), next.load(Ordering::Relaxed));
        let start = Instant::now();
        let end = start + Duration::from_secs(seconds);
        scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while Instant::now() < end {
                        run(&database, next.fetch_add(1, Ordering::Relaxed))?;
                    }
                    Ok::<_, Error>(())
                });
            }
        });
        let inserts = next.load(Ordering::Relaxed) - first;
        let rate = u128::from(inserts.unsigned_abs()) * 1000 / start.elapsed().as_millis().max(1);
        let commits = database.commits() - before;
        writeln!(
            std::io::stdout(),
            "{name}, {threads} threads: {rate} a second ({inserts} in {commits} commits)"
        )?;
    }
    Ok(())
}

fn insert(tx: &mut kit::db::Tx<'_>, id: i64) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO entries (id, body) VALUES ($1, $2)",
        &[id.into(), BODY.as_slice().into()],
    )
}
