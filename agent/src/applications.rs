//! The applications that are connected, by the numbers that their frames carry.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use transport::frames::{FrameRef, FrameSender};
use transport::tls;

use crate::application::Application;

/// The most applications at once: as many as the HSM serves behind one agent.
pub(crate) const APPLICATIONS: usize = 2_048;

/// The applications that are connected.
#[derive(Default)]
pub(crate) struct Applications(RwLock<HashMap<u64, Arc<Application>>>);

impl Applications {
    /// Takes in an application under a fresh random number, never 0. `None` when the system has no random numbers.
    pub(crate) fn add(&self, sender: FrameSender) -> Option<Arc<Application>> {
        let mut all = self.write();
        let random = tls::provider().secure_random;
        loop {
            let mut bytes = [0; 8];
            random.fill(&mut bytes).ok()?;
            let id = u64::from_le_bytes(bytes);
            if id != 0 && !all.contains_key(&id) {
                let application = Arc::new(Application::new(id, sender));
                all.insert(id, Arc::clone(&application));
                return Some(application);
            }
        }
    }

    /// Forgets an application.
    pub(crate) fn remove(&self, id: u64) {
        self.write().remove(&id);
    }

    /// Gives a reply to the application whose call it answers. One that has gone meanwhile needs none.
    pub(crate) fn deliver(&self, reply: FrameRef<'_>) {
        if let Some(application) = self.read().get(&reply.header.application) {
            application.deliver(reply);
        }
    }

    /// Answers every call that was in flight on a connection which is lost.
    pub(crate) fn lose(&self, link: u64) {
        let all: Vec<_> = self.read().values().cloned().collect();
        for application in all {
            application.lose(link);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<u64, Arc<Application>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<u64, Arc<Application>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
