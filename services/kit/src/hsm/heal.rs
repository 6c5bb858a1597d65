//! Healing after a break.
//!
//! It is exclusive: it begins when no call is under way, and no call begins until it ends. So no call ever uses a handle of
//! before a break with a session of after it, where the same number may mean another key. One thread heals, and those that
//! notice the same break wait for it.

use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::error::RvError;
use cryptoki::session::Session;

use super::Error;
use super::epoch::Epoch;
use super::error::{Fault, answer};
use super::pool::{Phase, Pool};

/// The first pause between two attempts; it doubles.
const PAUSE_MIN: Duration = Duration::from_millis(20);
/// The longest pause between two attempts, and how long calls fail at once after an attempt in vain.
const PAUSE_MAX: Duration = Duration::from_millis(250);
/// After so many attempts in vain the module itself is initialised anew.
const ATTEMPTS_BEFORE_RESET: u32 = 3;

impl Pool {
    /// Takes note that a call failed because the connection broke, and heals it, unless another thread did or does.
    pub(super) fn mark_broken(&self, seen: u64, deadline: Instant) {
        let mut state = self.state();
        if state.epochs != seen {
            return;
        }
        let Phase::Up(epoch) = &state.phase else {
            return;
        };
        let epoch = Arc::clone(epoch);
        state.phase = Phase::Healing;
        while state.active > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // A call hangs in the module. What we hold stays, and whoever fails next tries again.
                state.phase = Phase::Up(epoch);
                self.changed.notify_all();
                return;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let idle = std::mem::take(&mut state.idle);
        state.open = 0;
        state.limit = self.settings.sessions_max.max(1);
        drop(state);
        close_all(idle);
        epoch.end();
        self.heal(deadline);
    }

    /// Tries until it works or the deadline has come.
    fn heal(&self, deadline: Instant) {
        let mut pause = PAUSE_MIN;
        for attempt in 1.. {
            let result = self.attempt();
            let hopeless = matches!(result, Ok(_) | Err(Fault::Own(Error::Pin { .. })));
            if hopeless || Instant::now() + pause >= deadline {
                return self.settle(result);
            }
            if attempt >= ATTEMPTS_BEFORE_RESET {
                self.module.reset();
            }
            thread::sleep(pause);
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    pub(super) fn attempt(&self) -> Result<Epoch, Fault> {
        let number = self.epochs() + 1;
        Epoch::begin(number, &self.module, &self.settings)
    }

    /// Ends the healing with what the last attempt gave.
    pub(super) fn settle(&self, result: Result<Epoch, Fault>) {
        let mut state = self.state();
        state.phase = match result {
            Ok(epoch) => {
                state.epochs = epoch.number;
                Phase::Up(Arc::new(epoch))
            }
            Err(Fault::Own(error @ Error::Pin { .. })) => Phase::Barred(error),
            Err(fault) => Phase::Down {
                again: Instant::now() + PAUSE_MAX,
                answer: match fault {
                    Fault::Own(error) => error.to_string(),
                    Fault::Pkcs11(error) => answer(&error),
                },
            },
        };
        self.changed.notify_all();
    }
}

/// Closes sessions as long as somebody answers.
pub(super) fn close_all(sessions: Vec<Session>) {
    for session in sessions {
        let closed = session.close().map_err(Fault::from);
        let nobody = closed.is_err_and(|fault| {
            fault.lost() && fault.code() != Some(RvError::SessionHandleInvalid)
        });
        if nobody {
            return;
        }
    }
}
