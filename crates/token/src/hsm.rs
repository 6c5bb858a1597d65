//! The HSM: its partitions, and what all of them share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use audit::Event;
use store::hierarchy::{PartitionKey, Pepper, RootKey, TicketKey, WrapKey};
use store::record::{Place, RecordKeys};
use store::{Batch, Kind, Row, Store};
use zeroize::Zeroizing;

use crate::administration::SlotCounter;
use crate::identifier::PartitionId;
use crate::lock::read;
use crate::partition::Partition;
use crate::pin::Gate;
use crate::record::PartitionRecord;
use crate::{Env, Error};

/// The keys that open an HSM's store.
pub struct Keys {
    /// Which HSM: part of every record's place.
    pub instance: [u8; 16],
    /// Seals the records of partitions.
    pub system: PartitionKey,
    /// Wraps the keys of partitions.
    pub wrap: WrapKey,
    /// Goes into every PIN's key.
    pub pepper: Pepper,
    /// Seals what applications come back with.
    pub tickets: TicketKey,
}

impl Keys {
    /// Derives the keys from the root key.
    #[must_use]
    pub fn derive(instance: [u8; 16], root: &RootKey) -> Self {
        Self {
            instance,
            system: root.system_key(),
            wrap: root.wrap_key(),
            pepper: root.pepper(),
            tickets: root.ticket_key(),
        }
    }
}

/// What every part of the core needs: surroundings, store and keys.
pub(crate) struct Core {
    pub(crate) env: Arc<dyn Env>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: Keys,
    pub(crate) gate: Gate,
    epoch: u64,
}

impl Core {
    /// Logs an event that changes nothing.
    pub(crate) fn log(&self, event: Event) -> Result<(), Error> {
        self.store.commit(Batch {
            changes: Vec::new(),
            event,
        })?;
        Ok(())
    }

    /// Tells where a record belongs.
    pub(crate) fn place(
        &self,
        partition: PartitionId,
        kind: Kind,
        object: [u8; 16],
        version: u64,
    ) -> Place {
        Place {
            instance: self.keys.instance,
            partition: partition.0,
            kind,
            object,
            version,
            epoch: self.epoch,
        }
    }

    /// Seals a record of the system's own partition.
    pub(crate) fn seal_system(
        &self,
        kind: Kind,
        id: [u8; 16],
        version: u64,
        body: &[u8],
    ) -> Result<Row, Error> {
        let place = self.place(PartitionId::SYSTEM, kind, id, version);
        Ok(Row::seal(&place, self.system_keys(), body)?)
    }

    /// Opens a record of the system's own partition.
    pub(crate) fn open_system(&self, row: &Row) -> Result<Zeroizing<Vec<u8>>, Error> {
        Ok(row.open(&self.keys.instance, self.system_keys())?)
    }

    fn system_keys(&self) -> RecordKeys<'_> {
        RecordKeys {
            partition: &self.keys.system,
            user: None,
        }
    }
}

/// A hardware security module in software, shared by all connections.
pub struct Hsm {
    pub(crate) core: Core,
    /// The partitions by slot.
    pub(crate) partitions: RwLock<BTreeMap<u64, Arc<Partition>>>,
    /// Held while partitions are made or deleted.
    pub(crate) slots: Mutex<SlotCounter>,
    /// When it was opened, in milliseconds since 1970.
    pub(crate) opened_ms: u64,
    next_session: AtomicU64,
    next_session_object: AtomicU64,
}

/// Handles of session objects start here or above; serial numbers of token objects never come this far.
pub(crate) const SESSION_OBJECTS: u64 = 1 << 48;

impl Hsm {
    /// Opens the HSM on its store: reads the partitions and their public objects.
    ///
    /// # Errors
    /// A record cannot be read, opened or understood: then nothing is served.
    pub fn open(env: Arc<dyn Env>, keys: Keys, store: Arc<dyn Store>) -> Result<Self, Error> {
        let epoch = store.head()?.epoch;
        let core = Core {
            env,
            store,
            keys,
            gate: Gate::new(),
            epoch,
        };
        let mut partitions = BTreeMap::new();
        let slots = read_partitions(&core, &mut partitions)?;
        let [session, object] = draw_bases(&*core.env);
        Ok(Self {
            opened_ms: core.env.now_ms(),
            core,
            partitions: RwLock::new(partitions),
            slots: Mutex::new(slots),
            next_session: AtomicU64::new(session),
            next_session_object: AtomicU64::new(object),
        })
    }

    /// Finds the partition in a slot.
    pub(crate) fn partition(&self, slot: u64) -> Option<Arc<Partition>> {
        read(&self.partitions).get(&slot).map(Arc::clone)
    }

    /// Gives a handle for a session.
    pub(crate) fn session_handle(&self) -> u64 {
        self.next_session.fetch_add(1, Ordering::Relaxed)
    }

    /// Gives a handle for a session object.
    pub(crate) fn object_handle(&self) -> u64 {
        self.next_session_object.fetch_add(1, Ordering::Relaxed)
    }
}

/// Brings the partitions to what the store has: opens those that are new, leaves out those that are gone.
pub(crate) fn read_partitions(
    core: &Core,
    partitions: &mut BTreeMap<u64, Arc<Partition>>,
) -> Result<SlotCounter, Error> {
    let mut rows = Vec::new();
    core.store
        .rows(Some(PartitionId::SYSTEM.0), None, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
    partitions.retain(|_, partition| rows.iter().any(|row| row.id == partition.id.0));
    let mut slots = SlotCounter::default();
    for row in rows {
        let known = partitions
            .values()
            .any(|partition| partition.id.0 == row.id);
        if row.kind == Kind::Partition && !known {
            let record = PartitionRecord::decode(&core.open_system(&row)?)?;
            let partition = Partition::open(core, PartitionId(row.id), record, row.version)?;
            partitions.insert(partition.slot, Arc::new(partition));
        } else if SlotCounter::is(&row) {
            slots = SlotCounter::decode(&core.open_system(&row)?, row.version)?;
        }
    }
    Ok(slots)
}

/// Draws where handles start after this start of the HSM, so that those of an earlier one lead nowhere.
fn draw_bases(env: &dyn Env) -> [u64; 2] {
    let mut random = [0; 8];
    env.random(&mut random);
    let [a, b, c, d, e, f, g, h] = random;
    let spread = |bytes: [u8; 4]| u64::from(u32::from_le_bytes(bytes)) << 14;
    [
        1 + spread([a, b, c, d]),
        SESSION_OBJECTS + spread([e, f, g, h]),
    ]
}
