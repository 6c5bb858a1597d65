//! How a partition keeps the objects of its token: every change is durable first and visible then.

use std::sync::Arc;

use audit::Event;
use store::record::RecordKeys;
use store::{Batch, Change, Kind, Row, StoreError};

use crate::Error;
use crate::attributes::Attributes;
use crate::hsm::Core;
use crate::identifier::ObjectId;
use crate::ledger::{Entry, leaves_open};
use crate::lock::lock;
use crate::object::{Content, Object};
use crate::partition::Partition;

/// How many serial numbers are set aside at once: one commit of the partition's record for so many new objects.
const SERIALS_AT_ONCE: u64 = 1024;

/// The most objects of one token: what fits into memory beside everything else; the limit is told, not met by surprise.
const OBJECTS_MAX: usize = 2_000_000;

/// An object that is about to become one of the token's.
pub(crate) struct NewObject {
    /// Its name.
    pub(crate) id: ObjectId,
    /// Its attributes.
    pub(crate) attributes: Attributes,
}

impl Partition {
    /// Makes objects part of the token. Gives them back in the same order.
    pub(crate) fn add(
        &self,
        core: &Core,
        new: Vec<NewObject>,
        event: Event,
    ) -> Result<Vec<Arc<Object>>, Error> {
        self.read_public(core)?;
        self.check_room(new.len())?;
        let ids: Vec<ObjectId> = new.iter().map(|new| new.id).collect();
        self.keeping(core, &ids, |keys| {
            let objects = match self.take_serials(new.len()) {
                Some(serials) => {
                    let (objects, changes) = self.write_all(core, keys, new, serials)?;
                    core.store.commit(Batch { changes, event })?;
                    objects
                }
                None => self.add_with_serials(core, keys, new, event)?,
            };
            let objects: Vec<_> = objects.into_iter().map(Arc::new).collect();
            for object in &objects {
                self.objects.insert(Arc::clone(object));
            }
            Ok(objects)
        })
    }

    /// Gives an object other attributes. The caller holds its `changing`.
    pub(crate) fn rewrite(
        &self,
        core: &Core,
        object: &Arc<Object>,
        attributes: Attributes,
        event: Event,
    ) -> Result<(), Error> {
        self.keeping(core, &[object.id], |keys| {
            self.check_kept(object)?;
            let version = object.content().version + 1;
            let row = self.seal(core, keys, object.id, object.handle, version, &attributes)?;
            let changes = vec![Change::Put(row)];
            core.store.commit(Batch { changes, event })?;
            let attributes = Arc::new(attributes);
            let changed = Content {
                attributes,
                version,
            };
            self.objects.change(object, || object.replace(changed));
            Ok(())
        })
    }

    /// Destroys an object. The caller holds its `changing`.
    pub(crate) fn erase(
        &self,
        core: &Core,
        object: &Arc<Object>,
        event: Event,
    ) -> Result<(), Error> {
        self.keeping(core, &[object.id], |_| {
            self.check_kept(object)?;
            let delete = Change::Delete {
                partition: self.id.0,
                id: object.id.0,
            };
            let changes = vec![delete];
            core.store.commit(Batch { changes, event })?;
            self.objects.remove(object.handle);
            Ok(())
        })
    }

    /// Runs a change of the objects with these names. Where a commit fails in doubt, memory takes over what the store
    /// has of them: the caller learns of the failure, and an object that came to be all the same is found.
    fn keeping<T>(
        &self,
        core: &Core,
        ids: &[ObjectId],
        change: impl FnOnce(RecordKeys<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let result = self.vault.with_keys(|keys| {
            if self.is_closed() {
                return Err(Error::SessionHandleInvalid);
            }
            change(keys)
        });
        if let Err(Error::Store(error)) = &result
            && leaves_open(error)
        {
            // Where reading fails as well, memory stays as it is, and the next change of the object settles it.
            let _ = self.take_over(core, ids);
        }
        result
    }

    /// Checks that an object is still the one that the token has: a logout and a login in between make it another.
    fn check_kept(&self, object: &Arc<Object>) -> Result<(), Error> {
        match self.objects.open(object.handle) {
            Some(kept) if Arc::ptr_eq(&kept, object) => Ok(()),
            _ => Err(Error::ObjectHandleInvalid),
        }
    }

    /// Adds objects and sets serial numbers aside in the same batch.
    fn add_with_serials(
        &self,
        core: &Core,
        keys: RecordKeys<'_>,
        new: Vec<NewObject>,
        event: Event,
    ) -> Result<Vec<Object>, Error> {
        let (objects, fresh) = self.ledger.change(core, |record| {
            let mut fresh = record.serials..record.serials + SERIALS_AT_ONCE;
            record.serials = fresh.end;
            let serials: Vec<u64> = fresh.by_ref().take(new.len()).collect();
            let (objects, changes) = self.write_all(core, keys, new, serials)?;
            let value = (objects, fresh);
            Ok(Entry {
                value,
                changes,
                event,
            })
        })?;
        *lock(&self.serials) = fresh;
        Ok(objects)
    }

    fn take_over(&self, core: &Core, ids: &[ObjectId]) -> Result<(), StoreError> {
        for id in ids {
            match core.store.row(self.id.0, id.0)? {
                Some(row) => self
                    .vault
                    .with_keys(|keys| self.take_over_row(core, &row, keys)),
                None => {
                    if let Some(handle) = self.objects.named(*id) {
                        self.objects.remove(handle);
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes over one row. Where a private one cannot be opened, because the user has left, the next login reads them all.
    fn take_over_row(&self, core: &Core, row: &Row, keys: RecordKeys<'_>) {
        let user = keys.user.filter(|_| row.kind == Kind::PrivateObject);
        let Ok(stored) = self.read(core, row, RecordKeys { user, ..keys }) else {
            return self.objects.forget_private();
        };
        match self.objects.open(stored.handle) {
            Some(object) => {
                let content = stored.content();
                self.objects.change(&object, || object.replace(content));
            }
            None => self.objects.insert(Arc::new(stored)),
        }
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
        keys: RecordKeys<'_>,
        new: Vec<NewObject>,
        serials: Vec<u64>,
    ) -> Result<(Vec<Object>, Vec<Change>), Error> {
        let mut objects = Vec::with_capacity(new.len());
        let mut changes = Vec::with_capacity(new.len());
        for (NewObject { id, attributes }, serial) in new.into_iter().zip(serials) {
            changes.push(Change::Put(self.seal(
                core,
                keys,
                id,
                serial,
                1,
                &attributes,
            )?));
            objects.push(Object::new(serial, id, None, 1, attributes));
        }
        Ok((objects, changes))
    }

    /// Seals the row of an object; a private one only while the user is logged in.
    fn seal(
        &self,
        core: &Core,
        keys: RecordKeys<'_>,
        id: ObjectId,
        serial: u64,
        version: u64,
        attributes: &Attributes,
    ) -> Result<Row, Error> {
        let (kind, user) = if attributes.is(ck::AttributeType::PRIVATE) {
            (
                Kind::PrivateObject,
                Some(keys.user.ok_or(Error::UserNotLoggedIn)?),
            )
        } else {
            (Kind::PublicObject, None)
        };
        let place = core.place(self.id, kind, id.0, version);
        let body = attributes.encode(serial);
        Ok(Row::seal(&place, RecordKeys { user, ..keys }, &body)?)
    }
}
