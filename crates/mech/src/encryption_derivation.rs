//! Key derivation by encrypting data under the base key (PKCS#11 3.1, Mechanisms 6.17).

use ck::Params;
use zeroize::Zeroizing;

use crate::block_cipher::BlockCipher;
use crate::ffi::Direction;
use crate::key::LONGEST_SECRET;
use crate::{Error, Key};

/// Derives the first `wanted` bytes of the ciphertext, or all of it.
pub(crate) fn derive(
    cipher: BlockCipher,
    chained: bool,
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let block_len = cipher.block_len();
    let (iv, data) = match *params {
        Params::Bytes(data) if !chained => (None, data),
        Params::VectorAndData { vector, data } if chained && vector.len() == block_len => {
            (Some(vector), data)
        }
        _ => return Err(Error::MechanismParamInvalid),
    };
    if data.is_empty() || !data.len().is_multiple_of(block_len) {
        return Err(Error::MechanismParamInvalid);
    }
    let mut context = cipher.start(key, iv, Direction::Encrypt)?;
    // Room for all of it and what the library may add, so that it never moves.
    let mut secret = Zeroizing::new(Vec::with_capacity(data.len() + 2 * block_len));
    context.update(data, &mut secret)?;
    let len = wanted.unwrap_or(secret.len());
    if !(1..=secret.len().min(LONGEST_SECRET)).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    secret.truncate(len);
    Ok(secret)
}
