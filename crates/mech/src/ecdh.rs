//! Diffie-Hellman over elliptic curves (SP 800-56A, 5.7.1.2; PKCS#11 3.1, Mechanisms 6.3.17).

use ck::{KeyDerivation, Params};
use zeroize::Zeroizing;

use crate::encapsulation::Encapsulated;
use crate::ffi::{DigestContext, EcKey};
use crate::key::{LONGEST_SECRET, MontgomeryPrivate, ec_point, montgomery_point};
use crate::param::Derivation;
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
    let growth = Growth::new(kdf, shared_data)?;
    growth.grow(agree(key, public_data)?, wanted)
}

/// Agrees with a public key by a key pair of the moment, whose public key is the ciphertext (PKCS#11 3.2, 6.3.17).
pub(crate) fn encapsulate(
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Encapsulated, Error> {
    let growth = Growth::of_encapsulation(params)?;
    let (ciphertext, secret) = if key.is_montgomery() {
        let other = key.montgomery_public()?;
        let ours = MontgomeryPrivate::generate(other.curve())?;
        let secret = ours.agree(other).ok_or(Error::KeySizeRange)?;
        (ours.public().bytes().to_vec(), secret)
    } else {
        let other = key.ec_public()?;
        let ours = EcKey::generate(other.curve())?;
        (ours.public_point()?, ours.agree(other)?)
    };
    let secret = growth.grow(secret, wanted)?;
    Ok(Encapsulated { ciphertext, secret })
}

/// Returns the length of the public key that is the ciphertext.
pub(crate) fn ciphertext_len(params: &Params<'_>, key: &Key) -> Result<usize, Error> {
    Growth::of_encapsulation(params)?;
    if key.is_montgomery() {
        return Ok(key.montgomery_public()?.bytes().len());
    }
    Ok(key.ec_public()?.curve().point_len())
}

/// Agrees with the public key that is the ciphertext.
pub(crate) fn decapsulate(
    params: &Params<'_>,
    key: &Key,
    ciphertext: &[u8],
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let growth = Growth::of_encapsulation(params)?;
    let secret = agree(key, ciphertext).map_err(|error| match error {
        Error::MechanismParamInvalid => Error::EncryptedDataInvalid,
        other => other,
    });
    growth.grow(secret?, wanted)
}

/// How a key grows out of what the parties agree on.
struct Growth<'a> {
    derivation: Derivation,
    shared_data: &'a [u8],
}

impl<'a> Growth<'a> {
    fn new(kdf: KeyDerivation, shared_data: &'a [u8]) -> Result<Self, Error> {
        let derivation = param::derivation(kdf)?;
        if derivation == Derivation::None && !shared_data.is_empty() {
            return Err(Error::MechanismParamInvalid);
        }
        Ok(Self {
            derivation,
            shared_data,
        })
    }

    /// Reads the parameter of an encapsulation, in which the other party's key has no place.
    fn of_encapsulation(params: &Params<'a>) -> Result<Self, Error> {
        match *params {
            Params::Ecdh {
                kdf,
                shared_data,
                public_data: [],
            } => Self::new(kdf, shared_data),
            _ => Err(Error::MechanismParamInvalid),
        }
    }

    fn grow(
        &self,
        secret: Zeroizing<Vec<u8>>,
        wanted: Option<usize>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        match self.derivation {
            Derivation::None => truncate(secret, wanted),
            derivation => expand(derivation, &secret, self.shared_data, wanted),
        }
    }
}

/// Computes what the parties agree on, on a Weierstrass curve or on a Montgomery curve (RFC 7748, 6).
fn agree(key: &Key, public_data: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    if key.is_montgomery() {
        let key = key.montgomery_private()?;
        let other = montgomery_point(key.curve(), public_data);
        let secret = other.and_then(|other| key.agree(&other));
        return secret.ok_or(Error::MechanismParamInvalid);
    }
    let key = key.ec_private()?;
    let other = ec_point(key.curve(), public_data).ok_or(Error::MechanismParamInvalid)?;
    Ok(key.agree(&other)?)
}

/// Takes the last bytes of the secret: those in front are what the standard removes (6.3.17).
pub(crate) fn truncate(
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

/// Expands the secret by the derivation function of ANSI X9.63 (SEC 1, 3.6.1) or of SP 800-56C (4.1): digests of the secret, a
/// counter from 1, in one order or the other, and what is shared besides.
fn expand(
    derivation: Derivation,
    secret: &[u8],
    shared_data: &[u8],
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (digest, counter_first) = match derivation {
        Derivation::X963(digest) => (digest, false),
        Derivation::OneStep(digest) => (digest, true),
        Derivation::None => return Err(Error::MechanismParamInvalid),
    };
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
        let counter = counter.to_be_bytes();
        let (first, second) = if counter_first {
            (&counter[..], secret)
        } else {
            (secret, &counter[..])
        };
        hash.update(first)?;
        hash.update(second)?;
        hash.update(shared_data)?;
        key.extend_from_slice(&Zeroizing::new(hash.finish()?));
    }
    key.truncate(len);
    Ok(key)
}
