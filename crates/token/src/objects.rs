//! The objects of sessions, by handle and by what applications look for: label, identifier and class.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, RwLock};

use ck::AttributeType;

use crate::Attributes;
use crate::lock::{read, write};
use crate::object::{Object, matches};
use crate::rules::Template;

/// The attributes that have an index, the most telling first.
const INDEXED: [AttributeType; 3] = [
    AttributeType::LABEL,
    AttributeType::ID,
    AttributeType::CLASS,
];

/// A set of objects.
#[derive(Default)]
pub(crate) struct Objects(RwLock<Inner>);

#[derive(Default)]
struct Inner {
    by_handle: BTreeMap<u64, Arc<Object>>,
    /// One index per attribute of [`INDEXED`], from the hash of its value to handles. Values with the same hash are told apart when
    /// the objects are looked at.
    indexes: [HashMap<u64, Handles>; INDEXED.len()],
    hasher: RandomState,
}

/// The handles of the objects with one value of an attribute: of most labels and identifiers there is one.
enum Handles {
    One(u64),
    Many(BTreeSet<u64>),
}

impl Handles {
    fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(handles) => handles.len(),
        }
    }

    fn insert(&mut self, handle: u64) {
        match self {
            Self::One(known) if *known == handle => {}
            Self::One(known) => *self = Self::Many([*known, handle].into()),
            Self::Many(handles) => {
                handles.insert(handle);
            }
        }
    }

    /// Takes a handle out, and tells whether any is left.
    fn remove(&mut self, handle: u64) -> bool {
        match self {
            Self::One(known) => *known != handle,
            Self::Many(handles) => {
                handles.remove(&handle);
                !handles.is_empty()
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = &u64> {
        let (one, many) = match self {
            Self::One(handle) => (Some(handle), None),
            Self::Many(handles) => (None, Some(handles)),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

impl Objects {
    /// Finds an object by its handle.
    pub(crate) fn get(&self, handle: u64) -> Option<Arc<Object>> {
        read(&self.0).by_handle.get(&handle).map(Arc::clone)
    }

    /// Adds an object.
    pub(crate) fn insert(&self, object: Arc<Object>) {
        let mut inner = write(&self.0);
        inner.index(object.handle, &object.attributes());
        inner.by_handle.insert(object.handle, object);
    }

    /// Takes an object out; its key is wiped with its last use.
    pub(crate) fn remove(&self, object: &Object) {
        let mut inner = write(&self.0);
        if inner.by_handle.remove(&object.handle).is_some() {
            inner.unindex(object.handle, &object.attributes());
        }
    }

    /// Takes out the objects that `gone` chooses.
    pub(crate) fn remove_where(&self, gone: impl Fn(&Object) -> bool) {
        let mut inner = write(&self.0);
        let leaving: Vec<_> = inner
            .by_handle
            .values()
            .filter(|object| gone(object))
            .map(Arc::clone)
            .collect();
        for object in leaving {
            inner.unindex(object.handle, &object.attributes());
            inner.by_handle.remove(&object.handle);
        }
    }

    /// Runs a change of an object's attributes and moves it in the indexes, unless it has been taken out.
    pub(crate) fn change(&self, object: &Object, change: impl FnOnce()) {
        let mut inner = write(&self.0);
        if inner.by_handle.contains_key(&object.handle) {
            inner.unindex(object.handle, &object.attributes());
            change();
            inner.index(object.handle, &object.attributes());
        }
    }

    /// Counts them.
    pub(crate) fn len(&self) -> usize {
        read(&self.0).by_handle.len()
    }

    /// Finds the objects that match a template and that `visible` lets through, and gives `name` of each, in their order.
    pub(crate) fn find(
        &self,
        template: &Template<'_>,
        visible: impl Fn(&Object) -> bool,
        name: impl Fn(&Object) -> u64,
    ) -> Vec<u64> {
        let inner = read(&self.0);
        let fits = |object: &Arc<Object>| {
            visible(object) && {
                let attributes = object.attributes();
                template
                    .iter()
                    .all(|wanted| matches(&attributes, wanted.id, wanted.value))
            }
        };
        let handles = |objects: &mut dyn Iterator<Item = &Arc<Object>>| {
            objects
                .filter(|object| fits(object))
                .map(|object| name(object))
                .collect()
        };
        match inner.candidates(template) {
            Candidates::All => handles(&mut inner.by_handle.values()),
            Candidates::None => Vec::new(),
            Candidates::These(some) => {
                handles(&mut some.iter().filter_map(|handle| inner.by_handle.get(handle)))
            }
        }
    }
}

/// Which objects a search has to look at.
enum Candidates<'a> {
    All,
    None,
    These(&'a Handles),
}

impl Inner {
    fn index(&mut self, handle: u64, attributes: &Attributes) {
        for (index, id) in self.indexes.iter_mut().zip(INDEXED) {
            let value = attributes.get(id).unwrap_or_default();
            let entry = index.entry(self.hasher.hash_one(value));
            entry
                .and_modify(|handles| handles.insert(handle))
                .or_insert(Handles::One(handle));
        }
    }

    fn unindex(&mut self, handle: u64, attributes: &Attributes) {
        for (index, id) in self.indexes.iter_mut().zip(INDEXED) {
            let value = attributes.get(id).unwrap_or_default();
            let hash = self.hasher.hash_one(value);
            let left = index
                .get_mut(&hash)
                .is_none_or(|handles| handles.remove(handle));
            if !left {
                index.remove(&hash);
            }
        }
    }

    fn candidates(&self, template: &Template<'_>) -> Candidates<'_> {
        let mut fewest = Candidates::All;
        for (index, id) in self.indexes.iter().zip(INDEXED) {
            let Some(value) = template.get(id) else {
                continue;
            };
            let Some(handles) = index.get(&self.hasher.hash_one(value)) else {
                return Candidates::None;
            };
            match fewest {
                Candidates::These(known) if known.len() <= handles.len() => {}
                _ => fewest = Candidates::These(handles),
            }
        }
        fewest
    }
}
