//! A store in memory: the same contract, for tests and simulations, with faults on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{SealError, StoreError};
use crate::hierarchy::MetaKey;
use crate::kind::Kind;
use crate::marks::Marks;
use crate::row::Row;
use crate::state::{Key, State};
use crate::store::{Batch, Change, Committed, Head, Store};

/// How a commit that is to fail fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is written: the disk was full.
    BeforeApplying,
    /// All is written, but the answer is lost: the disk failed in the flush.
    AfterApplying,
}

/// A store in memory. It forgets all when dropped; what survives a "crash" is what a test keeps of it.
pub struct MemoryStore {
    inner: Mutex<Inner>,
}

struct Inner {
    state: State,
    rows: BTreeMap<Key, Row>,
    audit: Vec<Vec<u8>>,
    fault: Option<(u64, Fault)>,
}

impl MemoryStore {
    /// Makes an empty store.
    pub fn new() -> Result<Self, SealError> {
        let state = State::new(Arc::new(Marks::new(&MetaKey::generate()?)), 1);
        let inner = Inner {
            state,
            rows: BTreeMap::new(),
            audit: Vec::new(),
            fault: None,
        };
        Ok(Self {
            inner: Mutex::new(inner),
        })
    }

    /// Makes one commit fail: the next one for 1, the one after it for 2, and so on.
    pub fn fail_commit(&self, countdown: u64, fault: Fault) {
        self.lock().fault = Some((countdown, fault));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing between a lock and its release panics halfway through a change.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn due_fault(&mut self) -> Option<Fault> {
        let (countdown, fault) = self.fault.take()?;
        if countdown <= 1 {
            return Some(fault);
        }
        self.fault = Some((countdown - 1, fault));
        None
    }

    fn apply(&mut self, batch: Batch) -> Committed {
        for change in batch.changes {
            self.state.apply(&change);
            let key = change.key();
            match change {
                Change::Put(row) => self.rows.insert(key, row),
                Change::Delete { .. } => self.rows.remove(&key),
            };
        }
        let entry = self.state.append(&batch.event);
        self.audit.push(entry);
        Committed {
            seq: self.state.head().seq,
        }
    }
}

impl Store for MemoryStore {
    fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        let mut inner = self.lock();
        inner.state.check(&batch)?;
        let fault = inner.due_fault();
        if fault == Some(Fault::BeforeApplying) {
            return Err(interrupted("the disk is full (injected)"));
        }
        let committed = inner.apply(batch);
        if fault == Some(Fault::AfterApplying) {
            return Err(interrupted("the flush failed (injected)"));
        }
        Ok(committed)
    }

    fn rows(
        &self,
        partition: Option<[u8; 16]>,
        kind: Option<Kind>,
        each: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let low = (partition.unwrap_or([0; 16]), [0; 16]);
        let high = (partition.unwrap_or([0xFF; 16]), [0xFF; 16]);
        let rows: Vec<Row> = self
            .lock()
            .rows
            .range(low..=high)
            .map(|(_, row)| row)
            .filter(|row| kind.is_none_or(|kind| row.kind == kind))
            .cloned()
            .collect();
        rows.into_iter().try_for_each(each)
    }

    fn row(&self, partition: [u8; 16], id: [u8; 16]) -> Result<Option<Row>, StoreError> {
        Ok(self.lock().rows.get(&(partition, id)).cloned())
    }

    fn count(&self, partition: [u8; 16], kind: Option<Kind>) -> Result<usize, StoreError> {
        Ok(self.lock().state.count(partition, kind))
    }

    fn audit(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let skipped = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
        Ok(self
            .lock()
            .audit
            .iter()
            .skip(skipped)
            .take(limit)
            .cloned()
            .collect())
    }

    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.lock().state.head())
    }
}

fn interrupted(reason: &str) -> StoreError {
    StoreError::Interrupted {
        doing: "committing to memory",
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests;
