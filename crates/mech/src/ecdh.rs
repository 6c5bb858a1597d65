//! Diffie-Hellman over elliptic curves (SP 800-56A, 5.7.1.2; PKCS#11 3.1, Mechanisms 6.3.17).

use ck::{Digest, Params};
use zeroize::Zeroizing;

use crate::ffi::DigestContext;
use crate::key::{LONGEST_SECRET, ec_point, montgomery_point};
use crate::{Error, Key, param};

/// Derives a secret of `wanted` bytes from a private key and another's public key; without a length, the shared secret
/// itself is given whole.
pub(crate) fn derive(
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let Params::Ecdh {
        kdf,
        shared_data,
        public_data,
    } = *params
    else {
        return Err(Error::MechanismParamInvalid);
    };
    let digest = param::derivation(kdf)?;
    match digest {
        None if !shared_data.is_empty() => Err(Error::MechanismParamInvalid),
        None => truncate(agree(key, public_data)?, wanted),
        Some(digest) => expand(digest, &agree(key, public_data)?, shared_data, wanted),
    }
}

/// Computes what the parties agree on, on a Weierstrass curve or on a Montgomery curve (RFC 7748, 6).
fn agree(key: &Key, public_data: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    if key.is_montgomery() {
        let key = key.montgomery_private()?;
        let other = montgomery_point(public_data).ok_or(Error::MechanismParamInvalid)?;
        return key.agree(&other).map_err(|_| Error::MechanismParamInvalid);
    }
    let key = key.ec_private()?;
    let other = ec_point(key.curve(), public_data).ok_or(Error::MechanismParamInvalid)?;
    Ok(key.agree(&other)?)
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
