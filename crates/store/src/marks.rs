//! The marks by which a store vouches for what is on disk.
//!
//! Each row carries a tag, a MAC over all its columns, so that a changed row is named. The state carries a MAC over
//! epoch, sequence, number of rows, a multiset hash of the rows and the end of the audit log, so that a removed,
//! repeated or replayed row is found although each row by itself is genuine.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;

use crate::hierarchy::MetaKey;
use crate::row::Row;
use crate::sealing::derive_key;
use crate::store::Head;

/// The length of a mark, in bytes: HMAC-SHA-256.
pub(crate) const MARK_LEN: usize = 32;

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
    pub(crate) fn tag(&self, row: &RowDigest) -> [u8; MARK_LEN] {
        mark(&self.tag, &row.0)
    }

    /// Whether the mark beside a row is the row's.
    pub(crate) fn tag_matches(&self, row: &RowDigest, tag: &[u8]) -> bool {
        hmac::verify(&self.tag, &row.0, tag).is_ok()
    }

    /// What a row adds to the multiset hash.
    pub(crate) fn summand(&self, row: &RowDigest) -> Sum {
        Sum::from_bytes(&mark(&self.summand, &row.0))
    }

    /// The mark over a state.
    pub(crate) fn root(&self, head: &Head, sum: &Sum) -> [u8; MARK_LEN] {
        mark(&self.root, &root_bytes(head, sum))
    }

    /// Whether a mark is the one over a state.
    pub(crate) fn root_matches(&self, head: &Head, sum: &Sum, mark: &[u8]) -> bool {
        hmac::verify(&self.root, &root_bytes(head, sum), mark).is_ok()
    }
}

fn mark(key: &hmac::Key, message: &[u8]) -> [u8; MARK_LEN] {
    let mut mark = [0; MARK_LEN];
    mark.copy_from_slice(hmac::sign(key, message).as_ref());
    mark
}

/// What the marks of a row are over: `partition 16 | id 16 | kind u8 | version u64 | SHA-256(sealed)`.
pub(crate) struct RowDigest([u8; 73]);

impl RowDigest {
    pub(crate) fn of(row: &Row) -> Self {
        Self(row_digest(row))
    }
}

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
pub(crate) struct Sum([u64; 4]);

impl Sum {
    fn from_bytes(bytes: &[u8; MARK_LEN]) -> Self {
        let mut limbs = [0; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_be_bytes(chunk.try_into().expect("chunks of eight"));
        }
        Self(limbs)
    }

    /// Adds; limb 0 is the least significant.
    pub(crate) fn add(&mut self, other: &Self) {
        let mut carry = false;
        for (limb, addend) in self.0.iter_mut().zip(other.0) {
            (*limb, carry) = limb.carrying_add(addend, carry);
        }
    }

    pub(crate) fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (limb, subtrahend) in self.0.iter_mut().zip(other.0) {
            (*limb, borrow) = limb.borrowing_sub(subtrahend, borrow);
        }
    }
}

#[cfg(test)]
mod tests;
