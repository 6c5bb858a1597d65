//! A pool of connections: bounded, filled on demand, emptied of what is not sound.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Error;

/// How long a request waits for a connection before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that are handed out one at a time.
pub(super) struct Pool<C> {
    state: Mutex<State<C>>,
    returned: Condvar,
    limit: usize,
}

struct State<C> {
    idle: Vec<C>,
    /// How many there are: idle, lent, and being made.
    open: usize,
    /// How many threads wait for one: where nobody does, nobody need be woken.
    waiting: usize,
}

/// A connection that is lent. Unless [`keep`](Self::keep) says that it is clean, it is closed at the end: so a panic in
/// the middle of a transaction leaves nothing behind for the next.
pub(super) struct Lease<'a, C> {
    pool: &'a Pool<C>,
    connection: Option<C>,
    clean: bool,
}

impl<C> Pool<C> {
    /// Makes an empty pool of at most that many connections.
    pub(super) fn new(limit: usize) -> Self {
        let state = State {
            idle: Vec::new(),
            open: 0,
            waiting: 0,
        };
        Self {
            state: Mutex::new(state),
            returned: Condvar::new(),
            limit,
        }
    }

    /// Lends an idle connection, or makes one, or waits for one.
    pub(super) fn take(
        &self,
        make: impl FnOnce() -> Result<C, Error>,
    ) -> Result<Lease<'_, C>, Error> {
        let full = |state: &mut State<C>| state.idle.is_empty() && state.open >= self.limit;
        let mut state = self.state();
        state.waiting += 1;
        let (mut state, wait) = self
            .returned
            .wait_timeout_while(state, PATIENCE, full)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        if let Some(connection) = state.idle.pop() {
            return Ok(self.lend(Some(connection)));
        }
        if wait.timed_out() {
            return Err(Error::unavailable("all connections are in use"));
        }
        state.open += 1;
        drop(state);
        // From here on the lease stands for the new connection, also when it cannot be made.
        let mut lease = self.lend(None);
        lease.connection = Some(make()?);
        Ok(lease)
    }

    /// Takes all idle connections out of the pool.
    pub(super) fn empty(&self) -> Vec<C> {
        let mut state = self.state();
        let idle = std::mem::take(&mut state.idle);
        state.open -= idle.len();
        drop(state);
        self.returned.notify_all();
        idle
    }

    fn lend(&self, connection: Option<C>) -> Lease<'_, C> {
        Lease {
            pool: self,
            connection,
            clean: false,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Lease<'_, C> {
    /// Gives the connection back for others to use: nothing is open on it.
    pub(super) fn keep(mut self) {
        self.clean = true;
    }
}

impl<C> Deref for Lease<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection.as_ref().expect("a lease is lent full")
    }
}

impl<C> DerefMut for Lease<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("a lease is lent full")
    }
}

impl<C> Drop for Lease<'_, C> {
    fn drop(&mut self) {
        let connection = self.connection.take();
        let mut state = self.pool.state();
        let awaited = state.waiting > 0;
        match connection {
            Some(connection) if self.clean => {
                state.idle.push(connection);
                drop(state);
            }
            soiled => {
                state.open -= 1;
                drop(state);
                drop(soiled);
            }
        }
        if awaited {
            self.pool.returned.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_connection_is_lent_again_and_another_is_closed() {
        let pool = Pool::new(2);
        pool.take(|| Ok(1)).unwrap().keep();
        assert_eq!(*pool.take(|| Ok(2)).unwrap(), 1);
        assert_eq!(*pool.take(|| Ok(3)).unwrap(), 3);
    }

    #[test]
    fn a_connection_that_cannot_be_made_takes_no_place() {
        let pool = Pool::new(1);
        assert!(pool.take(|| Err(Error::unavailable("down"))).is_err());
        assert_eq!(*pool.take(|| Ok(1)).unwrap(), 1);
    }

    #[test]
    fn who_finds_the_pool_empty_gets_what_comes_back() {
        let pool = Pool::new(1);
        let lease = pool.take(|| Ok(1)).unwrap();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| *pool.take(|| Ok(2)).unwrap());
            lease.keep();
            assert_eq!(waiter.join().unwrap(), 1);
        });
    }
}
