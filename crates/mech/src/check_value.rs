//! `CKA_CHECK_VALUE` (PKCS#11 3.1, 4.10.2).

use ck::{Digest, KeyType};

use crate::ffi::{CipherContext, DigestContext, Direction, Mode};
use crate::key::triple_des_value;
use crate::sm;

/// Computes the check value of a secret key: the first bytes of a block of zeros encrypted with it or, for a key that is
/// no cipher's, of its SHA-1 digest.
///
/// `None` if the value is not one of a key of this type.
#[must_use]
pub fn check_value(key_type: KeyType, value: &[u8]) -> Option<[u8; 3]> {
    let long = match key_type {
        KeyType::DEW_SM4 => return sm::check_value(value),
        KeyType::AES => zeros(Mode::Ecb, value, 16)?,
        KeyType::DES | KeyType::DES2 | KeyType::DES3 => {
            zeros(Mode::TripleDesEcb, &triple_des_value(value)?[..], 8)?
        }
        _ => DigestContext::hash(Digest::Sha1, value).ok()?,
    };
    long.first_chunk().copied()
}

/// Encrypts a block of zeros.
fn zeros(mode: Mode, key: &[u8], block_len: usize) -> Option<Vec<u8>> {
    let mut block = Vec::new();
    let mut context = CipherContext::new(mode, Direction::Encrypt, key, &[]).ok()?;
    context.update(&vec![0; block_len], &mut block).ok()?;
    Some(block)
}
