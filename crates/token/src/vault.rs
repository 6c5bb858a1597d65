//! The vault of a partition: its keys, as long as somebody is logged in who opens them.

use std::sync::{Arc, RwLock};

use store::hierarchy::{Kek, PartitionKey, UserKey};
use store::record::RecordKeys;

use crate::Error;
use crate::lock::{read, write};

/// The keys of a partition.
pub(crate) struct Vault(RwLock<Inner>);

struct Inner {
    partition: Arc<PartitionKey>,
    user: Option<Arc<UserKey>>,
    /// Applications in which the user is logged in.
    users: usize,
    officer: Option<Arc<Kek>>,
    /// Applications in which the security officer is logged in.
    officers: usize,
}

impl Vault {
    /// Starts with nobody logged in.
    pub(crate) fn new(partition: PartitionKey) -> Self {
        Self(RwLock::new(Inner {
            partition: Arc::new(partition),
            user: None,
            users: 0,
            officer: None,
            officers: 0,
        }))
    }

    /// The key of the security officer's PIN, while that officer is logged in.
    pub(crate) fn officer_kek(&self) -> Result<Arc<Kek>, Error> {
        read(&self.0)
            .officer
            .as_ref()
            .map(Arc::clone)
            .ok_or(Error::UserNotLoggedIn)
    }

    /// Tells whether a user is logged in, in any application.
    pub(crate) fn has_users(&self) -> bool {
        read(&self.0).users > 0
    }

    /// Lets a user in; the first one brings the private objects along, which `load` reads.
    pub(crate) fn enter_user(
        &self,
        key: UserKey,
        load: impl FnOnce(&PartitionKey, &UserKey) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut inner = write(&self.0);
        if inner.users == 0 {
            load(&inner.partition, &key)?;
            inner.user = Some(Arc::new(key));
        }
        inner.users += 1;
        Ok(())
    }

    /// Lets a user go; with the last one the private objects go, which `unload` does.
    pub(crate) fn leave_user(&self, unload: impl FnOnce()) {
        let mut inner = write(&self.0);
        inner.users = inner.users.saturating_sub(1);
        if inner.users == 0 {
            inner.user = None;
            unload();
        }
    }

    /// Lets everybody go, because the partition is deleted.
    pub(crate) fn leave_all(&self, unload: impl FnOnce()) {
        let mut inner = write(&self.0);
        (inner.user, inner.officer) = (None, None);
        (inner.users, inner.officers) = (0, 0);
        unload();
    }

    /// Runs `act` with the keys that are open. Meanwhile no first login opens private objects and no last logout closes
    /// them, so that what `act` does in the store and in memory stays together.
    ///
    /// `act` must not ask the vault for anything else: it would wait for whoever waits for it.
    pub(crate) fn with_keys<T>(&self, act: impl FnOnce(RecordKeys<'_>) -> T) -> T {
        let inner = read(&self.0);
        act(RecordKeys {
            partition: &inner.partition,
            user: inner.user.as_deref(),
        })
    }

    /// Lets a security officer in.
    pub(crate) fn enter_officer(&self, kek: Kek) {
        let mut inner = write(&self.0);
        inner.officer = Some(Arc::new(kek));
        inner.officers += 1;
    }

    /// Lets a security officer go.
    pub(crate) fn leave_officer(&self) {
        let mut inner = write(&self.0);
        inner.officers = inner.officers.saturating_sub(1);
        if inner.officers == 0 {
            inner.officer = None;
        }
    }

    /// Takes the key of the security officer's new PIN, where one is logged in.
    pub(crate) fn renew_officer(&self, kek: Kek) {
        let mut inner = write(&self.0);
        if inner.officers > 0 {
            inner.officer = Some(Arc::new(kek));
        }
    }

    /// Takes a new partition key; everything that was open is gone.
    pub(crate) fn reset(&self, partition: PartitionKey) {
        *write(&self.0) = Inner {
            partition: Arc::new(partition),
            user: None,
            users: 0,
            officer: None,
            officers: 0,
        };
    }
}
