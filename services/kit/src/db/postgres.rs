//! PostgreSQL: a pool of connections, transactions that are tried again when others were faster.

mod address;
mod bind;
mod explain;
mod session;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::pool::{Lease, Pool};
use super::{Error, Tx};
use address::Address;
use explain::Trouble;
pub(super) use session::{Mode, Session};

/// How many connections there are at most. Each is a process of the server, which by default allows a hundred; several
/// programs share it.
const CONNECTIONS: usize = 16;

/// How often a transaction is tried. From the second time on only one of this program's does so at once, so this many
/// losses in a row mean that other programs write the same rows without a break.
const ATTEMPTS: u32 = 16;

/// The longest pause before the second attempt; it doubles with each attempt, up to the last number.
const PAUSE_MS: u64 = 1;
const LONGEST_PAUSE_MS: u64 = 64;

/// How long a connection may take to open, and how long the network may be silent before a connection is given up.
const CONNECT: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(15);

/// A PostgreSQL database.
pub(super) struct Postgres {
    address: Address,
    pool: Pool<Session>,
    /// Transactions that lost once take turns: else many that want the same row would keep each other from it.
    turns: Mutex<()>,
    commits: AtomicU64,
}

/// How one attempt at a transaction ended.
enum Attempt<T, E> {
    Ended(Result<T, E>),
    /// Nothing was kept, and the connection is gone.
    Lost(E),
    /// Nothing was kept, because another transaction was faster.
    Outrun,
}

impl Postgres {
    /// Reads the address and makes the first connection.
    pub(super) fn open(url: &str) -> Result<Self, Error> {
        let mut address = Address::parse(url)?;
        let config = &mut address.config;
        config
            .connect_timeout(CONNECT)
            .keepalives_idle(SILENCE)
            .tcp_user_timeout(SILENCE);
        if config.get_application_name().is_none() {
            config.application_name("dew");
        }
        let postgres = Self {
            address,
            pool: Pool::new(CONNECTIONS),
            turns: Mutex::new(()),
            commits: AtomicU64::new(0),
        };
        postgres.pool.take(|| postgres.connect())?.keep();
        Ok(postgres)
    }

    /// Runs a transaction until it is decided.
    pub(super) fn run<T, E: From<Error>>(
        &self,
        mode: Mode,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut attempts = 0;
        let mut lost = false;
        loop {
            let attempt = if attempts == 0 {
                self.attempt(mode, &mut work)
            } else {
                let _turn = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
                pause(attempts);
                self.attempt(mode, &mut work)
            };
            match attempt {
                Attempt::Ended(result) => return result,
                Attempt::Lost(error) if lost => return Err(error),
                Attempt::Lost(_) => {
                    // What happened to one connection has probably happened to all.
                    drop(self.pool.empty());
                    lost = true;
                }
                Attempt::Outrun => {
                    attempts += 1;
                    if attempts == ATTEMPTS {
                        return Err(Error::Contended.into());
                    }
                }
            }
        }
    }

    /// Counts the commits so far.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    fn attempt<T, E: From<Error>>(
        &self,
        mode: Mode,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Attempt<T, E> {
        // A lease that is not kept closes its connection, and the server undoes what was open on it.
        let mut lease = match self.pool.take(|| self.connect()) {
            Ok(lease) => lease,
            Err(error) => return Attempt::Ended(Err(error.into())),
        };
        if let Err(error) = lease.begin(mode) {
            return match lease.trouble() {
                Some(Trouble::Lost) => Attempt::Lost(error.into()),
                Some(Trouble::Outrun) | None => Attempt::Ended(Err(error.into())),
            };
        }
        match Tx::on_postgres(&mut lease).run(work) {
            Ok(value) => self.commit(lease, mode, value),
            Err(error) => give_up(lease, error),
        }
    }

    fn commit<T, E: From<Error>>(
        &self,
        mut lease: Lease<'_, Session>,
        mode: Mode,
        value: T,
    ) -> Attempt<T, E> {
        let Err(error) = lease.commit() else {
            let changed = u64::from(mode != Mode::Read);
            self.commits.fetch_add(changed, Ordering::Relaxed);
            lease.keep();
            return Attempt::Ended(Ok(value));
        };
        match lease.trouble() {
            // What was read was read.
            Some(Trouble::Lost) if mode == Mode::Read => Attempt::Ended(Ok(value)),
            Some(Trouble::Lost) => {
                let why = error.to_string();
                Attempt::Ended(Err(Error::Undecided { why }.into()))
            }
            Some(Trouble::Outrun) => {
                lease.keep();
                Attempt::Outrun
            }
            None => Attempt::Ended(Err(error.into())),
        }
    }

    fn connect(&self) -> Result<Session, Error> {
        let client = self.address.connect();
        Session::new(client.map_err(|error| Error::unavailable(explain::chain(&error)))?)
    }
}

/// Ends a transaction whose work failed.
fn give_up<T, E>(mut lease: Lease<'_, Session>, error: E) -> Attempt<T, E> {
    let trouble = lease.trouble();
    if trouble == Some(Trouble::Lost) {
        return Attempt::Lost(error);
    }
    if lease.roll_back().is_ok() {
        lease.keep();
    }
    match trouble {
        Some(Trouble::Outrun) => Attempt::Outrun,
        Some(Trouble::Lost) | None => Attempt::Ended(Err(error)),
    }
}

/// Closes the connections on a thread of its own: each has an event loop that must not end inside another's.
impl Drop for Postgres {
    fn drop(&mut self) {
        let idle = self.pool.empty();
        let closer = std::thread::Builder::new().spawn(move || drop(idle));
        if let Ok(closer) = closer {
            // A connection that cannot be closed is the server's to clean up.
            let _ = closer.join();
        }
    }
}

/// Waits a little, by chance more or less, so that programs that met do not meet again.
fn pause(attempts: u32) {
    let longest = PAUSE_MS
        .saturating_mul(1 << attempts.min(16))
        .min(LONGEST_PAUSE_MS);
    let chance = RandomState::new().hash_one(attempts);
    std::thread::sleep(Duration::from_millis(chance % longest));
}
