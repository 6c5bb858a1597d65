//! What a rule remembers from one call to the next.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki_sys::CK_ULONG;

/// A topic and a handle, or whatever else tells notes apart.
type Key = (&'static str, CK_ULONG);

fn notes() -> MutexGuard<'static, BTreeMap<Key, CK_ULONG>> {
    static NOTES: Mutex<BTreeMap<Key, CK_ULONG>> = Mutex::new(BTreeMap::new());
    NOTES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a number.
pub(crate) fn put(topic: &'static str, about: CK_ULONG, number: CK_ULONG) {
    notes().insert((topic, about), number);
}

/// Returns a number that was noted.
pub(crate) fn get(topic: &'static str, about: CK_ULONG) -> Option<CK_ULONG> {
    notes().get(&(topic, about)).copied()
}

/// Strikes a note out and returns it.
pub(crate) fn take(topic: &'static str, about: CK_ULONG) -> Option<CK_ULONG> {
    notes().remove(&(topic, about))
}

/// Returns what the notes of a topic are about.
pub(crate) fn about(topic: &'static str) -> Vec<CK_ULONG> {
    let notes = notes();
    let of_topic = notes.keys().filter(|key| key.0 == topic);
    of_topic.map(|key| key.1).collect()
}
