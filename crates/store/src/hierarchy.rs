//! The key hierarchy: from the root key down to what seals records.

use zeroize::Zeroizing;

use crate::error::SealError;
use crate::sealing::{COMMITMENT_LEN, SALT_LEN, TAG_LEN, WriteKey, derive_key, fresh_salt};
use crate::secret::Secret;
use crate::wrap::{self, Purpose};

/// The root key: whoever has it has the instance. It is random, lives in memory only while the HSM is unlocked, and
/// reaches the disk only inside a [`crate::slot::RootSlot`].
pub struct RootKey(pub(crate) Secret);

impl RootKey {
    /// Draws a new root key, for a new instance.
    pub fn generate() -> Result<Self, SealError> {
        Secret::random().map(Self)
    }

    /// Derives the key that vouches for the store's state.
    pub fn meta_key(&self) -> MetaKey {
        MetaKey(derive_key(self.0.expose(), b"hsmd/root/meta/v1", b""))
    }

    /// Derives what a stolen store lacks for guessing PINs.
    pub fn pepper(&self) -> Pepper {
        Pepper(derive_key(self.0.expose(), b"hsmd/root/pepper/v1", b""))
    }

    /// Derives the key that wraps partition keys, and the user keys of partitions that activate themselves.
    pub fn wrap_key(&self) -> WrapKey {
        WrapKey(derive_key(self.0.expose(), b"hsmd/root/wrap/v1", b""))
    }

    /// Derives the key of the tickets with which applications come back.
    pub fn ticket_key(&self) -> TicketKey {
        TicketKey(derive_key(self.0.expose(), b"hsmd/root/ticket/v1", b""))
    }

    /// Derives the key that seals the records of the system partition, whose id is zero.
    pub fn system_key(&self) -> PartitionKey {
        PartitionKey(derive_key(self.0.expose(), b"hsmd/root/system/v1", b""))
    }
}

/// The key of the tickets with which applications come back. They never reach the store.
pub struct TicketKey(Secret);

/// The only layout of a ticket there is so far.
const TICKET_FORMAT: u8 = 1;

/// What comes before a ticket's ciphertext: format, salt, commitment.
const TICKET_FRONT: usize = 1 + SALT_LEN + COMMITMENT_LEN;

impl TicketKey {
    /// Seals a ticket: `format | salt 32 | commitment 32 | ciphertext | tag 16`.
    pub fn seal(&self, body: &[u8]) -> Result<Vec<u8>, SealError> {
        let salt = fresh_salt()?;
        let key = WriteKey::derive(self.0.expose(), &salt, &[b"ticket"]);
        let mut ticket = Vec::with_capacity(TICKET_FRONT + body.len() + TAG_LEN);
        ticket.push(TICKET_FORMAT);
        ticket.extend_from_slice(&salt);
        ticket.extend_from_slice(&key.commitment);
        let mut sealed = Vec::with_capacity(body.len() + TAG_LEN);
        sealed.extend_from_slice(body);
        key.seal(&ticket, &mut sealed);
        ticket.extend_from_slice(&sealed);
        Ok(ticket)
    }

    /// Opens a ticket; none that was not sealed under this key.
    #[must_use]
    pub fn open(&self, ticket: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (front, sealed) = ticket.split_at_checked(TICKET_FRONT)?;
        let (format, rest) = front.split_first()?;
        let (salt, commitment) = rest.split_first_chunk::<SALT_LEN>()?;
        if *format != TICKET_FORMAT {
            return None;
        }
        let key = WriteKey::derive(self.0.expose(), salt, &[b"ticket"]);
        let mut body = Zeroizing::new(sealed.to_vec());
        key.open(commitment, front, &mut body).ok()?;
        Some(body)
    }

    /// Derives the name of an object from the application and the call that makes it: the same call makes no other.
    #[must_use]
    pub fn name(&self, application: &[u8; 16], call: u64, place: u8) -> [u8; 16] {
        let mut context = [0; 25];
        context[..16].copy_from_slice(application);
        context[16..24].copy_from_slice(&call.to_be_bytes());
        context[24] = place;
        let derived = derive_key(self.0.expose(), b"hsmd/object/name/v1", &context);
        let mut name = [0; 16];
        name.copy_from_slice(&derived.expose()[..16]);
        name
    }
}

