//! What a store knows of itself in memory, and the marks by which it vouches for what is on disk (security.md 3.3).
//!
//! Each row carries a tag, a MAC over all its columns, so that a changed row is named. The state carries a MAC over
//! epoch, sequence, number of rows, a multiset hash of the rows and the end of the audit log, so that a removed,
//! repeated or replayed row is found although each row by itself is genuine.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use audit::{Chain, Why};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;

use crate::error::StoreError;
use crate::hierarchy::MetaKey;
use crate::record;
use crate::row::Row;
use crate::sealing::derive_key;
use crate::store::{Batch, CHANGES_MAX, Change, Head};

/// The length of a mark, in bytes: HMAC-SHA-256.
pub(crate) const MARK_LEN: usize = 32;

/// The longest sealed row: a record with the longest body, padded.
pub(crate) const SEALED_MAX: usize = record::BODY_MAX + 512;

/// Partition and id.
pub(crate) type Key = ([u8; 16], [u8; 16]);

/// Makes the marks. The summand of the multiset hash is another function than the tag: tags can be read in the file,
/// and whoever knows many summands can look for other sets of rows with the same sum.
pub(crate) struct Marks {
    check: hmac::Key,
    root: hmac::Key,
    summand: hmac::Key,
    tag: hmac::Key,
}

impl Marks {
    pub(crate) fn new(meta: &MetaKey) -> Self {
        let key = |label: &[u8]| {
            let secret = derive_key(meta.0.expose(), label, b"");
            hmac::Key::new(hmac::HMAC_SHA256, secret.expose())
        };
        Self {
            check: key(b"hsmd/state/check/v1"),
            root: key(b"hsmd/state/root/v1"),
            summand: key(b"hsmd/state/summand/v1"),
            tag: key(b"hsmd/state/tag/v1"),
        }
    }

    /// A mark that tells a wrong root key from a changed store.
    pub(crate) fn check(&self) -> [u8; MARK_LEN] {
        mark(&self.check, &[])
    }

    /// The mark stored beside a row.
    pub(crate) fn tag(&self, row: &Row) -> [u8; MARK_LEN] {
        mark(&self.tag, &row_digest(row))
    }

    /// Whether the mark beside a row is the row's.
    pub(crate) fn tag_matches(&self, row: &Row, tag: &[u8]) -> bool {
        hmac::verify(&self.tag, &row_digest(row), tag).is_ok()
    }

    fn summand(&self, row: &Row) -> Sum {
        Sum::from_bytes(&mark(&self.summand, &row_digest(row)))
    }

    fn root(&self, head: &Head, sum: &Sum) -> [u8; MARK_LEN] {
        mark(&self.root, &root_bytes(head, sum))
    }
}

fn mark(key: &hmac::Key, message: &[u8]) -> [u8; MARK_LEN] {
    let mut mark = [0; MARK_LEN];
    mark.copy_from_slice(hmac::sign(key, message).as_ref());
    mark
}

/// `partition 16 | id 16 | kind u8 | version u64 | SHA-256(sealed)`.
fn row_digest(row: &Row) -> [u8; 73] {
    let mut bytes = [0; 73];
    bytes[..16].copy_from_slice(&row.partition);
    bytes[16..32].copy_from_slice(&row.id);
    bytes[32] = row.kind.number();
    bytes[33..41].copy_from_slice(&row.version.to_be_bytes());
    bytes[41..].copy_from_slice(digest(&SHA256, &row.sealed).as_ref());
    bytes
}

/// `epoch u64 | seq u64 | rows u64 | sum 32 | audit head 32`.
fn root_bytes(head: &Head, sum: &Sum) -> [u8; 88] {
    let mut bytes = [0; 88];
    bytes[..8].copy_from_slice(&head.epoch.to_be_bytes());
    bytes[8..16].copy_from_slice(&head.seq.to_be_bytes());
    bytes[16..24].copy_from_slice(&head.rows.to_be_bytes());
    for (slot, limb) in bytes[24..56].chunks_exact_mut(8).zip(sum.0) {
        slot.copy_from_slice(&limb.to_be_bytes());
    }
    bytes[56..].copy_from_slice(&head.audit_head);
    bytes
}

/// A sum of row marks modulo 2^256: a multiset hash (Clarke et al. 2003), kept up to date row by row.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sum([u64; 4]);

impl Sum {
    fn from_bytes(bytes: &[u8; MARK_LEN]) -> Self {
        let mut limbs = [0; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_be_bytes(chunk.try_into().expect("chunks of eight"));
        }
        Self(limbs)
    }

    /// Adds; limb 0 is the least significant.
    fn add(&mut self, other: &Self) {
        let mut carry = false;
        for (limb, addend) in self.0.iter_mut().zip(other.0) {
            (*limb, carry) = limb.carrying_add(addend, carry);
        }
    }

    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (limb, subtrahend) in self.0.iter_mut().zip(other.0) {
            (*limb, borrow) = limb.borrowing_sub(subtrahend, borrow);
        }
    }
}

/// What the state remembers of a row.
struct Known {
    version: u64,
    summand: Sum,
}

/// The state of an open store.
pub(crate) struct State {
    pub(crate) marks: Arc<Marks>,
    epoch: u64,
    chain: Chain,
    sum: Sum,
    rows: BTreeMap<Key, Known>,
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
        }
    }

    /// Takes in an audit entry that is already written, if it follows.
    pub(crate) fn follow(&mut self, entry: &[u8]) -> Result<(), Why> {
        self.chain.follow(entry).map(|_| ())
    }

    /// The rows that follow a key, of one partition or of all, in order.
    pub(crate) fn keys_after(
        &self,
        after: Option<Key>,
        partition: Option<[u8; 16]>,
    ) -> impl Iterator<Item = &Key> {
        let first = (partition.unwrap_or([0; 16]), [0; 16]);
        let last = (partition.unwrap_or([0xFF; 16]), [0xFF; 16]);
        let from = after.map_or(Bound::Included(first), Bound::Excluded);
        self.rows
            .range((from, Bound::Included(last)))
            .map(|(key, _)| key)
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
        hmac::verify(&self.marks.root, &root_bytes(&self.head(), &self.sum), mark).is_ok()
    }

    /// Whether a row read again is the one that was verified or written.
    pub(crate) fn knows(&self, row: &Row) -> bool {
        self.rows
            .get(&(row.partition, row.id))
            .is_some_and(|known| known.summand == self.marks.summand(row))
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

    /// Takes in a checked batch and returns its audit entry.
    pub(crate) fn apply(&mut self, batch: &Batch) -> Vec<u8> {
        for change in &batch.changes {
            match change {
                Change::Put(row) => self.put(row),
                Change::Delete { partition, id } => self.remove(&(*partition, *id)),
            }
        }
        self.chain.append(&batch.event)
    }

    /// Takes in a row.
    pub(crate) fn put(&mut self, row: &Row) {
        let key = (row.partition, row.id);
        self.remove(&key);
        let summand = self.marks.summand(row);
        self.sum.add(&summand);
        self.rows.insert(
            key,
            Known {
                version: row.version,
                summand,
            },
        );
    }

    fn remove(&mut self, key: &Key) {
        if let Some(known) = self.rows.remove(key) {
            self.sum.subtract(&known.summand);
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
