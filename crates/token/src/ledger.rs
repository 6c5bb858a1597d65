//! The ledger of a partition: its record, changed one change after another, each durable before it shows.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, RwLock};

use audit::Event;
use store::{Batch, Change, Kind, StoreError};

use crate::Error;
use crate::hsm::Core;
use crate::identifier::PartitionId;
use crate::lock::{lock, read, write};
use crate::record::{PartitionRecord, Role};

/// The record of a partition.
pub(crate) struct Ledger {
    partition: PartitionId,
    /// What reading waits for no commit to see.
    current: RwLock<Current>,
    writing: Mutex<Writing>,
    /// A PIN attempt has ended.
    attempt_over: Condvar,
}

struct Current {
    /// The record as it is in the store.
    record: Arc<PartitionRecord>,
    /// PIN attempts under way, which the record counts as failures. Whoever changes them holds `writing`.
    attempts: HashMap<Role, u32>,
}

impl Current {
    fn attempts(&self, role: Role) -> u32 {
        self.attempts.get(&role).copied().unwrap_or(0)
    }
}

struct Writing {
    version: u64,
    /// Whether a commit failed in a way that leaves open what the store has.
    uncertain: bool,
}

/// What a change of the record comes with: other rows of the same batch, and the event.
pub(crate) struct Entry<T> {
    /// What the change is to return once it is durable.
    pub(crate) value: T,
    /// Changes of other rows.
    pub(crate) changes: Vec<Change>,
    /// What the audit log says.
    pub(crate) event: Event,
}

impl Entry<()> {
    /// A change of the record alone.
    pub(crate) const fn logged(event: Event) -> Self {
        Self {
            value: (),
            changes: Vec::new(),
            event,
        }
    }
}

impl Ledger {
    /// Starts from a record that stands in the store in this version.
    pub(crate) fn new(partition: PartitionId, record: PartitionRecord, version: u64) -> Self {
        Self {
            partition,
            current: RwLock::new(Current {
                record: Arc::new(record),
                attempts: HashMap::new(),
            }),
            writing: Mutex::new(Writing {
                version,
                uncertain: false,
            }),
            attempt_over: Condvar::new(),
        }
    }

    /// The record as it is.
    pub(crate) fn view(&self) -> Arc<PartitionRecord> {
        Arc::clone(&read(&self.current).record)
    }

    /// The record, and how often the security officer's and the user's PIN have failed: of the attempts under way nobody knows yet, though the record counts them.
    pub(crate) fn judged(&self) -> (Arc<PartitionRecord>, [u32; 2]) {
        let current = read(&self.current);
        let failures = [Role::SecurityOfficer, Role::User].map(|role| {
            let counted = current.record.pin(role);
            counted.map_or(0, |pin| pin.failures.saturating_sub(current.attempts(role)))
        });
        (Arc::clone(&current.record), failures)
    }

    /// Changes the record, together with whatever else the entry names.
    pub(crate) fn change<T>(
        &self,
        core: &Core,
        change: impl FnOnce(&mut PartitionRecord) -> Result<Entry<T>, Error>,
    ) -> Result<T, Error> {
        self.change_in(core, &mut lock(&self.writing), change)
    }

    /// Takes one of the guesses that a PIN has, if any is left: from now on it counts as a failure. `begun` is logged.
    ///
    /// While all guesses that are left are under way it waits for them: one may prove right.
    pub(crate) fn begin_attempt(
        &self,
        core: &Core,
        role: Role,
        begun: Event,
    ) -> Result<Attempt<'_>, Error> {
        let mut writing = lock(&self.writing);
        loop {
            self.settle(core, &mut writing)?;
            let record = self.view();
            let pin = record.pin(role).ok_or(Error::PinUnset)?;
            if pin.failures < crate::pin::GUESSES {
                break;
            }
            if self.attempts(role) == 0 {
                return Err(Error::PinLocked);
            }
            writing = self
                .attempt_over
                .wait(writing)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        let (record, pin) = self.commit_in(core, &mut writing, |record| {
            let pin = record.pin_mut(role).ok_or(Error::PinUnset)?;
            pin.failures += 1;
            Ok(Entry {
                value: pin.clone(),
                changes: Vec::new(),
                event: begun,
            })
        })?;
        let mut current = write(&self.current);
        current.record = record;
        *current.attempts.entry(role).or_default() += 1;
        Ok(Attempt {
            ledger: self,
            role,
            pin,
        })
    }

