//! Slots of the root key: each holds the root key wrapped under one secret, and any one opens it.
//!
//! ```text
//! "HSMS" | format u8 | secret u8 | instance 16 | slot 16 | memory KiB u32 | passes u32 | lanes u32 | salt 16
//!        | label length u8 | label || wrapped root key 113
//! ```
//!
//! Everything before the wrap is what the wrap belongs to, so that a slot opens only with the parameters and the
//! place it was made for. Slots are kept as rows of kind [`Kind::RootSlot`] in the system partition: adding and
//! removing one is a commit like any other, with its audit entry, and an old slot cannot be put back unseen.

mod keyfile;
mod passphrase;

use std::path::Path;

use crate::error::SealError;
use crate::hierarchy::RootKey;
use crate::kind::Kind;
use crate::row::Row;
use crate::secret::{Secret, fill_random};
use crate::wrap::{self, Purpose, WRAPPED_LEN};

pub use keyfile::create_key_file;
pub use passphrase::Cost;

/// The longest label, in bytes: a name an operator tells slots apart by.
pub const LABEL_MAX: usize = 64;

const MAGIC: [u8; 4] = *b"HSMS";
const FORMAT: u8 = 1;
const SALT_LEN: usize = 16;

/// What opens a slot, without the secret itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SlotKind {
    /// A passphrase that a person types.
    Passphrase = 1,
    /// A file that only the HSM's user can read: opens unattended.
    KeyFile = 2,
    /// A key that custodians put together from their shares.
    Quorum = 3,
}

impl SlotKind {
    fn from_number(number: u8) -> Option<Self> {
        [Self::Passphrase, Self::KeyFile, Self::Quorum]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }
}

/// The secret that opens a slot.
#[derive(Clone, Copy)]
pub enum SlotSecret<'a> {
    /// A passphrase.
    Passphrase(&'a [u8]),
    /// The path of a key file; its owner and mode are checked each time.
    KeyFile(&'a Path),
    /// A key that custodians put together from their shares.
    Quorum(&'a [u8; 32]),
}

impl SlotSecret<'_> {
    /// Which kind of slot it opens.
    pub fn kind(&self) -> SlotKind {
        match self {
            Self::Passphrase(_) => SlotKind::Passphrase,
            Self::KeyFile(_) => SlotKind::KeyFile,
            Self::Quorum(_) => SlotKind::Quorum,
        }
    }

    fn key(&self, cost: Cost, salt: &[u8; SALT_LEN]) -> Result<Secret, SealError> {
        match self {
            Self::Passphrase(passphrase) => passphrase::stretch(passphrase, cost, salt),
            Self::KeyFile(path) => keyfile::read(path),
            Self::Quorum(key) => Ok(Secret::filled(|bytes| bytes.copy_from_slice(*key))),
        }
    }
}

/// Which slot a new one is to be.
#[derive(Clone, Copy, Debug)]
pub struct SlotName<'a> {
    /// The HSM.
    pub instance: [u8; 16],
    /// The slot; random.
    pub id: [u8; 16],
    /// What an operator calls it.
    pub label: &'a str,
}

/// A slot: the root key wrapped under one secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootSlot {
    kind: SlotKind,
    instance: [u8; 16],
    id: [u8; 16],
    cost: Cost,
    salt: [u8; SALT_LEN],
    label: String,
    wrapped: Vec<u8>,
}

impl RootSlot {
    /// Wraps the root key under a secret. The cost is for passphrases; other secrets are keys already.
    pub fn seal(
        name: SlotName<'_>,
        secret: SlotSecret<'_>,
        cost: Cost,
        root: &RootKey,
    ) -> Result<Self, SealError> {
        if name.label.len() > LABEL_MAX {
            let length = name.label.len();
            return Err(SealError::TooLong {
                what: "a slot's label",
                length,
                limit: LABEL_MAX,
            });
        }
        let mut slot = Self {
            kind: secret.kind(),
            instance: name.instance,
            id: name.id,
            cost,
            salt: [0; SALT_LEN],
            label: name.label.to_owned(),
            wrapped: Vec::new(),
        };
        fill_random(&mut slot.salt)?;
        let key = secret.key(cost, &slot.salt)?;
        slot.wrapped = wrap::wrap(&key, purpose(&slot.clear()), &root.0)?;
        Ok(slot)
    }

