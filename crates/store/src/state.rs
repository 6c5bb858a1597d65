//! What an open store knows of itself in memory: which rows there are, where, and what the marks of the whole are.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use audit::{Chain, Event, Why};

use crate::error::StoreError;
use crate::kind::Kind;
use crate::marks::{MARK_LEN, Marks, RowDigest, Sum};
use crate::record;
use crate::row::Row;
use crate::store::{Batch, CHANGES_MAX, Change, Head};

/// The longest sealed row: a record with the longest body, padded.
const SEALED_MAX: usize = record::BODY_MAX + 512;

/// Partition and id.
pub(crate) type Key = ([u8; 16], [u8; 16]);

/// What the state remembers of a row.
struct Known {
    place: u64,
    version: u64,
    summand: Sum,
    kind: Kind,
}

/// The state of an open store.
pub(crate) struct State {
    pub(crate) marks: Arc<Marks>,
    epoch: u64,
    chain: Chain,
    sum: Sum,
    rows: BTreeMap<Key, Known>,
    /// How many rows of each kind a partition has: who asks holds up commits, and must not walk over a million rows.
    counts: HashMap<([u8; 16], Kind), usize>,
    next_place: u64,
}

impl State {
    /// Starts the state of an empty store.
    pub(crate) fn new(marks: Arc<Marks>, epoch: u64) -> Self {
        Self {
            marks,
            epoch,
            chain: Chain::default(),
            sum: Sum::default(),
            rows: BTreeMap::new(),
            counts: HashMap::new(),
            next_place: 1,
        }
    }

    /// Takes in an audit entry that is already written, if it follows.
    pub(crate) fn follow(&mut self, entry: &[u8]) -> Result<(), Why> {
        self.chain.follow(entry).map(|_| ())
    }

    /// The rows that follow a key, of one partition or of all, of one kind or of all, in order, each with its place.
    pub(crate) fn keys_after(
        &self,
        after: Option<Key>,
        partition: Option<[u8; 16]>,
        kind: Option<Kind>,
    ) -> impl Iterator<Item = (Key, u64)> {
        let first = (partition.unwrap_or([0; 16]), [0; 16]);
        let last = (partition.unwrap_or([0xFF; 16]), [0xFF; 16]);
        let from = after.map_or(Bound::Included(first), Bound::Excluded);
        self.rows
            .range((from, Bound::Included(last)))
            .filter(move |(_, known)| kind.is_none_or(|kind| known.kind == kind))
            .map(|(key, known)| (*key, known.place))
    }

    /// Counts the rows of a partition, of one kind or of all.
    pub(crate) fn count(&self, partition: [u8; 16], kind: Option<Kind>) -> usize {
        let count = |kind| self.counts.get(&(partition, kind)).copied().unwrap_or(0);
        kind.map_or_else(|| Kind::ALL.into_iter().map(count).sum(), count)
    }

    /// The place of a row, if it is there.
    pub(crate) fn place_of(&self, key: &Key) -> Option<u64> {
        self.rows.get(key).map(|known| known.place)
    }

    pub(crate) fn head(&self) -> Head {
        Head {
            epoch: self.epoch,
            seq: self.chain.seq,
            rows: u64::try_from(self.rows.len()).expect("rows are counted in memory"),
            audit_head: self.chain.head,
        }
    }

    /// The mark over the whole state.
    pub(crate) fn root_mark(&self) -> [u8; MARK_LEN] {
        self.marks.root(&self.head(), &self.sum)
    }

    /// Whether a mark is the one over the whole state.
    pub(crate) fn root_mark_matches(&self, mark: &[u8]) -> bool {
        self.marks.root_matches(&self.head(), &self.sum, mark)
    }

    /// Whether a row read again is the one that was verified or written.
    pub(crate) fn knows(&self, row: &Row) -> bool {
        self.rows
            .get(&(row.partition, row.id))
            .is_some_and(|known| known.summand == self.marks.summand(&RowDigest::of(row)))
    }

    /// Says whether a batch may follow, changing nothing.
    pub(crate) fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        check_limits(batch)?;
        let mut seen = HashSet::with_capacity(batch.changes.len());
        for change in &batch.changes {
            let (partition, id) = change.key();
            if !seen.insert((partition, id)) {
                return Err(StoreError::Twice { partition, id });
            }
            let found = self.rows.get(&(partition, id)).map(|known| known.version);
            match change {
                Change::Delete { .. } if found.is_none() => {
                    return Err(StoreError::Missing { partition, id });
                }
                Change::Put(row) if Some(row.version) != found.unwrap_or(0).checked_add(1) => {
                    return Err(StoreError::Conflict {
                        partition,
                        id,
                        found: found.unwrap_or(0),
                        offered: row.version,
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes in one change of a checked batch, and returns the place of its row: the one it has, or for a new row the
    /// next that was never used.
    pub(crate) fn apply(&mut self, change: &Change) -> u64 {
        let key = change.key();
        let place = self.remove(&key).unwrap_or(self.next_place);
        if let Change::Put(row) = change {
            self.admit(row, &RowDigest::of(row), place);
        }
        place
    }

    /// Takes in what a checked batch tells, and returns its audit entry.
    pub(crate) fn append(&mut self, event: &Event) -> Vec<u8> {
        self.chain.append(event)
    }

    /// Takes in a row that is already written, and tells whether no other had its key.
    pub(crate) fn admit(&mut self, row: &Row, digest: &RowDigest, place: u64) -> bool {
        let summand = self.marks.summand(digest);
        self.sum.add(&summand);
        self.next_place = self.next_place.max(place + 1);
        let known = Known {
            place,
            version: row.version,
            summand,
            kind: row.kind,
        };
        let key = (row.partition, row.id);
        *self.counts.entry((row.partition, row.kind)).or_default() += 1;
        let replaced = self.rows.insert(key, known);
        if let Some(replaced) = &replaced {
            self.uncount(row.partition, replaced.kind);
        }
        replaced.is_none()
    }

    fn remove(&mut self, key: &Key) -> Option<u64> {
        let known = self.rows.remove(key)?;
        self.sum.subtract(&known.summand);
        self.uncount(key.0, known.kind);
        Some(known.place)
    }

    fn uncount(&mut self, partition: [u8; 16], kind: Kind) {
        if let Entry::Occupied(mut count) = self.counts.entry((partition, kind)) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

fn check_limits(batch: &Batch) -> Result<(), StoreError> {
    let too_large = |what, found, limit| Err(StoreError::TooLarge { what, found, limit });
    if batch.changes.len() > CHANGES_MAX {
        return too_large("changes in one batch", batch.changes.len(), CHANGES_MAX);
    }
    for change in &batch.changes {
        if let Change::Put(row) = change
            && row.sealed.len() > SEALED_MAX
        {
            return too_large("bytes in one row", row.sealed.len(), SEALED_MAX);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
