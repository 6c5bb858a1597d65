//! Secret keys: AES keys, generic secrets and the keys of MACs.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::{AttributeType, Digest, KeyType, ObjectClass};
use zeroize::Zeroizing;

use super::Attributes;
use crate::Error;

/// The longest generic secret (see the mechanism table).
pub(crate) const LONGEST: usize = 512;
/// The length of the two AES keys of XTS together.
const XTS_LEN: usize = 64;
/// The length of an SM4 key.
const SM4_LEN: usize = 16;
/// The length of the keys of ChaCha20 and Poly1305.
const CHACHA_LEN: usize = 32;
/// The length of a DES key.
const DES_LEN: usize = 8;
/// The length of two DES keys together.
const DES2_LEN: usize = 16;
/// The length of three.
const DES3_LEN: usize = 24;

/// Parses a secret key.
pub(super) fn parse(
    class: ObjectClass,
    key_type: KeyType,
    attributes: Attributes<'_, '_>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if ck::object_rows(class, Some(key_type)).is_empty() {
        return Err(Error::KeyTypeInconsistent);
    }
    let value = attributes.required(AttributeType::VALUE)?;
    check_len(key_type, value.len())?;
    match key_type {
        KeyType::AES_XTS => check_halves(value)?,
        KeyType::DES | KeyType::DES2 | KeyType::DES3 => check_parity(value)?,
        _ => {}
    }
    Ok(Zeroizing::new(value.to_vec()))
}

/// Refuses an XTS key whose two halves are the same (FIPS 140-3, implementation guidance C.I).
fn check_halves(value: &[u8]) -> Result<(), Error> {
    let (one, other) = value.split_at(XTS_LEN / 2);
    match verify_slices_are_equal(one, other) {
        Ok(()) => Err(Error::AttributeInvalid(AttributeType::VALUE)),
        Err(_) => Ok(()),
    }
}

/// Refuses a DES key whose bytes do not all have an odd number of ones (PKCS#11 3.1, Mechanisms 6.18.2 and 6.18.3).
fn check_parity(value: &[u8]) -> Result<(), Error> {
    let mut even = 0;
    for byte in value {
        even |= !byte.count_ones() & 1;
    }
    if even == 0 {
        Ok(())
    } else {
        Err(Error::AttributeInvalid(AttributeType::VALUE))
    }
}

/// Gives the bytes of a DES key an odd number of ones each, by their last bit; keys of other types stay as they are.
pub fn set_parity(key_type: KeyType, value: &mut [u8]) {
    if !matches!(key_type, KeyType::DES | KeyType::DES2 | KeyType::DES3) {
        return;
    }
    for byte in value {
        let even = (byte.count_ones() & 1) ^ 1;
        *byte ^= u8::try_from(even).unwrap_or_default();
    }
}

/// Returns the three keys of triple DES: of two, the first comes again. One key comes three times, which makes it DES (SP 800-67, 3.2).
pub(crate) fn triple_des(value: &[u8]) -> Option<Zeroizing<[u8; DES3_LEN]>> {
    let mut keys = Zeroizing::new([0; DES3_LEN]);
    if !matches!(value.len(), DES_LEN | DES2_LEN | DES3_LEN) {
        return None;
    }
    for (part, given) in keys
        .chunks_exact_mut(DES_LEN)
        .zip(value.chunks_exact(DES_LEN).cycle())
    {
        part.copy_from_slice(given);
    }
    Some(keys)
}

/// Returns the length in bytes of every secret key of this type, where they have but one.
#[must_use]
pub const fn fixed_len(key_type: KeyType) -> Option<usize> {
    match key_type {
        KeyType::DEW_SM4 => Some(SM4_LEN),
        KeyType::CHACHA20 | KeyType::POLY1305 => Some(CHACHA_LEN),
        KeyType::DES => Some(DES_LEN),
        KeyType::DES2 => Some(DES2_LEN),
        KeyType::DES3 => Some(DES3_LEN),
        _ => None,
    }
}

/// Checks the length in bytes that a secret key of this type has or is to have.
pub(crate) fn check_len(key_type: KeyType, len: usize) -> Result<(), Error> {
    let fits = match key_type {
        KeyType::AES => matches!(len, 16 | 24 | 32),
        KeyType::AES_XTS => len == XTS_LEN,
        _ => fixed_len(key_type).map_or_else(|| (1..=LONGEST).contains(&len), |fixed| len == fixed),
    };
    if fits {
        Ok(())
    } else {
        Err(Error::KeySizeRange)
    }
}

/// Returns the key type that is for HMACs with this hash function alone.
pub(super) const fn hmac_key_type(digest: Digest) -> KeyType {
    match digest {
        Digest::Md5 => KeyType::MD5_HMAC,
        Digest::Sha1 => KeyType::SHA_1_HMAC,
        Digest::Sha224 => KeyType::SHA224_HMAC,
        Digest::Sha256 => KeyType::SHA256_HMAC,
        Digest::Sha384 => KeyType::SHA384_HMAC,
        Digest::Sha512 => KeyType::SHA512_HMAC,
        Digest::Sha512_224 => KeyType::SHA512_224_HMAC,
        Digest::Sha512_256 => KeyType::SHA512_256_HMAC,
        Digest::Sha3_224 => KeyType::SHA3_224_HMAC,
        Digest::Sha3_256 => KeyType::SHA3_256_HMAC,
        Digest::Sha3_384 => KeyType::SHA3_384_HMAC,
        Digest::Sha3_512 => KeyType::SHA3_512_HMAC,
    }
}
