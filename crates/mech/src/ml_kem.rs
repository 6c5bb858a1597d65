//! ML-KEM as a mechanism (FIPS 203; PKCS#11 3.2, Mechanisms 6.68).

use ck::Params;
use zeroize::Zeroizing;

use crate::encapsulation::{Encapsulated, truncate};
use crate::{Error, Key, param};

/// Draws a secret, and encapsulates it.
pub(crate) fn encapsulate(
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Encapsulated, Error> {
    param::none(params)?;
    let (ciphertext, secret) = key.kem_public()?.encapsulate()?;
    let secret = truncate(secret, wanted)?;
    Ok(Encapsulated { ciphertext, secret })
}

/// Returns the length of the ciphertext.
pub(crate) fn ciphertext_len(params: &Params<'_>, key: &Key) -> Result<usize, Error> {
    param::none(params)?;
    Ok(key.kem_public()?.set().ciphertext_len())
}

/// Returns the secret of a ciphertext.
pub(crate) fn decapsulate(
    params: &Params<'_>,
    key: &Key,
    ciphertext: &[u8],
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    param::none(params)?;
    let key = key.kem_private()?;
    if ciphertext.len() != key.set().ciphertext_len() {
        return Err(Error::EncryptedDataLenRange);
    }
    truncate(key.decapsulate(ciphertext)?, wanted)
}
