//! Sessions, waiting for one, and calls that are made again after a break.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cryptoki::error::RvError;
use cryptoki::session::Session;

use super::epoch::Epoch;
use super::error::{Fault, RETRY_AFTER};
use super::heal::close_all;
use super::lease::Lease;
use super::module::Module;
use super::{Error, Settings};

/// How often a call is tried in all.
const TRIES: u32 = 3;

/// How the connection to the HSM is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Health {
    /// Whether calls are served.
    pub up: bool,
    /// How often the connection was made.
    pub epoch: u64,
    /// Sessions that are open, besides the one that keeps the keys.
    pub sessions: usize,
    /// Sessions that a call is using.
    pub busy: usize,
    /// Unwrapped keys in the HSM.
    pub keys: usize,
    /// Why calls are not served.
    pub outage: Option<String>,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// The token refused the PIN: nothing more is tried.
    Barred(Error),
    /// The last attempt was in vain.
    Down { again: Instant, answer: String },
    /// One thread is at it.
    Healing,
    /// Calls are served.
    Up(Arc<Epoch>),
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) phase: Phase,
    /// How often the connection was made.
    pub(super) epochs: u64,
    pub(super) idle: Vec<Session>,
    /// Idle sessions and those in use.
    pub(super) open: usize,
    /// Calls under way.
    pub(super) active: usize,
    /// Calls that wait for a session: where none does, none need be woken.
    pub(super) waiting: usize,
    /// The most sessions: fewer than configured if the token allows no more.
    pub(super) limit: usize,
}

/// The sessions with one token.
pub(super) struct Pool {
    pub(super) settings: Settings,
    pub(super) module: Arc<Module>,
    state: Mutex<State>,
    pub(super) changed: Condvar,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("module", &self.settings.module)
            .field("token", &self.settings.token)
            .finish_non_exhaustive()
    }
}

impl Pool {
    pub(super) fn start(settings: Settings) -> Result<Self, Error> {
        let module = Module::load(&settings.module)?;
        let state = State {
            phase: Phase::Healing,
            epochs: 0,
            idle: Vec::new(),
            open: 0,
            active: 0,
            waiting: 0,
            limit: settings.sessions_max.max(1),
        };
        let pool = Self {
            settings,
            module,
            state: Mutex::new(state),
            changed: Condvar::new(),
        };
        match pool.attempt() {
            Err(Fault::Own(error @ Error::Pin { .. })) => return Err(error),
            Err(Fault::Own(error @ Error::NoToken { .. })) if !no_token_at_all(&error) => {
                return Err(error);
            }
            result => pool.settle(result),
        }
        Ok(pool)
    }

    /// Makes a call, and makes it again after a break while the patience lasts. So it must be one that can be repeated.
    pub(super) fn call<T>(
        &self,
        what: &'static str,
        call: impl Fn(&Lease<'_>) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let deadline = Instant::now() + self.settings.patience;
        let mut tries = 0;
        loop {
            let mut epoch = self.epochs();
            let fault = match self.lease(what, deadline) {
                Ok(lease) => match call(&lease) {
                    Ok(value) => return Ok(value),
                    Err(fault) => {
                        epoch = lease.epoch().number;
                        lease.spoil();
                        fault
                    }
                },
                Err(fault) => fault,
            };
            tries += 1;
            if !fault.lost() {
                return Err(fault.into_error(what));
            }
            self.mark_broken(epoch, deadline);
            if tries == TRIES || Instant::now() >= deadline {
                return Err(fault.into_error(what));
            }
        }
    }

    pub(super) fn forget(&self, key: &str) {
        let Some(epoch) = self.epoch() else {
            return;
        };
        epoch.cache().forget(key);
        // What cannot be destroyed now is destroyed by the next call, or is gone with its session.
        drop(self.call("destroying unwrapped keys", |lease| {
            lease.epoch().bury(lease.session())
        }));
    }

    pub(super) fn health(&self) -> Health {
        let epoch = self.epoch();
        let state = self.state();
        Health {
            up: epoch.is_some(),
            epoch: state.epochs,
            sessions: state.open,
            busy: state.active,
            keys: epoch.map_or(0, |epoch| epoch.cache().len()),
            outage: match &state.phase {
                Phase::Barred(error) => Some(error.to_string()),
                Phase::Down { answer, .. } => Some(answer.clone()),
                Phase::Healing => Some("connecting".to_owned()),
                Phase::Up(_) => None,
            },
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn epochs(&self) -> u64 {
        self.state().epochs
    }

    fn epoch(&self) -> Option<Arc<Epoch>> {
        match &self.state().phase {
            Phase::Up(epoch) => Some(Arc::clone(epoch)),
            _ => None,
        }
    }

    /// Waits for a session.
    fn lease(&self, what: &'static str, deadline: Instant) -> Result<Lease<'_>, Fault> {
        let mut state = self.state();
        loop {
            match &state.phase {
                Phase::Barred(error) => return Err(Fault::Own(error.clone())),
                Phase::Down { again, .. } if Instant::now() >= *again => {
                    state.phase = Phase::Healing;
                    drop(state);
                    let result = self.attempt();
                    self.settle(result);
                    state = self.state();
                    continue;
                }
                Phase::Down { answer, .. } => return Err(unavailable(what, answer.clone())),
                Phase::Up(epoch) => {
                    let epoch = Arc::clone(epoch);
                    if let Some(session) = state.idle.pop() {
                        state.active += 1;
                        return Ok(Lease::new(self, session, epoch));
                    }
                    if state.open < state.limit {
                        state.open += 1;
                        state.active += 1;
                        drop(state);
                        if let Some(lease) = self.open(epoch)? {
                            return Ok(lease);
                        }
                        state = self.state();
                        continue;
                    }
                }
                Phase::Healing => {}
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(match state.phase {
                    Phase::Up(_) => Fault::Own(Error::Busy {
                        what,
                        limit: state.limit,
                    }),
                    _ => unavailable(what, "reconnecting takes too long".to_owned()),
                });
            }
            state.waiting += 1;
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.waiting -= 1;
        }
    }

    /// Opens a session that is already counted. None if the token has no more but we have others.
    fn open(&self, epoch: Arc<Epoch>) -> Result<Option<Lease<'_>>, Fault> {
        let opened = self.module.pkcs11.open_rw_session_no_drop(epoch.slot);
        let fault = match opened.map_err(Fault::from) {
            // A new session works after a break as well, but our handles do not, and may mean other keys.
            Ok(session) => match epoch.with_keeper(|keeper| Ok(keeper.get_session_info()?)) {
                Ok(_) => return Ok(Some(Lease::new(self, session, epoch))),
                Err(fault) => {
                    drop(session.close());
                    fault
                }
            },
            Err(fault) => fault,
        };
        // Let go of before others learn of it, because whoever heals ends it.
        drop(epoch);
        let mut state = self.state();
        state.open -= 1;
        state.active -= 1;
        self.changed.notify_all();
        if fault.code() == Some(RvError::SessionCount) && state.open > 0 {
            state.limit = state.open;
            return Ok(None);
        }
        Err(fault)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        close_all(std::mem::take(&mut state.idle));
        if let Phase::Up(epoch) = std::mem::replace(&mut state.phase, Phase::Healing) {
            epoch.end();
        }
    }
}

fn no_token_at_all(error: &Error) -> bool {
    matches!(error, Error::NoToken { found, .. } if found.is_empty())
}

fn unavailable(what: &'static str, answer: String) -> Fault {
    Fault::Own(Error::Unavailable {
        what,
        answer,
        retry_after: RETRY_AFTER,
    })
}
