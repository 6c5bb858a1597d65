//! The roll of applications that may come back: who has each of them, and since when nobody has.
//!
//! An application whose agent or connection broke keeps its sessions for a while. When it comes back it takes them over, even
//! from a connection that has not been found dead yet.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use token::Application;

/// The most applications that wait for their owners: twice as many as there are behind one agent. Beyond, the one that has waited
/// longest is ended.
const WAITING_MAX: usize = 4_096;

/// Who has an application.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    name: [u8; 16],
    number: u64,
    /// Turns false when somebody else has it.
    stands: Arc<AtomicBool>,
}

impl Claim {
    fn new(name: [u8; 16], number: u64) -> Self {
        Self {
            name,
            number,
            stands: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Tells whether nobody else has the application by now.
    pub(crate) fn stands(&self) -> bool {
        self.stands.load(Ordering::Acquire)
    }

    fn end(&self) {
        self.stands.store(false, Ordering::Release);
    }
}

impl PartialEq for Claim {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

/// Why nobody is handed an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is not here, or belongs to another agent.
    Unknown,
    /// It has been handed out to a later request.
    Late,
}

struct Entry {
    application: Arc<Application>,
    /// The fingerprint of the agent's certificate: it comes back through no other.
    agent: [u8; 32],
    claim: Claim,
    /// The number of the request by which it was handed out last.
    attached: u64,
    waiting_since: Option<Instant>,
}

/// The roll.
pub(crate) struct Roll {
    inner: Mutex<Inner>,
    /// How long an application may stay away.
    keep: Duration,
}

#[derive(Default)]
struct Inner {
    entries: HashMap<[u8; 16], Entry>,
    claims: u64,
    waiting: usize,
}

impl Roll {
    /// Starts empty.
    pub(crate) fn new(keep: Duration) -> Self {
        Self {
            inner: Mutex::default(),
            keep,
        }
    }

    /// Enters an application by a request of that number. One of the same name that is there is given back: it is to be ended.
    pub(crate) fn enter(
        &self,
        name: [u8; 16],
        agent: [u8; 32],
        request: u64,
        application: &Arc<Application>,
    ) -> (Claim, Option<Arc<Application>>) {
        let mut inner = self.lock();
        let claim = Claim::new(name, inner.next_claim());
        let entry = Entry {
            application: Arc::clone(application),
            agent,
            claim: claim.clone(),
            attached: request,
            waiting_since: None,
        };
        let before = inner.entries.insert(name, entry);
        if before
            .as_ref()
            .is_some_and(|entry| entry.waiting_since.is_some())
        {
            inner.waiting -= 1;
        }
        let before = before.map(|entry| {
            entry.claim.end();
            entry.application
        });
        (claim, before)
    }

    /// Hands an application to whoever came back with its name through the same agent. An application numbers its requests, so
    /// that one which was held up on a connection that it has given up does not take it away from where it is.
    pub(crate) fn take(
        &self,
        name: [u8; 16],
        agent: &[u8; 32],
        request: u64,
    ) -> Result<(Claim, Arc<Application>), Refused> {
        let mut inner = self.lock();
        let number = inner.next_claim();
        let entry = inner.entries.get_mut(&name).ok_or(Refused::Unknown)?;
        if entry.agent != *agent {
            return Err(Refused::Unknown);
        }
        if request <= entry.attached {
            return Err(Refused::Late);
        }
        entry.attached = request;
        entry.claim.end();
        entry.claim = Claim::new(name, number);
        let claim = entry.claim.clone();
        let waited = entry.waiting_since.take().is_some();
        let application = Arc::clone(&entry.application);
        if waited {
            inner.waiting -= 1;
        }
        Ok((claim, application))
    }

    /// Lets an application wait for its owner. Gives those that are to be ended for it: itself where none may wait, and none
    /// where somebody else has it by now.
    pub(crate) fn wait(&self, claim: &Claim) -> Option<Arc<Application>> {
        if self.keep.is_zero() {
            return self.leave(claim);
        }
        let mut inner = self.lock();
        let entry = inner.entries.get_mut(&claim.name)?;
        if entry.claim != *claim {
            return None;
        }
        if entry.waiting_since.replace(Instant::now()).is_none() {
            inner.waiting += 1;
        }
        if inner.waiting <= WAITING_MAX {
            return None;
        }
        let longest = inner
            .entries
            .iter()
            .filter_map(|(name, entry)| Some((entry.waiting_since?, *name)))
            .min()?;
        inner.remove(&longest.1)
    }

    /// Strikes an application out, unless somebody else has it by now: it is to be ended.
    pub(crate) fn leave(&self, claim: &Claim) -> Option<Arc<Application>> {
        let mut inner = self.lock();
        let entry = inner.entries.get(&claim.name)?;
        if entry.claim != *claim {
            return None;
        }
        inner.remove(&claim.name)
    }

    /// Strikes out the applications that have stayed away too long: they are to be ended.
    pub(crate) fn overdue(&self) -> Vec<Arc<Application>> {
        let mut inner = self.lock();
        let overdue: Vec<_> = inner
            .entries
            .iter()
            .filter(|(_, entry)| {
                entry
                    .waiting_since
                    .is_some_and(|since| since.elapsed() >= self.keep)
            })
            .map(|(name, _)| *name)
            .collect();
        overdue
            .iter()
            .filter_map(|name| inner.remove(name))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    const fn next_claim(&mut self) -> u64 {
        self.claims += 1;
        self.claims
    }

    fn remove(&mut self, name: &[u8; 16]) -> Option<Arc<Application>> {
        let entry = self.entries.remove(name)?;
        if entry.waiting_since.is_some() {
            self.waiting -= 1;
        }
        Some(entry.application)
    }
}

#[cfg(test)]
mod tests;
