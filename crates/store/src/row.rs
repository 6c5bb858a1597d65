//! A row of a store: a sealed record and the columns that find it.

use zeroize::Zeroizing;

use crate::error::SealError;
use crate::kind::Kind;
use crate::record::{self, Place, RecordKeys};

/// A sealed record and the columns that find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The partition; zero is the system's.
    pub partition: [u8; 16],
    /// The object.
    pub id: [u8; 16],
    /// What it is.
    pub kind: Kind,
    /// How many times it was written; the first version is 1.
    pub version: u64,
    /// The sealed record.
    pub sealed: Vec<u8>,
}

impl Row {
    /// Seals a body into the row of its place.
    pub fn seal(place: &Place, keys: RecordKeys<'_>, body: &[u8]) -> Result<Self, SealError> {
        Ok(Self {
            partition: place.partition,
            id: place.object,
            kind: place.kind,
            version: place.version,
            sealed: record::seal(place, keys, body)?,
        })
    }

    /// Opens the row's record, and refuses one that belongs to another row or another HSM.
    pub fn open(
        &self,
        instance: &[u8; 16],
        keys: RecordKeys<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let found = record::Header::decode(&self.sealed)?.place;
        let expected = self.place(instance, found.epoch);
        if found != expected {
            return Err(SealError::Misplaced {
                found: found.to_string(),
                expected: expected.to_string(),
            });
        }
        record::open(&self.sealed, keys).map(|(_, body)| body)
    }

    fn place(&self, instance: &[u8; 16], epoch: u64) -> Place {
        Place {
            instance: *instance,
            partition: self.partition,
            kind: self.kind,
            object: self.id,
            version: self.version,
            epoch,
        }
    }
}
