//! The objects of a token: an entry in memory for each, and the objects themselves while they are used.
//!
//! What an entry says suffices to find an object by what applications look for: its class, its type of key, its label and its
//! identifier. Label and identifier stand there as hashes under a key that is drawn at each start; the bodies stay sealed in the
//! store until somebody asks for them. So a token's start and memory depend little on how many objects it has, and what is private
//! is open only while a user is logged in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, RwLock};

use ck::AttributeType as A;

use crate::Attributes;
use crate::identifier::ObjectId;
use crate::lock::{read, write};
use crate::object::Object;
use crate::rules::Template;

/// How many objects are kept open though nobody uses them just now.
const IDLE_MAX: usize = 32_768;

/// No class and no type of key.
const NONE: u32 = u32::MAX;

/// How much dearer it is to look an entry up than to come to it in a walk. A class that most objects have is walked for.
const LOOK_UP_COST: usize = 16;

/// The objects of a token.
#[derive(Default)]
pub(crate) struct Catalogue {
    inner: RwLock<Inner>,
    hasher: RandomState,
}

struct Inner {
    entries: BTreeMap<u64, Entry>,
    /// Hash and handle.
    labels: BTreeSet<(u64, u64)>,
    /// Hash and handle.
    identifiers: BTreeSet<(u64, u64)>,
    /// The handles of each class that there is.
    classes: BTreeMap<u32, BTreeSet<u64>>,
    open: HashMap<u64, Arc<Object>>,
    /// How many may be open.
    room: usize,
    /// Whether the public objects were read.
    public: bool,
    /// Whether the private objects were read.
    private: bool,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            labels: BTreeSet::new(),
            identifiers: BTreeSet::new(),
            classes: BTreeMap::new(),
            open: HashMap::new(),
            room: IDLE_MAX,
            public: false,
            private: false,
        }
    }
}

/// What is known of an object without opening it.
#[derive(Clone, Copy)]
struct Entry {
    id: ObjectId,
    version: u64,
    label: u64,
    identifier: u64,
    class: u32,
    key_type: u32,
    private: bool,
}

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its handle inside of the token.
    pub(crate) handle: u64,
    /// Whether only the user may see it.
    pub(crate) private: bool,
}

/// The part of a template that entries can answer.
pub(crate) struct Wanted {
    class: Option<u32>,
    key_type: Option<u32>,
    label: Option<u64>,
    identifier: Option<u64>,
    private: Option<bool>,
    /// Whether no object of a token can match.
    none: bool,
    /// Whether objects have to be opened to see whether they match.
    pub(crate) unsure: bool,
}

impl Catalogue {
    /// Whether the public objects were read.
    pub(crate) fn has_public(&self) -> bool {
        read(&self.inner).public
    }

    /// Whether the private objects were read.
    pub(crate) fn has_private(&self) -> bool {
        read(&self.inner).private
    }

    /// Notes that all objects of a kind were read.
    pub(crate) fn complete(&self, private: bool) {
        let mut inner = write(&self.inner);
        if private {
            inner.private = true;
        } else {
            inner.public = true;
        }
    }

    /// Takes in an object that was read, without keeping it open.
    pub(crate) fn note(&self, object: &Object) {
        let entry = self.entry(object);
        write(&self.inner).put(object.handle, entry);
    }

    /// Adds an object that has just been made.
    pub(crate) fn insert(&self, object: Arc<Object>) {
        let entry = self.entry(&object);
        let mut inner = write(&self.inner);
        inner.put(object.handle, entry);
        inner.keep_open(object);
    }

    /// Opens an object that was read, and gives the one to use: another may have been quicker. None where the object is gone, or
    /// where what was read has been written again since.
    pub(crate) fn opened(&self, object: Object) -> Option<Arc<Object>> {
        let entry = self.entry(&object);
        let mut inner = write(&self.inner);
        if let Some(open) = inner.open.get(&object.handle) {
            return Some(Arc::clone(open));
        }
        let known = inner.entries.get(&object.handle)?;
        if known.id != entry.id || known.version > entry.version {
            return None;
        }
        let object = Arc::new(object);
        inner.put(object.handle, entry);
        inner.keep_open(Arc::clone(&object));
        Some(object)
    }

