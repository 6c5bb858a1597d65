//! One measurement: some clients, each with its connection, for some seconds.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};

use super::connection::Connection;
use super::operation::Operation;
use super::side::Side;
use crate::worker::{Figures, figures};

/// Numbers of requests, never used twice in a run.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// Has clients do one operation again and again. None where the side lacks it.
pub(crate) fn run(
    side: &impl Side,
    operation: Operation,
    clients: usize,
    seconds: f64,
) -> Result<Option<Figures>> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        let Some(request) = next(side, operation)? else {
            return Ok(None);
        };
        // The first answer of a connection is not measured: a session is opened for it, a key unwrapped.
        let mut connection = Connection::new(side.address());
        connection.send(&request)?;
        connections.push(connection);
    }
    let start = Barrier::new(clients + 1);
    let (latencies, elapsed) = thread::scope(|scope| {
        let threads: Vec<_> = connections
            .into_iter()
            .map(|connection| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    repeat(side, operation, connection, seconds)
                })
            })
            .collect();
        start.wait();
        let begun = Instant::now();
        let latencies: Result<Vec<_>> = threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a client panicked"))?)
            .collect();
        latencies.map(|latencies| (latencies, begun.elapsed()))
    })?;
    figures(latencies.concat(), elapsed).map(Some)
}

/// Does the operation until the time is over, and gives how long each took, in nanoseconds.
fn repeat(
    side: &impl Side,
    operation: Operation,
    mut connection: Connection,
    seconds: f64,
) -> Result<Vec<u64>> {
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut latencies = Vec::new();
    while Instant::now() < end {
        // Writing and signing the request is the client's work, not the server's latency.
        let request = next(side, operation)?.context("it had the operation before")?;
        let begun = Instant::now();
        connection.send(&request)?;
        latencies.push(u64::try_from(begun.elapsed().as_nanos())?);
    }
    Ok(latencies)
}

fn next(side: &impl Side, operation: Operation) -> Result<Option<Vec<u8>>> {
    side.request(operation, NUMBERS.fetch_add(1, Ordering::Relaxed))
}
