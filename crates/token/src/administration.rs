//! Administration: making and deleting partitions. Who may do so was decided before.

use std::sync::Arc;

use audit::{Actor, Signature};
use store::hierarchy::PartitionKey;
use store::{Batch, CHANGES_MAX, Change, Kind, Row, StoreError};

use crate::hsm::{Core, Hsm, read_partitions};
use crate::identifier::{self, PartitionId};
use crate::journal::{Act, Who};
use crate::ledger::leaves_open;
use crate::lock::{lock, read, write};
use crate::partition::Partition;
use crate::policy::Profile;
use crate::record::PartitionRecord;
use crate::{BodyError, Error};

/// The longest name of a partition, in bytes.
const NAME_MAX: usize = 64;

/// The row that counts slots: its number must outlive the partition that had the last one.
const SLOT_COUNTER: [u8; 16] = *b"dew/token/slots\0";

/// Counts slots, so that none is ever used twice.
pub(crate) struct SlotCounter {
    next: u64,
    version: u64,
}

impl Default for SlotCounter {
    fn default() -> Self {
        Self {
            next: 1,
            version: 0,
        }
    }
}

impl SlotCounter {
    /// Tells whether a row is the counter's.
    pub(crate) fn is(row: &Row) -> bool {
        row.kind == Kind::Other && row.id == SLOT_COUNTER
    }

    /// Reads the counter.
    pub(crate) fn decode(body: &[u8], version: u64) -> Result<Self, BodyError> {
        const WHAT: &str = "the slot counter";
        let next = body
            .try_into()
            .map_err(|_| proto::DecodeError::Truncated { what: WHAT })?;
        Ok(Self {
            next: u64::from_le_bytes(next),
            version,
        })
    }
}

/// A partition, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionInfo {
    /// Its name for good.
    pub id: PartitionId,
    /// Its name.
    pub name: String,
    /// The slot in which applications find it.
    pub slot: u64,
    /// Its policy.
    pub profile: Profile,
    /// The label of its token, where it is initialised.
    pub label: Option<String>,
}

/// How to initialise the token of a partition.
pub struct TokenSetup<'a> {
    /// The label, at most 32 bytes.
    pub label: &'a str,
    /// The security officer's PIN.
    pub so_pin: &'a [u8],
    /// The user's PIN.
    pub user_pin: Option<&'a [u8]>,
}

impl Hsm {
    /// Lists the partitions in the order of their slots.
    #[must_use]
    pub fn partitions(&self) -> Vec<PartitionInfo> {
        read(&self.partitions)
            .values()
            .map(|partition| partition.info())
            .collect()
    }

