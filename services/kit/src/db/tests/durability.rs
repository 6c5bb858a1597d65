//! What a database acknowledged is there after the program was killed.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::super::{Database, Error};

/// Enough that kills fall into all parts of a commit and of the log's rewriting.
const KILLS: usize = 5;
const ACKNOWLEDGED: usize = 300;

/// The examples lie beside the folder of the tests; `cargo test` and nextest build both.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.parent().and_then(|deps| deps.parent()).unwrap();
    target.join("examples/db_acknowledged")
}

/// Runs the program until it has acknowledged some numbers, kills it, and returns all that it acknowledged.
fn run_and_kill(url: &str) -> BTreeSet<i64> {
    let mut child = Command::new(example())
        .arg(url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut numbers = BTreeSet::new();
    while numbers.len() < ACKNOWLEDGED {
        let line = lines.next().expect("it was not killed yet").unwrap();
        numbers.insert(line.parse().unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What was written before the kill counts too; a line is short enough to be written whole or not at all.
    numbers.extend(lines.map(|line| line.unwrap().parse::<i64>().unwrap()));
    numbers
}

#[test]
fn nothing_acknowledged_is_missing_after_a_kill() {
    for _ in 0..KILLS {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/test.db", folder.path().display());
        let acknowledged = run_and_kill(&url);
        let database = Database::open(&url, &[]).unwrap();
        let kept: Result<BTreeSet<i64>, Error> = database.read(|tx| {
            let rows = tx.rows("SELECT number FROM numbers", &[])?;
            rows.iter().map(|row| row.int("number")).collect()
        });
        let kept = kept.unwrap();
        let missing: Vec<_> = acknowledged.difference(&kept).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(kept.len() >= ACKNOWLEDGED);
    }
}
