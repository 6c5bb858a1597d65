//! A partition: one token, its keys and its objects.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use audit::Event;
use store::hierarchy::PartitionKey;
use store::record::RecordKeys;
use store::{Batch, Change, Kind, Row, StoreError};

use crate::attributes::Attributes;
use crate::hsm::Core;
use crate::identifier::{ObjectId, PartitionId};
use crate::ledger::{Entry, Ledger, leaves_open};
use crate::lock::lock;
use crate::object::Object;
use crate::objects::Objects;
use crate::policy::Profile;
use crate::record::PartitionRecord;
use crate::vault::Vault;
use crate::{BodyError, Error};

/// How many serial numbers are set aside at once: one commit of the partition's record for so many new objects.
const SERIALS_AT_ONCE: u64 = 1024;

/// The most objects of one token: what fits into memory beside everything else; the limit is told, not met by surprise.
const OBJECTS_MAX: usize = 2_000_000;

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
    /// Its record.
    pub(crate) ledger: Ledger,
    /// Its keys.
    pub(crate) vault: Vault,
    /// How many sessions there are, of all applications; held while the token is initialised.
    tenants: Mutex<usize>,
    closed: AtomicBool,
    serials: Mutex<Range<u64>>,
}

/// An object that is about to become one of the token's.
pub(crate) struct NewObject {
    /// Its name.
    pub(crate) id: ObjectId,
    /// Its attributes.
    pub(crate) attributes: Attributes,
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
            vault: Vault::new(key),
            tenants: Mutex::new(0),
            closed: AtomicBool::new(false),
            serials: Mutex::new(record.serials..record.serials),
            ledger: Ledger::new(id, record, version),
        };
        let key = partition.vault.partition_key();
        let keys = RecordKeys {
            partition: &key,
            user: None,
        };
        partition.load(core, Kind::PublicObject, keys)?;
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

    fn read(&self, core: &Core, row: &Row, keys: RecordKeys<'_>) -> Result<Object, Error> {
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
        let key = self.vault.partition_key();
        self.load(
            core,
            Kind::PublicObject,
            RecordKeys {
                partition: &key,
                user: None,
            },
        )
    }

    /// Locks the number of sessions: none opens or ends meanwhile.
    pub(crate) fn tenants(&self) -> MutexGuard<'_, usize> {
        lock(&self.tenants)
    }

    /// Makes objects part of the token: durable, then visible. Gives them back in the same order.
    pub(crate) fn add(
        &self,
        core: &Core,
        new: Vec<NewObject>,
        event: Event,
    ) -> Result<Vec<Arc<Object>>, Error> {
        self.check_room(new.len())?;
        let taken = self.take_serials(new.len());
        let ids: Vec<ObjectId> = new.iter().map(|new| new.id).collect();
        let objects = match taken {
            Some(serials) => {
                let (objects, changes) = self.write_all(core, new, serials)?;
                core.store
                    .commit(Batch { changes, event })
                    .map_err(|error| self.settle(core, error, &ids))?;
                objects
            }
            None => self
                .add_with_serials(core, new, event)
                .map_err(|error| match error {
                    Error::Store(error) => self.settle(core, error, &ids),
                    error => error,
                })?,
        };
        let objects: Vec<_> = objects.into_iter().map(Arc::new).collect();
        for object in &objects {
            let insert = || self.objects.insert(Arc::clone(object));
            if object.private {
                self.vault.while_user(insert);
            } else {
                insert();
            }
        }
        Ok(objects)
    }

    /// Adds objects and sets serial numbers aside in the same batch.
    fn add_with_serials(
        &self,
        core: &Core,
        new: Vec<NewObject>,
        event: Event,
    ) -> Result<Vec<Object>, Error> {
        let (objects, fresh) = self.ledger.change(core, |record| {
            let mut fresh = record.serials..record.serials + SERIALS_AT_ONCE;
            record.serials = fresh.end;
            let serials: Vec<u64> = fresh.by_ref().take(new.len()).collect();
            let (objects, changes) = self.write_all(core, new, serials)?;
            Ok(Entry {
                value: (objects, fresh),
                changes,
                event,
            })
        })?;
        *lock(&self.serials) = fresh;
        Ok(objects)
    }

    /// After a commit that failed in doubt, takes over what the store has of these objects, and gives the error back.
    ///
    /// The caller learns of the failure either way; an object that came to be is found and can be destroyed.
    pub(crate) fn settle(&self, core: &Core, error: StoreError, ids: &[ObjectId]) -> Error {
        if leaves_open(&error) {
            // Where reading fails as well, memory stays as it is, and the next change of the object settles it.
            let _ = self.take_over(core, ids);
        }
        error.into()
    }

    fn take_over(&self, core: &Core, ids: &[ObjectId]) -> Result<(), Error> {
        let mut found = Vec::new();
        core.store.rows(Some(self.id.0), &mut |row| {
            if ids.contains(&ObjectId(row.id)) {
                found.push(row);
            }
            Ok(())
        })?;
        let gone = |object: &Object| {
            ids.contains(&object.id) && found.iter().all(|row| row.id != object.id.0)
        };
        self.objects.remove_where(gone);
        let key = self.vault.partition_key();
        for row in found {
            let private = row.kind == Kind::PrivateObject;
            let user = private.then(|| self.vault.user_key()).transpose()?;
            let keys = RecordKeys {
                partition: &key,
                user: user.as_deref(),
            };
            let stored = self.read(core, &row, keys)?;
            match self.objects.get(stored.handle) {
                Some(object) => {
                    self.objects
                        .change(&object, || object.replace(stored.content()));
                }
                None => self.objects.insert(Arc::new(stored)),
            }
        }
        Ok(())
    }

    fn check_room(&self, more: usize) -> Result<(), Error> {
        if self.objects.len() + more > OBJECTS_MAX {
            return Err(Error::TooMany {
                what: "objects of one token",
                limit: OBJECTS_MAX,
                rv: ck::Rv::DEVICE_MEMORY,
            });
        }
        Ok(())
    }

    /// Takes serial numbers that were set aside, if there are enough.
    fn take_serials(&self, count: usize) -> Option<Vec<u64>> {
        let mut serials = lock(&self.serials);
        let taken: Vec<u64> = serials.by_ref().take(count).collect();
        (taken.len() == count).then_some(taken)
    }

    fn write_all(
        &self,
        core: &Core,
        new: Vec<NewObject>,
        serials: Vec<u64>,
    ) -> Result<(Vec<Object>, Vec<Change>), Error> {
        let mut objects = Vec::with_capacity(new.len());
        let mut changes = Vec::with_capacity(new.len());
        for (new, serial) in new.into_iter().zip(serials) {
            changes.push(Change::Put(self.seal(
                core,
                new.id,
                serial,
                1,
                &new.attributes,
            )?));
            objects.push(Object::new(serial, new.id, None, 1, new.attributes));
        }
        Ok((objects, changes))
    }

    /// Seals the row of an object.
    pub(crate) fn seal(
        &self,
        core: &Core,
        id: ObjectId,
        serial: u64,
        version: u64,
        attributes: &Attributes,
    ) -> Result<Row, Error> {
        let private = attributes.is(ck::AttributeType::PRIVATE);
        let user = private.then(|| self.vault.user_key()).transpose()?;
        let key = self.vault.partition_key();
        let keys = RecordKeys {
            partition: &key,
            user: user.as_deref(),
        };
        let kind = if private {
            Kind::PrivateObject
        } else {
            Kind::PublicObject
        };
        let place = core.place(self.id, kind, id.0, version);
        Ok(Row::seal(&place, keys, &attributes.encode(serial))?)
    }
}
