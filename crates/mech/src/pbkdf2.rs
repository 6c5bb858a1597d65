//! Keys that are made of passwords (RFC 8018, 5.2; PKCS#11 3.1, Mechanisms 6.37).

use ck::{AttributeType, Digest, KeyType, Params};
use zeroize::Zeroizing;

use crate::key::{check_secret_len, fixed_secret_len};
use crate::{Error, ffi};

/// The most rounds over all blocks of a key: some seconds, during which other callers wait.
const MOST_ROUNDS: u64 = 4_000_000;

/// The pseudorandom functions by their numbers (`CKP_PKCS5_PBKD2_HMAC_SHA1` and its like).
const FUNCTIONS: [(u64, Digest); 7] = [
    (1, Digest::Sha1),
    (3, Digest::Sha224),
    (4, Digest::Sha256),
    (5, Digest::Sha384),
    (6, Digest::Sha512),
    (7, Digest::Sha512_224),
    (8, Digest::Sha512_256),
];

/// Makes a key of this type.
pub(crate) fn generate(
    params: &Params<'_>,
    key_type: KeyType,
    wanted: Option<u64>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let Params::Password {
        function,
        salt,
        iterations,
        password,
    } = *params
    else {
        return Err(Error::MechanismParamInvalid);
    };
    let digest = FUNCTIONS
        .iter()
        .find(|(number, _)| *number == function)
        .map(|(_, digest)| *digest)
        .ok_or(Error::MechanismParamInvalid)?;
    let len = match (wanted, fixed_secret_len(key_type)) {
        (Some(len), _) => usize::try_from(len).map_err(|_| Error::KeySizeRange)?,
        (None, Some(len)) => len,
        (None, None) => return Err(Error::TemplateIncomplete(AttributeType::VALUE_LEN)),
    };
    check_secret_len(key_type, len)?;
    let blocks = u64::try_from(len.div_ceil(digest.len())).map_err(|_| Error::KeySizeRange)?;
    if iterations == 0 || iterations.saturating_mul(blocks) > MOST_ROUNDS {
        return Err(Error::MechanismParamInvalid);
    }
    let iterations = u32::try_from(iterations).map_err(|_| Error::MechanismParamInvalid)?;
    Ok(ffi::pbkdf2(digest, password.0, salt, iterations, len)?)
}
