//! `CKA_CHECK_VALUE` (PKCS#11 3.1, 4.10.2).

use ck::{Digest, KeyType};

use crate::aes::BLOCK;
use crate::ffi::{CipherContext, DigestContext, Direction, Mode};
use crate::sm;

/// Computes the check value of a secret key: the first bytes of a block of zeros encrypted with it or, for a key that is
/// no cipher's, of its SHA-1 digest.
///
/// `None` if the value is not one of a key of this type.
#[must_use]
pub fn check_value(key_type: KeyType, value: &[u8]) -> Option<[u8; 3]> {
    if key_type == KeyType::DEW_SM4 {
        return sm::check_value(value);
    }
    let long = if key_type == KeyType::AES {
        let mut block = Vec::new();
        let mut context = CipherContext::new(Mode::Ecb, Direction::Encrypt, value, &[]).ok()?;
        context.update(&[0; BLOCK], &mut block).ok()?;
        block
    } else {
        DigestContext::hash(Digest::Sha1, value).ok()?
    };
    long.first_chunk().copied()
}
