//! The registers: which administrators and which agents the HSM knows.
//!
//! Both are allow-lists keyed by a fingerprint: what is not listed, or is revoked, is not let in.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

/// SHA-256 of a certificate (agents) or of a public key (administrators).
pub(crate) type Fingerprint = [u8; 32];

/// An administrator, as the store keeps it.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Administrator {
    /// SHA-256 of the UKey's public key.
    pub(crate) fingerprint: Fingerprint,
    /// The UKey's certificate, DER.
    pub(crate) certificate: Vec<u8>,
    /// The role it was registered in.
    pub(crate) role: String,
}

/// An access certificate, as the store keeps it.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct AccessRecord {
    /// The record's identifier.
    pub(crate) id: [u8; 16],
    /// The agent's name.
    pub(crate) name: String,
    /// The serial number, in hexadecimal digits.
    pub(crate) serial: String,
    /// SHA-256 of the certificate.
    pub(crate) fingerprint: Fingerprint,
    /// The partitions that it reaches.
    pub(crate) partitions: Vec<[u8; 16]>,
    /// When it ends, in seconds since 1970.
    pub(crate) not_after: u64,
    /// Whether it was revoked.
    pub(crate) revoked: bool,
}

/// An access certificate in use: what every connection that showed it holds on to.
pub(crate) struct Agent {
    /// What the store says of it.
    pub(crate) record: AccessRecord,
    /// Looked at on every request, so that a revocation holds at once.
    revoked: AtomicBool,
    /// Wakes the connections that must close.
    closing: Notify,
}

impl Agent {
    fn new(record: AccessRecord) -> Self {
        let revoked = AtomicBool::new(record.revoked);
        Self {
            record,
            revoked,
            closing: Notify::new(),
        }
    }

    /// Tells whether the certificate was revoked.
    pub(crate) fn is_revoked(&self) -> bool {
        self.revoked.load(Ordering::Acquire)
    }

    /// Waits until the certificate is revoked.
    pub(crate) async fn revoked(&self) {
        loop {
            let notified = self.closing.notified();
            if self.is_revoked() {
                return;
            }
            notified.await;
        }
    }
}

/// Both registers, in memory.
#[derive(Default)]
pub(crate) struct Register {
    administrators: RwLock<HashMap<Fingerprint, Administrator>>,
    agents: RwLock<HashMap<Fingerprint, Arc<Agent>>>,
    connections: Arc<AtomicU32>,
}

/// Counts one connected agent as long as it lives.
pub(crate) struct Connected(Arc<AtomicU32>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Register {
    /// Adds an administrator.
    pub(crate) fn add_administrator(&self, administrator: Administrator) {
        write(&self.administrators).insert(administrator.fingerprint, administrator);
    }

    /// Adds an access certificate.
    pub(crate) fn add_agent(&self, record: AccessRecord) {
        write(&self.agents).insert(record.fingerprint, Arc::new(Agent::new(record)));
    }

    /// Finds an administrator by the fingerprint of the public key.
    pub(crate) fn administrator(&self, fingerprint: &Fingerprint) -> Option<Administrator> {
        read(&self.administrators).get(fingerprint).cloned()
    }

    /// Finds an agent by the fingerprint of its certificate; revoked ones too.
    pub(crate) fn agent(&self, fingerprint: &Fingerprint) -> Option<Arc<Agent>> {
        read(&self.agents).get(fingerprint).cloned()
    }

    /// Finds an agent by serial number or name; the one that is not revoked comes first.
    pub(crate) fn find_agent(&self, serial_or_name: &str) -> Option<Arc<Agent>> {
        let agents = read(&self.agents);
        let mut found: Vec<_> = agents
            .values()
            .filter(|agent| {
                agent.record.serial.eq_ignore_ascii_case(serial_or_name)
                    || agent.record.name == serial_or_name
            })
            .collect();
        found.sort_by_key(|agent| agent.is_revoked());
        found.first().map(|agent| Arc::clone(agent))
    }

    /// Counts an agent as connected until what it gets is dropped.
    pub(crate) fn connect(&self) -> Connected {
        self.connections.fetch_add(1, Ordering::Relaxed);
        Connected(Arc::clone(&self.connections))
    }

    /// How many agents are connected.
    pub(crate) fn connected(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Lists the access certificates by name.
    pub(crate) fn agents(&self) -> Vec<Arc<Agent>> {
        let mut agents: Vec<_> = read(&self.agents).values().cloned().collect();
        agents.sort_by(|a, b| {
            (&a.record.name, &a.record.serial).cmp(&(&b.record.name, &b.record.serial))
        });
        agents
    }

    /// Marks a certificate as revoked and closes its connections; the store has it already.
    pub(crate) fn revoke(&self, agent: &Agent) {
        agent.revoked.store(true, Ordering::Release);
        agent.closing.notify_waiters();
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
