//! Diffie-Hellman over elliptic curves (SP 800-56A, 5.7.1.2; PKCS#11 3.1, Mechanisms 6.3.17).

use ck::{Algorithm, Digest, Mechanism, Params};
use zeroize::Zeroizing;

use crate::ffi::DigestContext;
use crate::key::{LONGEST_SECRET, ec_point};
use crate::{Error, Key, param};

/// Derives a secret of `value_len` bytes from a private key and another's public key; without a length, the shared secret
/// itself is given whole.
///
/// # Errors
///
/// The mechanism does not derive, the key or the parameter does not fit, the other's point is not on the curve, or so many
/// bytes cannot be derived.
pub fn derive(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key: &Key,
    value_len: Option<u64>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if mechanism.algorithm != Algorithm::Ecdh {
        return Err(Error::MechanismInvalid);
    }
    let Params::Ecdh {
        kdf,
        shared_data,
        public_data,
    } = *params
    else {
        return Err(Error::MechanismParamInvalid);
    };
    let digest = param::derivation(kdf)?;
    let key = key.ec_private()?;
    let other = ec_point(key.curve(), public_data).ok_or(Error::MechanismParamInvalid)?;
    let wanted = value_len
        .map(|len| usize::try_from(len).map_err(|_| Error::KeySizeRange))
        .transpose()?;
    match digest {
        None if !shared_data.is_empty() => Err(Error::MechanismParamInvalid),
        None => truncate(key.agree(&other)?, wanted),
        Some(digest) => expand(digest, &key.agree(&other)?, shared_data, wanted),
    }
}

/// Takes the last bytes of the secret: those in front are what the standard removes (6.3.17).
fn truncate(
    secret: Zeroizing<Vec<u8>>,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    match wanted {
        None => Ok(secret),
        Some(len) if (1..=secret.len()).contains(&len) => {
            Ok(Zeroizing::new(secret[secret.len() - len..].to_vec()))
        }
        Some(_) => Err(Error::KeySizeRange),
    }
}

/// Expands the secret by the derivation function of ANSI X9.63 (SEC 1, 3.6.1): digests of the secret, a counter from 1 and
/// what is shared besides.
fn expand(
    digest: Digest,
    secret: &[u8],
    shared_data: &[u8],
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let len = wanted.ok_or(Error::TemplateIncomplete(ck::AttributeType::VALUE_LEN))?;
    if !(1..=LONGEST_SECRET).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut key = Zeroizing::new(Vec::with_capacity(len + digest.len()));
    for counter in 1_u32.. {
        if key.len() >= len {
            break;
        }
        let mut hash = DigestContext::new(digest)?;
        hash.update(secret)?;
        hash.update(&counter.to_be_bytes())?;
        hash.update(shared_data)?;
        key.extend_from_slice(&Zeroizing::new(hash.finish()?));
    }
    key.truncate(len);
    Ok(key)
}
