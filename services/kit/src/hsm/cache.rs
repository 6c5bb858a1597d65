//! Handles of unwrapped keys.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::object::ObjectHandle;

/// What a key is found by: the digest of everything that its seal covers, and of the seal. A changed row is another key.
pub(super) type Print = [u8; 32];

/// Objects that nobody uses any more and that are still in the HSM.
#[derive(Debug, Default)]
pub(super) struct Doomed {
    any: AtomicBool,
    handles: Mutex<Vec<ObjectHandle>>,
}

impl Doomed {
    fn push(&self, handle: ObjectHandle) {
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        handles.push(handle);
        self.any.store(true, Ordering::Release);
    }

    /// Takes them all: who does must destroy them.
    pub(super) fn take(&self) -> Vec<ObjectHandle> {
        if !self.any.swap(false, Ordering::AcqRel) {
            return Vec::new();
        }
        std::mem::take(&mut *self.handles.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A key in the HSM that is ready for use. Its object is destroyed after its last user has let go.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) handle: ObjectHandle,
    doomed: Option<Arc<Doomed>>,
}

impl Loaded {
    /// Takes charge of a session object.
    pub(super) fn unwrapped(handle: ObjectHandle, doomed: &Arc<Doomed>) -> Self {
        Self {
            handle,
            doomed: Some(Arc::clone(doomed)),
        }
    }

    /// Refers to a token object, which stays.
    pub(super) fn resident(handle: ObjectHandle) -> Self {
        Self {
            handle,
            doomed: None,
        }
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        if let Some(doomed) = &self.doomed {
            doomed.push(self.handle);
        }
    }
}

#[derive(Debug)]
struct Entry {
    loaded: Arc<Loaded>,
    key: String,
    used: u64,
}

/// A bounded map in which the least recently used key goes first.
#[derive(Debug)]
pub(super) struct Cache {
    limit: usize,
    clock: u64,
    entries: HashMap<Print, Entry>,
    by_use: BTreeMap<u64, Print>,
}

impl Cache {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            clock: 0,
            entries: HashMap::new(),
            by_use: BTreeMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Finds a key and marks it as just used.
    pub(super) fn find(&mut self, print: &Print) -> Option<Arc<Loaded>> {
        let entry = self.entries.get_mut(print)?;
        self.clock += 1;
        self.by_use.remove(&entry.used);
        entry.used = self.clock;
        self.by_use.insert(self.clock, *print);
        Some(Arc::clone(&entry.loaded))
    }

    /// Adds a key that is not there. One that has to go for it is let go of.
    pub(super) fn insert(&mut self, print: Print, key: &str, loaded: Arc<Loaded>) {
        if self.entries.len() >= self.limit
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            self.entries.remove(&oldest);
        }
        self.clock += 1;
        self.by_use.insert(self.clock, print);
        let entry = Entry {
            loaded,
            key: key.to_owned(),
            used: self.clock,
        };
        self.entries.insert(print, entry);
    }

    /// Lets go of every version of a key.
    pub(super) fn forget(&mut self, key: &str) {
        let by_use = &mut self.by_use;
        self.entries.retain(|_, entry| {
            let stays = entry.key != key;
            if !stays {
                by_use.remove(&entry.used);
            }
            stays
        });
    }
}