/// The key that vouches for the store's state.
pub struct MetaKey(pub(crate) Secret);

impl MetaKey {
    /// Draws a key that belongs to no root key, for stores that end with their process.
    pub fn generate() -> Result<Self, SealError> {
        Secret::random().map(Self)
    }
}

/// The secret that goes into every PIN's key, so that a stolen store alone cannot be guessed at.
pub struct Pepper(Secret);

/// The key that wraps partition keys, and the user keys of partitions that activate themselves.
pub struct WrapKey(Secret);

impl WrapKey {
    /// Wraps the key of a partition.
    pub fn wrap_partition_key(
        &self,
        partition: &[u8; 16],
        key: &PartitionKey,
    ) -> Result<Vec<u8>, SealError> {
        wrap::wrap(&self.0, partition_key_of(partition), &key.0)
    }

    /// Unwraps the key of a partition.
    pub fn unwrap_partition_key(
        &self,
        partition: &[u8; 16],
        blob: &[u8],
    ) -> Result<PartitionKey, SealError> {
        wrap::unwrap(&self.0, partition_key_of(partition), blob).map(PartitionKey)
    }

    /// Wraps the user key of a partition that activates itself, without a PIN.
    pub fn wrap_user_key(&self, partition: &[u8; 16], key: &UserKey) -> Result<Vec<u8>, SealError> {
        wrap::wrap(&self.0, user_key_of(partition), &key.0)
    }

    /// Unwraps the user key of a partition that activates itself.
    pub fn unwrap_user_key(&self, partition: &[u8; 16], blob: &[u8]) -> Result<UserKey, SealError> {
        wrap::unwrap(&self.0, user_key_of(partition), blob).map(UserKey)
    }
}

fn partition_key_of(partition: &[u8; 16]) -> Purpose<'_> {
    Purpose {
        name: "the partition's key under the root key",
        owner: partition,
    }
}

fn user_key_of(partition: &[u8; 16]) -> Purpose<'_> {
    Purpose {
        name: "the partition's user key under the root key",
        owner: partition,
    }
}

/// The key of a partition. Destroying its wrap erases the partition.
pub struct PartitionKey(pub(crate) Secret);

impl PartitionKey {
    /// Draws a new partition key.
    pub fn generate() -> Result<Self, SealError> {
        Secret::random().map(Self)
    }
}

/// The key of a partition's private objects, which a PIN opens.
pub struct UserKey(pub(crate) Secret);

impl UserKey {
    /// Draws a new user key.
    pub fn generate() -> Result<Self, SealError> {
        Secret::random().map(Self)
    }
}

/// The key that a PIN makes. It opens the user key or nothing does: there is no other verifier of a PIN to attack.
pub struct Kek {
    secret: Secret,
    partition: [u8; 16],
}

impl Kek {
    /// Makes the key of a PIN from its Argon2id output, for one user of one partition.
    pub fn from_pin_hash(
        argon_output: &[u8; 32],
        pepper: &Pepper,
        partition: &[u8; 16],
        user: u8,
    ) -> Self {
        let mut ikm = Zeroizing::new([0; 64]);
        ikm[..32].copy_from_slice(argon_output);
        ikm[32..].copy_from_slice(pepper.0.expose());
        let mut context = [0; 17];
        context[..16].copy_from_slice(partition);
        context[16] = user;
        let secret = derive_key(ikm.as_slice(), b"hsmd/pin/kek/v1", &context);
        Self {
            secret,
            partition: *partition,
        }
    }

    /// Wraps the user key under the PIN.
    pub fn wrap(&self, key: &UserKey) -> Result<Vec<u8>, SealError> {
        wrap::wrap(&self.secret, self.purpose(), &key.0)
    }

    /// Opens the user key; [`SealError::Refused`] means that the PIN is wrong.
    pub fn unwrap(&self, blob: &[u8]) -> Result<UserKey, SealError> {
        wrap::unwrap(&self.secret, self.purpose(), blob).map(UserKey)
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose {
            name: "the user key under the PIN",
            owner: &self.partition,
        }
    }
}

#[cfg(test)]
mod tests;
