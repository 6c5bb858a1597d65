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

/// Parses a secret key.
pub(super) fn parse(
    key_type: KeyType,
    attributes: Attributes<'_, '_>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if ck::object_rows(ObjectClass::SECRET_KEY, Some(key_type)).is_empty() {
        return Err(Error::KeyTypeInconsistent);
    }
    let value = attributes.required(AttributeType::VALUE)?;
    check_len(key_type, value.len())?;
    if key_type == KeyType::AES_XTS {
        check_halves(value)?;
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

/// Checks the length in bytes that a secret key of this type has or is to have.
pub(crate) fn check_len(key_type: KeyType, len: usize) -> Result<(), Error> {
    let fits = match key_type {
        KeyType::AES => matches!(len, 16 | 24 | 32),
        KeyType::AES_XTS => len == XTS_LEN,
        KeyType::DEW_SM4 => len == SM4_LEN,
        _ => (1..=LONGEST).contains(&len),
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
