//! Key derivation by hashing a key (PKCS#11 3.1, Mechanisms 6.20.5 and its like; 6.32 for the functions of any length).

use ck::{AttributeType, Digest, Params};
use zeroize::Zeroizing;

use crate::ffi::{DigestContext, shake};
use crate::key::LONGEST_SECRET;
use crate::{Error, Key, param};

/// Derives the first `wanted` bytes of a key's digest, or all of them.
pub(crate) fn derive(
    digest: Digest,
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    param::none(params)?;
    let len = len(digest.len(), wanted)?;
    let mut secret = Zeroizing::new(DigestContext::hash(digest, key.secret()?)?);
    secret.truncate(len);
    Ok(secret)
}

/// Checks how many bytes of a digest are wanted; all of them, where nobody says so.
pub(crate) fn len(digest_len: usize, wanted: Option<usize>) -> Result<usize, Error> {
    let len = wanted.unwrap_or(digest_len);
    if (1..=digest_len).contains(&len) {
        Ok(len)
    } else {
        Err(Error::KeySizeRange)
    }
}

/// Derives `wanted` bytes by SHAKE of this many bits.
pub(crate) fn derive_by_shake(
    bits: u16,
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    param::none(params)?;
    let len = wanted.ok_or(Error::TemplateIncomplete(AttributeType::VALUE_LEN))?;
    if !(1..=LONGEST_SECRET).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    Ok(shake(bits, key.secret()?, len)?)
}
