//! A partition: one token, its keys and its objects.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use store::hierarchy::PartitionKey;
use store::record::RecordKeys;
use store::{Kind, Row, StoreError};

use crate::attributes::Attributes;
use crate::hsm::Core;
use crate::identifier::{ObjectId, PartitionId};
use crate::ledger::{Ledger, leaves_open};
use crate::lock::lock;
use crate::object::Object;
use crate::objects::Objects;
use crate::policy::Profile;
use crate::record::PartitionRecord;
use crate::standing;
use crate::vault::Vault;
use crate::{BodyError, Error};

/// A partition.
pub(crate) struct Partition {
    /// Its name for good.
    pub(crate) id: PartitionId,
    /// Its name for administrators.
    pub(crate) name: String,
    /// The slot in which applications find it.
    pub(crate) slot: u64,
    /// Its policy.
    pub(crate) profile: Profile,
    /// The objects of its token; the private ones while a user is logged in.
    pub(crate) objects: Objects,
    /// What its token has by itself.
    pub(crate) standing: Objects,
    /// Its record.
    pub(crate) ledger: Ledger,
    /// Its keys.
    pub(crate) vault: Vault,
    /// How many sessions there are, of all applications; held while the token is initialised.
    tenants: Mutex<usize>,
    closed: AtomicBool,
    /// Serial numbers that are set aside for new objects.
    pub(crate) serials: Mutex<Range<u64>>,
    /// Values of the monotonic counter that are set aside.
    pub(crate) counter: Mutex<Range<u64>>,
}

impl Partition {
    /// Opens a partition whose record stands in the store in this version, and reads its public objects.
    pub(crate) fn open(
        core: &Core,
        id: PartitionId,
        record: PartitionRecord,
        version: u64,
    ) -> Result<Self, Error> {
        let key = core.keys.wrap.unwrap_partition_key(&id.0, &record.key)?;
        let partition = Self {
            id,
            name: record.name.clone(),
            slot: record.slot,
            profile: record.profile,
            objects: Objects::default(),
            standing: standing::objects(id),
            vault: Vault::new(key),
            tenants: Mutex::new(0),
            closed: AtomicBool::new(false),
            serials: Mutex::new(record.serials..record.serials),
            counter: Mutex::new(record.counter..record.counter),
            ledger: Ledger::new(id, record, version),
        };
        partition.load_public(core)?;
        Ok(partition)
    }

    /// Reads the objects of one kind from the store.
    pub(crate) fn load(&self, core: &Core, kind: Kind, keys: RecordKeys<'_>) -> Result<(), Error> {
        let mut failed = None;
        core.store.rows(Some(self.id.0), &mut |row| {
            if row.kind == kind && failed.is_none() {
                match self.read(core, &row, keys) {
                    Ok(object) => self.objects.insert(Arc::new(object)),
                    Err(error) => failed = Some(error),
                }
            }
            Ok(())
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// Reads one object from its row.
    pub(crate) fn read(
        &self,
        core: &Core,
        row: &Row,
        keys: RecordKeys<'_>,
    ) -> Result<Object, Error> {
        let body = row.open(&core.keys.instance, keys)?;
        let (serial, attributes) = Attributes::decode(&body)?;
        let private = row.kind == Kind::PrivateObject;
        if attributes.is(ck::AttributeType::PRIVATE) != private {
            return Err(BodyError::Order(ck::AttributeType::PRIVATE).into());
        }
        Ok(Object::new(
            serial,
            ObjectId(row.id),
            None,
            row.version,
            attributes,
        ))
    }

    /// Tells whether the partition was deleted.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Marks the partition as deleted and forgets everything it had open.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.vault.leave_all(|| self.objects.remove_where(|_| true));
    }

    /// Takes a new partition key: under the old one there is nothing left.
    pub(crate) fn start_over(&self, key: PartitionKey) {
        self.vault.reset(key);
        self.objects.remove_where(|_| true);
    }

    /// After an initialisation that failed in doubt, takes over the key and the objects that the store has, and gives
    /// the error back. Where that fails as well the partition serves nobody: it would write under a key that is gone.
    pub(crate) fn settle_key(&self, core: &Core, error: StoreError) -> Error {
        if leaves_open(&error) && self.take_over_key(core).is_err() {
            self.close();
        }
        error.into()
    }

    fn take_over_key(&self, core: &Core) -> Result<(), Error> {
        let record = self.ledger.reread(core)?;
        self.start_over(
            core.keys
                .wrap
                .unwrap_partition_key(&self.id.0, &record.key)?,
        );
        self.load_public(core)
    }

    fn load_public(&self, core: &Core) -> Result<(), Error> {
        self.vault.with_keys(|keys| {
            let user = None;
            self.load(core, Kind::PublicObject, RecordKeys { user, ..keys })
        })
    }

    /// Locks the number of sessions: none opens or ends meanwhile.
    pub(crate) fn tenants(&self) -> MutexGuard<'_, usize> {
        lock(&self.tenants)
    }
}