    /// The object, where it is open.
    pub(crate) fn open(&self, handle: u64) -> Option<Arc<Object>> {
        let inner = read(&self.inner);
        let object = inner.open.get(&handle)?;
        object.touch();
        Some(Arc::clone(object))
    }

    /// The name of an object, and whether it is private.
    pub(crate) fn name_of(&self, handle: u64) -> Option<(ObjectId, bool)> {
        let inner = read(&self.inner);
        let entry = inner.entries.get(&handle)?;
        Some((entry.id, entry.private))
    }

    /// The handle of an object with a name, found in a walk over all of them.
    pub(crate) fn named(&self, name: ObjectId) -> Option<u64> {
        let inner = read(&self.inner);
        let mut entries = inner.entries.iter();
        entries
            .find(|(_, entry)| entry.id == name)
            .map(|(handle, _)| *handle)
    }

    /// Takes an object out; its key is wiped with its last use.
    pub(crate) fn remove(&self, handle: u64) {
        write(&self.inner).remove(handle);
    }

    /// Closes the private objects. Their entries stay, so that the next login need not read them.
    pub(crate) fn close_private(&self) {
        write(&self.inner).open.retain(|_, object| !object.private);
    }

    /// Forgets the private objects, so that the next login reads them.
    pub(crate) fn forget_private(&self) {
        let mut inner = write(&self.inner);
        let private = |(handle, entry): (&u64, &Entry)| entry.private.then_some(*handle);
        let leaving: Vec<u64> = inner.entries.iter().filter_map(private).collect();
        for handle in leaving {
            inner.remove(handle);
        }
        inner.private = false;
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        *write(&self.inner) = Inner::default();
    }

    /// Runs a change of an object's attributes and moves its entry, unless it has been taken out.
    pub(crate) fn change(&self, object: &Object, change: impl FnOnce()) {
        let mut inner = write(&self.inner);
        if inner.entries.contains_key(&object.handle) {
            change();
            let entry = self.entry(object);
            inner.put(object.handle, entry);
        }
    }

    /// Counts them.
    pub(crate) fn len(&self) -> usize {
        read(&self.inner).entries.len()
    }

    /// Keeps fewer open.
    #[cfg(test)]
    pub(crate) fn set_room(&self, room: usize) {
        write(&self.inner).room = room;
    }

    /// Counts those that are open.
    #[cfg(test)]
    pub(crate) fn open_count(&self) -> usize {
        read(&self.inner).open.len()
    }

    /// Reads a template.
    pub(crate) fn wanted(&self, template: &Template<'_>) -> Wanted {
        let mut wanted = Wanted {
            class: None,
            key_type: None,
            label: None,
            identifier: None,
            private: None,
            none: false,
            unsure: false,
        };
        for attribute in template.iter() {
            let value = attribute.value;
            match attribute.id {
                A::CLASS => wanted.class = Some(number(value).unwrap_or_else(|| wanted.give_up())),
                A::KEY_TYPE => {
                    wanted.key_type = Some(number(value).unwrap_or_else(|| wanted.give_up()));
                }
                // An empty value is also what is not there: the object says which.
                A::LABEL if !value.is_empty() => wanted.label = Some(self.hasher.hash_one(value)),
                A::ID if !value.is_empty() => wanted.identifier = Some(self.hasher.hash_one(value)),
                A::TOKEN => wanted.none |= value != [1],
                A::PRIVATE if matches!(value, [0 | 1]) => wanted.private = Some(value == [1]),
                _ => wanted.unsure = true,
            }
        }
        wanted
    }

    /// Finds the objects whose entries match, in the order of their handles; private ones for a user only.
    pub(crate) fn find(&self, wanted: &Wanted, user: bool) -> Vec<Found> {
        let inner = read(&self.inner);
        let fits = |entry: &Entry| {
            (user || !entry.private)
                && wanted.class.is_none_or(|class| entry.class == class)
                && wanted.key_type.is_none_or(|kind| entry.key_type == kind)
                && wanted.label.is_none_or(|label| entry.label == label)
                && wanted.identifier.is_none_or(|id| entry.identifier == id)
                && wanted
                    .private
                    .is_none_or(|private| entry.private == private)
        };
        inner
            .candidates(wanted)
            .filter(|(_, entry)| fits(entry))
            .map(|(handle, entry)| Found {
                handle,
                private: entry.private,
            })
            .collect()
    }

