//! Key derivation by extracting and expanding (RFC 5869; PKCS#11 3.1, Mechanisms 6.62).

use ck::{Params, Salt};
use zeroize::Zeroizing;

use crate::ffi::HmacContext;
use crate::key::LONGEST_SECRET;
use crate::{Error, Key, param};

/// The most that is expanded, in digests (RFC 5869, 2.3).
const MOST_DIGESTS: usize = 255;

/// Derives a secret of `wanted` bytes; of a secret that is extracted only, there are as many as the digest has.
pub(crate) fn derive(
    params: &Params<'_>,
    key: &Key,
    other: Option<&Key>,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let Params::Hkdf {
        extract,
        expand,
        digest,
        salt,
        info,
    } = *params
    else {
        return Err(Error::MechanismParamInvalid);
    };
    if !extract && !expand {
        return Err(Error::MechanismParamInvalid);
    }
    let digest = param::digest(digest)?;
    let base = key.hkdf()?;
    let salt = match salt {
        Salt::Bytes(salt) => salt,
        Salt::Key(_) if !extract => &[],
        Salt::Key(_) => other.ok_or(Error::MechanismParamInvalid)?.secret()?,
    };
    let extracted = extract.then(|| HmacContext::mac(digest, salt, &[base]).map(Zeroizing::new));
    let pseudorandom = extracted.transpose()?;
    let pseudorandom = pseudorandom.as_deref().map_or(base, Vec::as_slice);
    if pseudorandom.len() < digest.len() {
        return Err(Error::KeySizeRange);
    }
    if !expand {
        return match wanted {
            Some(len) if len != digest.len() => Err(Error::KeySizeRange),
            _ => Ok(Zeroizing::new(pseudorandom.to_vec())),
        };
    }
    let len = wanted.ok_or(Error::TemplateIncomplete(ck::AttributeType::VALUE_LEN))?;
    let longest = LONGEST_SECRET.min(MOST_DIGESTS * digest.len());
    if !(1..=longest).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut output = Zeroizing::new(Vec::with_capacity(len + digest.len()));
    let mut last = Zeroizing::new(Vec::new());
    for counter in 1_u8.. {
        if output.len() >= len {
            break;
        }
        let block = HmacContext::mac(digest, pseudorandom, &[&last, info, &[counter]])?;
        last = Zeroizing::new(block);
        output.extend_from_slice(&last);
    }
    output.truncate(len);
    Ok(output)
}