    fn attempts(&self, role: Role) -> u32 {
        read(&self.current).attempts(role)
    }

    /// The record as the store has it, read again where that is in doubt.
    pub(crate) fn reread(&self, core: &Core) -> Result<Arc<PartitionRecord>, Error> {
        self.settle(core, &mut lock(&self.writing))?;
        Ok(self.view())
    }

    fn change_in<T>(
        &self,
        core: &Core,
        writing: &mut Writing,
        change: impl FnOnce(&mut PartitionRecord) -> Result<Entry<T>, Error>,
    ) -> Result<T, Error> {
        let (record, value) = self.commit_in(core, writing, change)?;
        write(&self.current).record = record;
        Ok(value)
    }

    /// Makes a change durable. The caller lets it be seen.
    fn commit_in<T>(
        &self,
        core: &Core,
        writing: &mut Writing,
        change: impl FnOnce(&mut PartitionRecord) -> Result<Entry<T>, Error>,
    ) -> Result<(Arc<PartitionRecord>, T), Error> {
        self.settle(core, writing)?;
        let mut record = PartitionRecord::clone(&self.view());
        let mut entry = change(&mut record)?;
        let version = writing.version + 1;
        let row = core.seal_system(Kind::Partition, self.partition.0, version, &record.encode())?;
        entry.changes.push(Change::Put(row));
        let batch = Batch {
            changes: entry.changes,
            event: entry.event,
        };
        if let Err(error) = core.store.commit(batch) {
            writing.uncertain = leaves_open(&error);
            return Err(error.into());
        }
        writing.version = version;
        Ok((Arc::new(record), entry.value))
    }

    /// Reads the record again where the last commit left open which one the store has.
    fn settle(&self, core: &Core, writing: &mut Writing) -> Result<(), Error> {
        if !writing.uncertain {
            return Ok(());
        }
        let mut found = None;
        core.store
            .rows(Some(PartitionId::SYSTEM.0), None, &mut |row| {
                if row.kind == Kind::Partition && row.id == self.partition.0 {
                    found = Some(row);
                }
                Ok(())
            })?;
        let row = found.ok_or(Error::Store(StoreError::Missing {
            partition: PartitionId::SYSTEM.0,
            id: self.partition.0,
        }))?;
        let body = core.open_system(&row)?;
        write(&self.current).record = Arc::new(PartitionRecord::decode(&body)?);
        writing.version = row.version;
        writing.uncertain = false;
        Ok(())
    }
}

/// Tells whether after a failed commit the store may have the batch all the same.
pub(crate) const fn leaves_open(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Interrupted { .. } | StoreError::Conflict { .. }
    )
}

/// A PIN attempt under way.
pub(crate) struct Attempt<'a> {
    ledger: &'a Ledger,
    role: Role,
    /// The PIN that is tried.
    pub(crate) pin: crate::record::PinRecord,
}

impl Attempt<'_> {
    /// Ends the attempt well: the failures are forgotten, save for attempts of others that are under way.
    pub(crate) fn succeed<T>(
        self,
        core: &Core,
        change: impl FnOnce(&mut PartitionRecord) -> Result<Entry<T>, Error>,
    ) -> Result<T, Error> {
        let mut writing = lock(&self.ledger.writing);
        let others = self.ledger.attempts(self.role) - 1;
        let result = self.ledger.change_in(core, &mut writing, |record| {
            let entry = change(record)?;
            if let Some(pin) = record.pin_mut(self.role) {
                pin.failures = others;
            }
            Ok(entry)
        });
        drop(writing);
        result
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let writing = lock(&self.ledger.writing);
        let mut current = write(&self.ledger.current);
        if let Some(attempts) = current.attempts.get_mut(&self.role) {
            *attempts -= 1;
            if *attempts == 0 {
                current.attempts.remove(&self.role);
            }
        }
        drop(current);
        drop(writing);
        self.ledger.attempt_over.notify_all();
    }
}
