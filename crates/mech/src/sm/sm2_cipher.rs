//! Encryption by SM2 (GB/T 32918.4). A ciphertext is C1, an uncompressed point, C3, a digest, and C2, the masked message.

use std::sync::Arc;

use ::sm3::digest::Digest as _;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::{Zeroize, Zeroizing};

use super::{Sm2Private, Sm2Public};
use crate::whole::{Transform, Whole};
use crate::{Error, Key};

/// The length of a digest in bytes.
const DIGEST_LEN: usize = 32;
/// What a ciphertext has more than its message, in bytes.
const OVERHEAD: usize = Sm2Public::POINT_LEN + DIGEST_LEN;
/// The longest message in bytes: keys and other short data are what it is for, and all of it is held.
const LONGEST: usize = 1 << 20;

/// What both parties know, the coordinates of a point.
type Shared = Zeroizing<[[u8; 32]; 2]>;

/// An encryption.
pub(super) struct Sealing(Arc<Key>);

/// A decryption.
pub(super) struct Opening(Arc<Key>);

impl Sealing {
    /// Starts an encryption.
    pub(super) fn start(key: &Arc<Key>) -> Result<Whole<Self>, Error> {
        key.sm2_public()?;
        let work = Self(Arc::clone(key));
        Ok(Whole::new(work, LONGEST, Error::DataLenRange))
    }
}

impl Opening {
    /// Starts a decryption.
    pub(super) fn start(key: &Arc<Key>) -> Result<Whole<Self>, Error> {
        key.sm2_private()?;
        let work = Self(Arc::clone(key));
        let longest = LONGEST + OVERHEAD;
        Ok(Whole::new(work, longest, Error::EncryptedDataLenRange))
    }
}

impl Transform for Sealing {
    /// GB/T 32918.4, 6.1.
    fn transform(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if input.is_empty() {
            return Err(Error::DataLenRange);
        }
        let public = self.0.sm2_public()?;
        let start = out.len();
        loop {
            let moment = Sm2Private::generate()?;
            let shared = moment.multiply(public);
            out.extend_from_slice(&moment.public().point());
            out.extend_from_slice(&digest(&shared, input)[..]);
            out.extend_from_slice(input);
            if mask(&shared, &mut out[start + OVERHEAD..]) {
                return Ok(());
            }
            out[start..].zeroize();
            out.truncate(start);
        }
    }

    fn output_len(&self, input: usize) -> usize {
        input.saturating_add(OVERHEAD)
    }
}

impl Transform for Opening {
    /// GB/T 32918.4, 7.1.
    fn transform(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let (head, masked) = input
            .split_at_checked(OVERHEAD)
            .filter(|(_, masked)| !masked.is_empty())
            .ok_or(Error::EncryptedDataLenRange)?;
        let (point, expected) = head.split_at(Sm2Public::POINT_LEN);
        let point = Sm2Public::from_point(point).ok_or(Error::EncryptedDataInvalid)?;
        let shared = self.0.sm2_private()?.multiply(&point);
        let start = out.len();
        out.extend_from_slice(masked);
        let unmasked = mask(&shared, &mut out[start..]);
        let digest = digest(&shared, &out[start..]);
        let equal = verify_slices_are_equal(&digest[..], expected).is_ok();
        if unmasked && equal {
            return Ok(());
        }
        out[start..].zeroize();
        out.truncate(start);
        Err(Error::EncryptedDataInvalid)
    }

    fn output_len(&self, input: usize) -> usize {
        input.saturating_sub(OVERHEAD)
    }
}

/// Masks or unmasks a message (GB/T 32918.4, 5.4.3). Tells whether the mask is a good one: any but zeros.
fn mask(shared: &Shared, text: &mut [u8]) -> bool {
    let mut seen = 0;
    for (counter, chunk) in (1_u32..).zip(text.chunks_mut(DIGEST_LEN)) {
        let hash = ::sm3::Sm3::new()
            .chain_update(shared.as_flattened())
            .chain_update(counter.to_be_bytes());
        let stream = Zeroizing::new(<[u8; DIGEST_LEN]>::from(hash.finalize()));
        for (byte, mask) in chunk.iter_mut().zip(stream.iter()) {
            *byte ^= mask;
            seen |= mask;
        }
    }
    seen != 0
}

/// What proves that a message is the one that was encrypted.
fn digest(shared: &Shared, message: &[u8]) -> Zeroizing<[u8; DIGEST_LEN]> {
    let [x, y] = &**shared;
    let hash = ::sm3::Sm3::new()
        .chain_update(x)
        .chain_update(message)
        .chain_update(y);
    Zeroizing::new(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use ck::{AttributeType, KeyType, ObjectClass};

    use super::*;

    const CURVE: &[u8] = &[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d];

    /// Where the mask of a byte is zero, the byte would be in the clear, and whoever decrypts it must refuse it.
    #[test]
    fn a_mask_of_zeros_is_none() {
        let get = |id| match id {
            AttributeType::EC_PARAMS => Some(CURVE),
            AttributeType::VALUE => Some(&[0x21; 32][..]),
            _ => None,
        };
        let key = Key::parse(ObjectClass::PRIVATE_KEY, KeyType::DEW_SM2, &get).unwrap();
        let (mut zeros, mut others) = (0, 0);
        for scalar in 1_u16..1000 {
            let moment = Sm2Private::from_scalar(&scalar.to_be_bytes()).unwrap();
            let shared = moment.multiply(key.sm2_private().unwrap().public());
            let mut text = [7];
            let masked = mask(&shared, &mut text);
            assert_eq!(masked, text != [7]);
            if masked && others > 0 {
                continue;
            }
            let sealed = [&moment.public().point(), &digest(&shared, &[7])[..], &text].concat();
            let opening = Opening(Arc::new(
                Key::parse(ObjectClass::PRIVATE_KEY, KeyType::DEW_SM2, &get).unwrap(),
            ));
            let mut out = Vec::new();
            let opened = opening.transform(&sealed, &mut out);
            if masked {
                assert_eq!((opened, out), (Ok(()), vec![7]));
                others += 1;
            } else {
                assert_eq!((opened, out), (Err(Error::EncryptedDataInvalid), vec![]));
                // A longer message has a longer mask.
                assert!(mask(&shared, &mut [7; 4]));
                zeros += 1;
                break;
            }
        }
        assert!(zeros > 0 && others > 0);
    }
}