    /// Opens the root key; [`SealError::Refused`] means that the secret is wrong or the slot was changed.
    pub fn open(&self, secret: SlotSecret<'_>) -> Result<RootKey, SealError> {
        if secret.kind() != self.kind {
            return Err(SealError::Refused {
                what: format!("slot «{}», a slot of another kind,", self.label),
            });
        }
        let key = secret.key(self.cost, &self.salt)?;
        wrap::unwrap(&key, purpose(&self.clear()), &self.wrapped).map(RootKey)
    }

    /// The slot's id.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// The HSM it belongs to.
    pub fn instance(&self) -> [u8; 16] {
        self.instance
    }

    /// What opens it.
    pub fn kind(&self) -> SlotKind {
        self.kind
    }

    /// What an operator calls it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Makes the row that keeps the slot in a store. A slot never changes, so its version is always 1.
    pub fn to_row(&self) -> Row {
        Row {
            partition: [0; 16],
            id: self.id,
            kind: Kind::RootSlot,
            version: 1,
            sealed: self.encode(),
        }
    }

    /// Writes the slot's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.clear();
        bytes.extend_from_slice(&self.wrapped);
        bytes
    }

    /// Reads a slot. Nothing in it is proven until it opens.
    pub fn decode(bytes: &[u8]) -> Result<Self, SealError> {
        let (clear, wrapped) = bytes
            .split_last_chunk::<WRAPPED_LEN>()
            .ok_or_else(|| malformed("it is too short"))?;
        let mut reader = Reader { rest: clear };
        if reader.array()? != MAGIC || reader.array()? != [FORMAT] {
            return Err(malformed("its layout is not one this version knows"));
        }
        let slot = Self {
            kind: SlotKind::from_number(u8::from_be_bytes(reader.array()?))
                .ok_or_else(|| malformed("its kind is unknown"))?,
            instance: reader.array()?,
            id: reader.array()?,
            cost: Cost {
                memory_kib: u32::from_be_bytes(reader.array()?),
                passes: u32::from_be_bytes(reader.array()?),
                lanes: u32::from_be_bytes(reader.array()?),
            },
            salt: reader.array()?,
            label: reader.label()?,
            wrapped: wrapped.to_vec(),
        };
        if reader.rest.is_empty() {
            Ok(slot)
        } else {
            Err(malformed("it has bytes to spare"))
        }
    }

    fn clear(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[FORMAT, self.kind as u8]);
        bytes.extend_from_slice(&self.instance);
        bytes.extend_from_slice(&self.id);
        for parameter in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            bytes.extend_from_slice(&parameter.to_be_bytes());
        }
        bytes.extend_from_slice(&self.salt);
        bytes.push(u8::try_from(self.label.len()).expect("labels are at most 64 bytes"));
        bytes.extend_from_slice(self.label.as_bytes());
        bytes
    }
}

fn purpose(clear: &[u8]) -> Purpose<'_> {
    Purpose {
        name: "the root key in its slot",
        owner: clear,
    }
}

fn malformed(why: &'static str) -> SealError {
    SealError::Malformed {
        what: "a root slot",
        why,
    }
}

/// Takes fields from the front of a slot.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], SealError> {
        let (head, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or_else(|| malformed("it is too short"))?;
        self.rest = rest;
        Ok(*head)
    }

    fn label(&mut self) -> Result<String, SealError> {
        let length = usize::from(u8::from_be_bytes(self.array()?));
        let (head, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| malformed("it is too short"))?;
        if length > LABEL_MAX {
            return Err(malformed("its label is too long"));
        }
        self.rest = rest;
        let label = std::str::from_utf8(head).map_err(|_| malformed("its label is not UTF-8"))?;
        Ok(label.to_owned())
    }
}

#[cfg(test)]
mod tests;
