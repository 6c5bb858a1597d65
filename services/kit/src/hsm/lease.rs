//! A session in the hands of one call.

use std::sync::Arc;

use cryptoki::error::{Error as Pkcs11Error, RvError};
use cryptoki::session::Session;

use super::epoch::Epoch;
use super::error::Fault;
use super::pool::{Phase, Pool};

/// A session that goes back to the pool when this is dropped.
pub(super) struct Lease<'a> {
    pool: &'a Pool,
    session: Option<Session>,
    epoch: Arc<Epoch>,
}

impl<'a> Lease<'a> {
    pub(super) fn new(pool: &'a Pool, session: Session, epoch: Arc<Epoch>) -> Self {
        Self {
            pool,
            session: Some(session),
            epoch,
        }
    }

    pub(super) fn session(&self) -> &Session {
        self.session
            .as_ref()
            .expect("it is there until it is dropped")
    }

    pub(super) fn epoch(&self) -> &Arc<Epoch> {
        &self.epoch
    }

    /// Tries something with a session of its own, which may leave an operation under way: whether the module can do it.
    ///
    /// None if that cannot be told now.
    pub(super) fn probe(
        &self,
        call: impl FnOnce(&Session) -> Result<(), Pkcs11Error>,
    ) -> Option<bool> {
        let pkcs11 = &self.pool.module.pkcs11;
        let session = pkcs11.open_rw_session_no_drop(self.epoch.slot).ok()?;
        let tried = call(&session);
        // It has nothing that is worth an error.
        drop(session.close());
        match tried.map_err(Fault::from) {
            Ok(()) => Some(true),
            Err(fault) => match fault.code()? {
                RvError::ArgumentsBad
                | RvError::MechanismInvalid
                | RvError::MechanismParamInvalid => Some(false),
                _ => None,
            },
        }
    }

    /// Closes the session: after an error it may have an operation under way, which would refuse the next one.
    pub(super) fn spoil(mut self) {
        if let Some(session) = self.session.take() {
            // A session that is gone need not be closed.
            drop(session.close());
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.active -= 1;
        match self.session.take() {
            Some(session) => state.idle.push(session),
            None => state.open -= 1,
        }
        // Whoever heals waits among those who wait for a session.
        if matches!(state.phase, Phase::Healing) {
            self.pool.changed.notify_all();
        } else if state.waiting > 0 {
            drop(state);
            self.pool.changed.notify_one();
        }
    }
}
