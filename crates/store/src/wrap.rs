//! Keys wrapped under keys: `format | salt 32 | commitment 32 | key 32 | tag 16`.

use zeroize::Zeroizing;

use crate::error::SealError;
use crate::sealing::{COMMITMENT_LEN, SALT_LEN, TAG_LEN, WriteKey, fresh_salt};
use crate::secret::{KEY_LEN, Secret};

/// The only layout there is so far.
const FORMAT: u8 = 1;

/// The length of a wrapped key, in bytes.
pub(crate) const WRAPPED_LEN: usize = 1 + SALT_LEN + COMMITMENT_LEN + KEY_LEN + TAG_LEN;

/// What a wrap belongs to. All of it is authenticated, so that a wrap opens only where it was made.
#[derive(Clone, Copy)]
pub(crate) struct Purpose<'a> {
    /// Which key is wrapped under which, in words; one kind of key never opens as another.
    pub(crate) name: &'static str,
    /// Whose key it is.
    pub(crate) owner: &'a [u8],
}

/// Wraps a key under another.
pub(crate) fn wrap(kek: &Secret, purpose: Purpose<'_>, key: &Secret) -> Result<Vec<u8>, SealError> {
    let salt = fresh_salt()?;
    let write_key = derive(kek, purpose, &salt);
    let mut blob = Vec::with_capacity(WRAPPED_LEN);
    blob.push(FORMAT);
    blob.extend_from_slice(&salt);
    blob.extend_from_slice(&write_key.commitment);
    let mut body = Vec::with_capacity(KEY_LEN + TAG_LEN);
    body.extend_from_slice(key.expose());
    write_key.seal(&blob, &mut body);
    blob.extend_from_slice(&body);
    Ok(blob)
}

/// Unwraps what [`wrap`] wrapped under the same key for the same purpose.
pub(crate) fn unwrap(kek: &Secret, purpose: Purpose<'_>, blob: &[u8]) -> Result<Secret, SealError> {
    let malformed = |why| SealError::Malformed {
        what: purpose.name,
        why,
    };
    if blob.len() != WRAPPED_LEN {
        return Err(malformed("a wrapped key has another length"));
    }
    let (header, body) = blob.split_at(1 + SALT_LEN + COMMITMENT_LEN);
    let (format, rest) = header.split_at(1);
    if format != [FORMAT] {
        return Err(malformed("its layout is not one this version knows"));
    }
    let (salt, commitment) = rest
        .split_first_chunk()
        .expect("the header's length is fixed");
    let mut body = Zeroizing::new(body.to_vec());
    derive(kek, purpose, salt)
        .open(commitment, header, &mut body)
        .map_err(|_| SealError::Refused {
            what: purpose.name.to_owned(),
        })?;
    Secret::from_slice(&body).ok_or_else(|| malformed("the key in it has another length"))
}

fn derive(kek: &Secret, purpose: Purpose<'_>, salt: &[u8; SALT_LEN]) -> WriteKey {
    let info = [
        b"hsmd/wrap/v1".as_slice(),
        purpose.name.as_bytes(),
        b"\0",
        purpose.owner,
    ];
    WriteKey::derive(kek.expose(), salt, &info)
}
