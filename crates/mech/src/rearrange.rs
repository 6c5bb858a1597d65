//! Key derivation that moves the bytes of a key (PKCS#11 3.1, Mechanisms 6.43).

use ck::{AttributeType, Params, Rearrangement};
use zeroize::Zeroizing;

use crate::key::LONGEST_SECRET;
use crate::{Error, Key};

/// Derives the first `wanted` bytes of what the mechanism gives, or all of them; what is extracted has no length of its own.
pub(crate) fn derive(
    kind: Rearrangement,
    params: &Params<'_>,
    key: &Key,
    other: Option<&Key>,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let base = key.secret()?;
    let mut secret = match (kind, *params) {
        (Rearrangement::BaseAndKey, Params::Key(_)) => {
            join(base, other.ok_or(Error::MechanismParamInvalid)?.secret()?)
        }
        (Rearrangement::BaseAndData, Params::Bytes(data)) => join(base, data),
        (Rearrangement::DataAndBase, Params::Bytes(data)) => join(data, base),
        (Rearrangement::Xor, Params::Bytes(data)) => add(base, data),
        (Rearrangement::Extract, Params::Length(first)) => {
            let len = wanted.ok_or(Error::TemplateIncomplete(AttributeType::VALUE_LEN))?;
            extract(base, first, len)?
        }
        _ => return Err(Error::MechanismParamInvalid),
    };
    let len = wanted.unwrap_or(secret.len());
    if !(1..=secret.len().min(LONGEST_SECRET)).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    secret.truncate(len);
    Ok(secret)
}

fn join(first: &[u8], second: &[u8]) -> Zeroizing<Vec<u8>> {
    // Room for both at once: a buffer that grows leaves copies behind.
    let mut both = Zeroizing::new(Vec::with_capacity(first.len() + second.len()));
    both.extend_from_slice(first);
    both.extend_from_slice(second);
    both
}

/// Adds bit by bit, as far as the shorter of both goes.
fn add(base: &[u8], data: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut sum = Zeroizing::new(Vec::with_capacity(base.len().min(data.len())));
    sum.extend(base.iter().zip(data).map(|(one, other)| one ^ other));
    sum
}

/// Takes bits from a place on, and behind the last goes on with the first.
fn extract(base: &[u8], first: u64, len: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    if len > base.len() {
        return Err(Error::KeySizeRange);
    }
    let first = usize::try_from(first).map_err(|_| Error::MechanismParamInvalid)?;
    let (byte, bits) = (first / 8, first % 8);
    if byte >= base.len() {
        return Err(Error::MechanismParamInvalid);
    }
    let mut secret = Zeroizing::new(Vec::with_capacity(len));
    let around = base.iter().cycle().skip(byte);
    let pairs = around.clone().zip(around.skip(1));
    secret.extend(pairs.take(len).map(|(one, next)| {
        let [_, shifted] = ((u16::from_be_bytes([*one, *next]) << bits) >> 8).to_be_bytes();
        shifted
    }));
    Ok(secret)
}