    /// Counts the objects of a partition, the private ones included.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn count_objects(&self, partition: PartitionId) -> Result<usize, Error> {
        Ok(self.core.store.count(partition.0, None)?)
    }

    /// Makes a partition. Its name is unique, its slot is a number that no partition had before.
    ///
    /// # Errors
    /// The name is taken, empty or too long; the store failed.
    pub fn create_partition(
        &self,
        name: &str,
        profile: Profile,
        actor: Actor,
        signature: Option<Signature>,
    ) -> Result<PartitionInfo, Error> {
        check_name(name)?;
        let mut slots = lock(&self.slots);
        if read(&self.partitions)
            .values()
            .any(|partition| partition.name == name)
        {
            return Err(management(name, "exists already; choose another name"));
        }
        let core = &self.core;
        let id = PartitionId(identifier::draw(&*core.env));
        let record = PartitionRecord {
            name: name.to_owned(),
            slot: slots.next,
            profile,
            label: None,
            key: core
                .keys
                .wrap
                .wrap_partition_key(&id.0, &PartitionKey::generate()?)?,
            serials: 1,
            counter: 1,
            pins: [None, None],
            reset: None,
            users: Vec::new(),
        };
        let body = record.encode();
        let (next, version) = (slots.next + 1, slots.version + 1);
        let counter = core.seal_system(Kind::Other, SLOT_COUNTER, version, &next.to_le_bytes())?;
        let changes = vec![
            Change::Put(core.seal_system(Kind::Partition, id.0, 1, &body)?),
            Change::Put(counter),
        ];
        let who = Who { actor, agent: None };
        let act = Act {
            who: &who,
            operation: "partition create",
            partition: id,
        };
        let mut event = act.done_with(core, None, name);
        event.signature = signature;
        core.store
            .commit(Batch { changes, event })
            .map_err(|error| self.settle_partitions(error, &mut slots))?;
        *slots = SlotCounter { next, version };
        let partition = Arc::new(Partition::open(core, id, record, 1)?);
        let info = partition.info();
        write(&self.partitions).insert(partition.slot, partition);
        Ok(info)
    }

    /// Deletes a partition with everything in it. Sessions with it end.
    ///
    /// # Errors
    /// There is no such partition, or the store failed.
    pub fn delete_partition(
        &self,
        name: &str,
        actor: Actor,
        signature: Option<Signature>,
    ) -> Result<(), Error> {
        let mut slots = lock(&self.slots);
        let partition = self.partition_named(name)?;
        let core = &self.core;
        let who = Who { actor, agent: None };
        let act = Act {
            who: &who,
            operation: "partition delete",
            partition: partition.id,
        };
        let _tenants = partition.tenants();
        // From here on it serves nobody, also if a commit fails: what is half deleted is not to be used.
        partition.close();
        let mut changes = delete_objects(core, &partition, &act)?;
        changes.push(Change::Delete {
            partition: PartitionId::SYSTEM.0,
            id: partition.id.0,
        });
        let mut event = act.done_with(core, None, name);
        event.signature = signature;
        core.store
            .commit(Batch { changes, event })
            .map_err(|error| self.settle_partitions(error, &mut slots))?;
        write(&self.partitions).remove(&partition.slot);
        Ok(())
    }

    /// Initialises the token of a partition that was never initialised.
    ///
    /// # Errors
    /// There is no such partition, it is initialised, a PIN or the label is not acceptable, or the store failed.
    pub fn setup_token(
        &self,
        name: &str,
        setup: &TokenSetup<'_>,
        actor: Actor,
    ) -> Result<(), Error> {
        let partition = self.partition_named(name)?;
        if partition.ledger.view().label.is_some() {
            return Err(management(
                name,
                "is initialised; C_InitToken does it again",
            ));
        }
        if setup.label.len() > 32 {
            return Err(Error::Argument("label: at most 32 bytes"));
        }
        let who = Who { actor, agent: None };
        self.initialise(&partition, &who, setup)
    }

    /// After a commit that failed in doubt, takes over which partitions the store has, and gives the error back.
    fn settle_partitions(&self, error: StoreError, slots: &mut SlotCounter) -> Error {
        if leaves_open(&error) {
            // Where reading fails as well, the next change finds the same doubt and settles it.
            if let Ok(found) = read_partitions(&self.core, &mut write(&self.partitions)) {
                *slots = found;
            }
        }
        error.into()
    }

    pub(crate) fn partition_named(&self, name: &str) -> Result<Arc<Partition>, Error> {
        read(&self.partitions)
            .values()
            .find(|partition| partition.name == name)
            .map(Arc::clone)
            .ok_or_else(|| management(name, "does not exist; list them to see their names"))
    }
}

impl Partition {
    fn info(&self) -> PartitionInfo {
        PartitionInfo {
            id: self.id,
            name: self.name.clone(),
            slot: self.slot,
            profile: self.profile,
            label: self.ledger.view().label.clone(),
        }
    }
}

/// Prepares the deletion of all objects of a partition: gives the changes for the caller's own batch, after committing
/// those that do not fit it.
pub(crate) fn delete_objects(
    core: &Core,
    partition: &Partition,
    act: &Act<'_>,
) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    core.store.rows(Some(partition.id.0), None, &mut |row| {
        changes.push(Change::Delete {
            partition: row.partition,
            id: row.id,
        });
        Ok(())
    })?;
    // Room is left for the caller's own changes.
    let portion = CHANGES_MAX - 8;
    while changes.len() > portion {
        let event = act.done_with(core, None, "first, a part of the objects is destroyed");
        let rest = changes.split_off(portion);
        core.store.commit(Batch { changes, event })?;
        changes = rest;
    }
    Ok(changes)
}

fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.len() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(management(
            name,
            "is no name: 1 to 64 bytes without control characters",
        ));
    }
    Ok(())
}

pub(crate) fn management(name: &str, why: &'static str) -> Error {
    Error::Management {
        what: "partition",
        name: name.to_owned(),
        why,
    }
}
