//! Inserts numbers from several threads until it is killed, and writes each to its output once it is kept:
//! `db_acknowledged ADDRESS`.

use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::scope;

use kit::db::{Database, Migration};

const THREADS: usize = 8;

const TABLES: &[Migration] = &[Migration {
    service: "acknowledged",
    number: 1,
    sql: "CREATE TABLE numbers (number BIGINT PRIMARY KEY)",
}];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("an address is missing")?;
    let database = Database::open(&address, TABLES)?;
    let next = AtomicI64::new(1);
    scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| write(&database, &next).expect("the test kills this program first"));
        }
    });
    Ok(())
}

fn write(database: &Database, next: &AtomicI64) -> Result<(), Box<dyn std::error::Error>> {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let sql = "INSERT INTO numbers (number) VALUES ($1)";
        database.write(|tx| tx.execute(sql, &[number.into()]))?;
        writeln!(std::io::stdout(), "{number}")?;
    }
}
