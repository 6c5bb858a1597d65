//! A partition: one token, its keys and its objects.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use store::hierarchy::PartitionKey;
use store::record::RecordKeys;
use store::{Kind, Row, StoreError};

use crate::attributes::Attributes;
use crate::catalogue::{Catalogue, Found};
use crate::hsm::Core;
use crate::identifier::{ObjectId, PartitionId};
use crate::ledger::{Ledger, leaves_open};
use crate::lock::lock;
use crate::object::{Object, matches};
use crate::objects::Objects;
use crate::policy::Profile;
use crate::record::PartitionRecord;
use crate::rules::Template;
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
    /// The objects of its token; the private ones are open while a user is logged in.
    pub(crate) objects: Catalogue,
    /// Held while the public objects are read for the first time.
    reading: Mutex<()>,
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
    /// Opens a partition whose record stands in the store in this version. Its objects are read when somebody asks for them.
    pub(crate) fn open(
        core: &Core,
        id: PartitionId,
        record: PartitionRecord,
        version: u64,
    ) -> Result<Self, Error> {
        let key = core.keys.wrap.unwrap_partition_key(&id.0, &record.key)?;
        Ok(Self {
            id,
            name: record.name.clone(),
            slot: record.slot,
            profile: record.profile,
            objects: Catalogue::default(),
            reading: Mutex::new(()),
            standing: standing::objects(id, record.profile),
            vault: Vault::new(key),
            tenants: Mutex::new(0),
            closed: AtomicBool::new(false),
            serials: Mutex::new(record.serials..record.serials),
            counter: Mutex::new(record.counter..record.counter),
            ledger: Ledger::new(id, record, version),
        })
    }

    /// Finds an object by its handle and opens it; a private one only while a user is logged in, in any application.
    ///
    /// # Errors
    /// The object is there and cannot be read.
    pub(crate) fn object(&self, core: &Core, handle: u64) -> Result<Option<Arc<Object>>, Error> {
        if let Some(object) = self.objects.open(handle) {
            return Ok(Some(object));
        }
        self.read_public(core)?;
        self.vault.with_keys(|keys| {
            loop {
                let Some(object) = self.read_named(core, handle, keys)? else {
                    return Ok(None);
                };
                // One that was written again meanwhile is read again.
                if let Some(object) = self.objects.opened(object) {
                    return Ok(Some(object));
                }
            }
        })
    }

    /// Finds the objects that match a template, in the order of their handles; private ones for a user only.
    pub(crate) fn find(
        &self,
        core: &Core,
        template: &Template<'_>,
        user: bool,
    ) -> Result<Vec<Found>, Error> {
        self.read_public(core)?;
        let wanted = self.objects.wanted(template);
        let mut found = self.objects.find(&wanted, user);
        if wanted.unsure {
            let mut failed = None;
            found.retain(|found| {
                let fits = self.fits(core, found.handle, template);
                fits.unwrap_or_else(|error| {
                    failed = Some(error);
                    false
                })
            });
            failed.map_or(Ok(()), Err)?;
        }
        Ok(found)
    }

    /// Tells whether an object matches a template. It is not kept open for that.
    fn fits(&self, core: &Core, handle: u64, template: &Template<'_>) -> Result<bool, Error> {
        let attributes = match self.objects.open(handle) {
            Some(object) => object.attributes(),
            None => {
                let read = |keys: RecordKeys<'_>| self.read_named(core, handle, keys);
                match self.vault.with_keys(read)? {
                    Some(object) => object.attributes(),
                    None => return Ok(false),
                }
            }
        };
        Ok(template
            .iter()
            .all(|wanted| matches(&attributes, wanted.id, wanted.value)))
    }

    /// Reads an object by its handle, under the keys that are open.
    fn read_named(
        &self,
        core: &Core,
        handle: u64,
        keys: RecordKeys<'_>,
    ) -> Result<Option<Object>, Error> {
        let Some((name, private)) = self.objects.name_of(handle) else {
            return Ok(None);
        };
        let user = keys.user.filter(|_| private);
        if private && user.is_none() {
            return Ok(None);
        }
        let Some(row) = core.store.row(self.id.0, name.0)? else {
            return Ok(None);
        };
        self.read(core, &row, RecordKeys { user, ..keys }).map(Some)
    }

    /// Reads the public objects from the store, unless that was done.
    pub(crate) fn read_public(&self, core: &Core) -> Result<(), Error> {
        if self.objects.has_public() {
            return Ok(());
        }
        let _reading = lock(&self.reading);
        if self.objects.has_public() {
            return Ok(());
        }
        self.vault.with_keys(|keys| {
            let user = None;
            self.read_all(core, Kind::PublicObject, RecordKeys { user, ..keys })
        })
    }

    /// Reads the private objects from the store, unless that was done: for a first login, which holds the vault.
    pub(crate) fn read_private(&self, core: &Core, keys: RecordKeys<'_>) -> Result<(), Error> {
        if self.objects.has_private() {
            return Ok(());
        }
        self.read_all(core, Kind::PrivateObject, keys)
    }

    fn read_all(&self, core: &Core, kind: Kind, keys: RecordKeys<'_>) -> Result<(), Error> {
        let mut failed = None;
        core.store.rows(Some(self.id.0), Some(kind), &mut |row| {
            if failed.is_none() {
                match self.read(core, &row, keys) {
                    Ok(object) => self.objects.note(&object),
                    Err(error) => failed = Some(error),
                }
            }
            Ok(())
        })?;
        failed.map_or(Ok(()), Err)?;
        self.objects.complete(kind == Kind::PrivateObject);
        Ok(())
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
        self.vault.leave_all(|| self.objects.clear());
    }

    /// Takes a new partition key: under the old one there is nothing left.
    pub(crate) fn start_over(&self, key: PartitionKey) {
        self.vault.reset(key);
        self.objects.clear();
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
        self.read_public(core)
    }

    /// Locks the number of sessions: none opens or ends meanwhile.
    pub(crate) fn tenants(&self) -> MutexGuard<'_, usize> {
        lock(&self.tenants)
    }
}