    fn entry(&self, object: &Object) -> Entry {
        let content = object.content();
        let attributes: &Attributes = &content.attributes;
        let hash = |id| self.hasher.hash_one(attributes.get(id).unwrap_or_default());
        let number = |id| attributes.get(id).and_then(number).unwrap_or(NONE);
        Entry {
            id: object.id,
            version: content.version,
            label: hash(A::LABEL),
            identifier: hash(A::ID),
            class: number(A::CLASS),
            key_type: number(A::KEY_TYPE),
            private: object.private,
        }
    }
}

impl Wanted {
    /// Notes that a value is none that an object has.
    fn give_up(&mut self) -> u32 {
        self.none = true;
        NONE
    }
}

impl Inner {
    /// The entries that a search has to look at, in the order of their handles: as few as an index can tell.
    fn candidates<'a>(
        &'a self,
        wanted: &Wanted,
    ) -> Box<dyn Iterator<Item = (u64, &'a Entry)> + 'a> {
        let with_entry = |handle: &u64| Some((*handle, self.entries.get(handle)?));
        let hashed = move |index: &'a BTreeSet<(u64, u64)>, hash: u64| {
            index
                .range((hash, 0)..=(hash, u64::MAX))
                .filter_map(move |(_, handle)| with_entry(handle))
        };
        if wanted.none {
            return Box::new(std::iter::empty());
        }
        if let Some(label) = wanted.label {
            return Box::new(hashed(&self.labels, label));
        }
        if let Some(identifier) = wanted.identifier {
            return Box::new(hashed(&self.identifiers, identifier));
        }
        if let Some(class) = wanted.class {
            let handles = self.classes.get(&class);
            let count = handles.map_or(0, BTreeSet::len);
            if count.saturating_mul(LOOK_UP_COST) <= self.entries.len() {
                return Box::new(handles.into_iter().flatten().filter_map(with_entry));
            }
        }
        Box::new(self.entries.iter().map(|(handle, entry)| (*handle, entry)))
    }

    fn put(&mut self, handle: u64, entry: Entry) {
        if let Some(old) = self.entries.insert(handle, entry) {
            self.unindex(handle, &old);
        }
        self.labels.insert((entry.label, handle));
        self.identifiers.insert((entry.identifier, handle));
        self.classes.entry(entry.class).or_default().insert(handle);
    }

    fn remove(&mut self, handle: u64) {
        self.open.remove(&handle);
        if let Some(entry) = self.entries.remove(&handle) {
            self.unindex(handle, &entry);
        }
    }

    fn unindex(&mut self, handle: u64, entry: &Entry) {
        self.labels.remove(&(entry.label, handle));
        self.identifiers.remove(&(entry.identifier, handle));
        if let Some(handles) = self.classes.get_mut(&entry.class) {
            handles.remove(&handle);
            if handles.is_empty() {
                self.classes.remove(&entry.class);
            }
        }
    }

    /// Keeps an object open. When there are too many, those go that nobody holds and nobody asked for since the last time.
    ///
    /// One that somebody holds stays: there must never be two of one object, since changes take turns at its lock.
    fn keep_open(&mut self, object: Arc<Object>) {
        if self.open.len() >= self.room {
            let stays = |_: &u64, object: &mut Arc<Object>| {
                let asked_for = object.take_touched();
                Arc::strong_count(object) > 1 || asked_for
            };
            self.open.retain(stays);
            if self.open.len() >= self.room {
                self.open.retain(stays);
            }
        }
        self.open.insert(object.handle, object);
    }
}

/// A number as entries have it; values of eight bytes only, and no vendor's number is longer than four.
fn number(value: &[u8]) -> Option<u32> {
    let number = u64::from_le_bytes(value.try_into().ok()?);
    u32::try_from(number).ok().filter(|number| *number != NONE)
}

#[cfg(test)]
mod tests;
