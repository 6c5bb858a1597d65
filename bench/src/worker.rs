//! One measurement: a module, an operation, some threads, some seconds.

use std::path::PathBuf;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use serde::{Deserialize, Serialize};

use crate::case::Case;

/// The variable in which the worker gets the PIN: others can read its command line.
pub(crate) const PIN: &str = "DEW_BENCH_PIN";

/// What a worker is to do.
#[derive(clap::Args)]
pub(crate) struct Task {
    #[arg(long)]
    module: PathBuf,
    #[arg(long)]
    label: String,
    #[arg(long, value_enum)]
    case: Case,
    #[arg(long)]
    threads: usize,
    #[arg(long)]
    seconds: f64,
}

/// What came out.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Figures {
    /// Operations per second.
    pub(crate) per_second: f64,
    /// The median of the latency, in microseconds.
    pub(crate) p50_us: f64,
    /// The latency that one call in a hundred exceeds, in microseconds.
    pub(crate) p99_us: f64,
}

impl Task {
    /// Measures, and prints the figures as JSON.
    pub(crate) fn run(&self) -> Result<()> {
        let pkcs11 = Pkcs11::new(&self.module)?;
        pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        let slot = pkcs11
            .get_slots_with_initialized_token()?
            .into_iter()
            .find(|slot| {
                pkcs11
                    .get_token_info(*slot)
                    .is_ok_and(|info| info.label() == self.label)
            })
            .with_context(|| format!("no token is called {}", self.label))?;
        let first = pkcs11.open_rw_session(slot)?;
        let pin = std::env::var_os(PIN)
            .and_then(|pin| pin.into_string().ok())
            .with_context(|| format!("{PIN} is not set"))?;
        first.login(UserType::User, Some(&AuthPin::new(pin.into())))?;
        let key = self.case.key(&first)?;
        let sessions = (0..self.threads)
            .map(|_| pkcs11.open_ro_session(slot))
            .collect::<Result<Vec<Session>, _>>()?;
        let start = Barrier::new(self.threads);
        let begun = Instant::now();
        let latencies = thread::scope(|scope| {
            let threads: Vec<_> = sessions
                .into_iter()
                .zip(0u32..)
                .map(|(session, thread)| {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        self.repeat(&session, key, thread)
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?)
                .collect::<Result<Vec<_>>>()
        })?;
        let figures = figures(latencies.concat(), begun.elapsed())?;
        serde_json::to_writer(std::io::stdout(), &figures)?;
        Ok(())
    }

    /// Does the operation again and again, and gives how long each took, in nanoseconds.
    fn repeat(
        &self,
        session: &Session,
        key: cryptoki::object::ObjectHandle,
        thread: u32,
    ) -> Result<Vec<u64>> {
        let end = Instant::now() + Duration::from_secs_f64(self.seconds);
        let mut latencies = Vec::new();
        for number in 0u64.. {
            let begun = Instant::now();
            if begun >= end {
                break;
            }
            let mut turn = [0; 12];
            turn[..4].copy_from_slice(&thread.to_le_bytes());
            turn[4..].copy_from_slice(&number.to_le_bytes());
            self.case.run(session, key, turn)?;
            latencies.push(u64::try_from(begun.elapsed().as_nanos())?);
        }
        Ok(latencies)
    }
}

/// Makes figures of latencies in nanoseconds.
pub(crate) fn figures(mut latencies: Vec<u64>, elapsed: Duration) -> Result<Figures> {
    latencies.sort_unstable();
    let at = |hundredths: usize| {
        let index = (latencies.len() * hundredths / 100).min(latencies.len().saturating_sub(1));
        latencies
            .get(index)
            .map(|nanos| Duration::from_nanos(*nanos).as_secs_f64() * 1e6)
    };
    let count = u32::try_from(latencies.len())?;
    Ok(Figures {
        per_second: f64::from(count) / elapsed.as_secs_f64(),
        p50_us: at(50).context("nothing was measured")?,
        p99_us: at(99).context("nothing was measured")?,
    })
}
