//! The system partition: the records that belong to the instance and not to any application.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use audit::Event;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::hierarchy::PartitionKey;
use store::record::{Place, RecordKeys};
use store::{Batch, Change, Kind, Row, Store};
use zeroize::Zeroizing;

use super::Error;

/// The partition of the records that belong to the instance.
pub(crate) const SYSTEM_PARTITION: [u8; 16] = [0; 16];
/// Where the instance's own record stands.
pub(crate) const INSTANCE_ID: [u8; 16] = [1; 16];
/// Where the authority's record stands.
pub(crate) const AUTHORITY_ID: [u8; 16] = [2; 16];
/// The first epoch of a store.
pub(crate) const FIRST_EPOCH: u64 = 1;

/// The instance's own record.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct InstanceRecord {
    /// What the HSM is called.
    pub(crate) label: String,
    /// Whether an administrator has claimed it: the factory door is closed.
    pub(crate) claimed: bool,
}

/// The authority's record.
#[derive(Deserialize, Serialize)]
pub(crate) struct AuthorityRecord {
    /// The key, PKCS#8 in DER.
    pub(crate) key: Zeroizing<Vec<u8>>,
    /// The certificate, DER.
    pub(crate) certificate: Vec<u8>,
}

/// A record that was read: its kind and its body.
pub(crate) type Record = (Kind, Zeroizing<Vec<u8>>);

/// One record to write.
pub(crate) struct Write {
    kind: Kind,
    id: [u8; 16],
    body: Zeroizing<Vec<u8>>,
}

impl Write {
    /// Prepares a record.
    pub(crate) fn new(kind: Kind, id: [u8; 16], record: &impl Serialize) -> Result<Self, Error> {
        let body = postcard::to_stdvec(record).map_err(|_| Error::Record("new"))?;
        Ok(Self {
            kind,
            id,
            body: Zeroizing::new(body),
        })
    }
}

/// The system partition of an opened store.
pub(crate) struct System {
    store: Arc<dyn Store>,
    instance: [u8; 16],
    key: PartitionKey,
    /// The versions of the records, and the lock under which they change.
    versions: Mutex<HashMap<[u8; 16], u64>>,
}

impl System {
    /// Takes up the partition; its records are then read by [`System::read`].
    pub(crate) fn new(store: Arc<dyn Store>, instance: [u8; 16], key: PartitionKey) -> Self {
        Self {
            store,
            instance,
            key,
            versions: Mutex::default(),
        }
    }

    /// The store underneath.
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Hands over every record of the partition: its kind and its body.
    pub(crate) fn read(&self) -> Result<Vec<Record>, Error> {
        let mut rows = Vec::new();
        self.store.rows(Some(SYSTEM_PARTITION), None, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let mut records = Vec::new();
        for row in rows {
            versions.insert(row.id, row.version);
            if row.kind != Kind::RootSlot {
                records.push((
                    row.kind,
                    row.open(
                        &self.instance,
                        RecordKeys {
                            partition: &self.key,
                            user: None,
                        },
                    )?,
                ));
            }
        }
        Ok(records)
    }

    /// Writes records and the event that tells of them, in one transaction.
    pub(crate) fn commit(&self, writes: &[Write], event: Event) -> Result<(), Error> {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let next = |id| versions.get(id).copied().unwrap_or_default() + 1;
        let rows: Vec<Row> = writes
            .iter()
            .map(|write| {
                let place = Place {
                    instance: self.instance,
                    partition: SYSTEM_PARTITION,
                    kind: write.kind,
                    object: write.id,
                    version: next(&write.id),
                    epoch: FIRST_EPOCH,
                };
                Row::seal(
                    &place,
                    RecordKeys {
                        partition: &self.key,
                        user: None,
                    },
                    &write.body,
                )
            })
            .collect::<Result<_, _>>()?;
        let written: Vec<_> = rows.iter().map(|row| (row.id, row.version)).collect();
        let changes = rows.into_iter().map(Change::Put).collect();
        self.store.commit(Batch { changes, event })?;
        versions.extend(written);
        Ok(())
    }
}

/// Reads a record's body.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8], what: &'static str) -> Result<T, Error> {
    match postcard::take_from_bytes(body) {
        Ok((record, [])) => Ok(record),
        _ => Err(Error::Record(what)),
    }
}
