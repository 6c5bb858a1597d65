//! Reading the parameters of mechanisms.

use ck::{Digest, KeyDerivation, MechanismType, Mgf, Params};

use crate::Error;

/// Checks that there is no parameter.
pub(crate) const fn none(params: &Params<'_>) -> Result<(), Error> {
    match params {
        Params::None => Ok(()),
        _ => Err(Error::MechanismParamInvalid),
    }
}

/// Reads an initialisation vector of one block of AES.
pub(crate) fn block<'a>(params: &Params<'a>) -> Result<&'a [u8], Error> {
    vector(params, 16)
}

/// Reads an initialisation vector of this length.
pub(crate) fn vector<'a>(params: &Params<'a>, len: usize) -> Result<&'a [u8], Error> {
    match params {
        Params::Bytes(iv) if iv.len() == len => Ok(iv),
        _ => Err(Error::MechanismParamInvalid),
    }
}

/// Reads the length in bytes of a MAC that is at most so long.
pub(crate) fn mac_len(params: &Params<'_>, longest: usize) -> Result<usize, Error> {
    let Params::Length(len) = *params else {
        return Err(Error::MechanismParamInvalid);
    };
    usize::try_from(len)
        .ok()
        .filter(|len| (1..=longest).contains(len))
        .ok_or(Error::MechanismParamInvalid)
}

/// Reads an integrity check value of eight bytes, if there is one.
pub(crate) fn optional_check_value(params: &Params<'_>) -> Result<Option<[u8; 8]>, Error> {
    match params {
        Params::None => Ok(None),
        Params::Bytes(bytes) => {
            let bytes = <[u8; 8]>::try_from(*bytes);
            bytes.map(Some).map_err(|_| Error::MechanismParamInvalid)
        }
        _ => Err(Error::MechanismParamInvalid),
    }
}

/// Finds the hash function that a digest mechanism names.
pub(crate) fn digest(id: MechanismType) -> Result<Digest, Error> {
    Digest::from_mechanism(id).ok_or(Error::MechanismParamInvalid)
}

/// How a key grows out of a shared secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derivation {
    /// The secret itself.
    None,
    /// ANSI X9.63: the secret comes before the counter.
    X963(Digest),
    /// SP 800-56C, 4.1: the counter comes before the secret.
    OneStep(Digest),
}

/// Finds a key derivation.
pub(crate) const fn derivation(kdf: KeyDerivation) -> Result<Derivation, Error> {
    use Derivation::{OneStep, X963};
    Ok(match kdf {
        KeyDerivation::NULL => Derivation::None,
        KeyDerivation::SHA1_KDF => X963(Digest::Sha1),
        KeyDerivation::SHA224_KDF => X963(Digest::Sha224),
        KeyDerivation::SHA256_KDF => X963(Digest::Sha256),
        KeyDerivation::SHA384_KDF => X963(Digest::Sha384),
        KeyDerivation::SHA512_KDF => X963(Digest::Sha512),
        KeyDerivation::SHA3_224_KDF => X963(Digest::Sha3_224),
        KeyDerivation::SHA3_256_KDF => X963(Digest::Sha3_256),
        KeyDerivation::SHA3_384_KDF => X963(Digest::Sha3_384),
        KeyDerivation::SHA3_512_KDF => X963(Digest::Sha3_512),
        KeyDerivation::SHA1_KDF_SP800 => OneStep(Digest::Sha1),
        KeyDerivation::SHA224_KDF_SP800 => OneStep(Digest::Sha224),
        KeyDerivation::SHA256_KDF_SP800 => OneStep(Digest::Sha256),
        KeyDerivation::SHA384_KDF_SP800 => OneStep(Digest::Sha384),
        KeyDerivation::SHA512_KDF_SP800 => OneStep(Digest::Sha512),
        KeyDerivation::SHA3_224_KDF_SP800 => OneStep(Digest::Sha3_224),
        KeyDerivation::SHA3_256_KDF_SP800 => OneStep(Digest::Sha3_256),
        KeyDerivation::SHA3_384_KDF_SP800 => OneStep(Digest::Sha3_384),
        KeyDerivation::SHA3_512_KDF_SP800 => OneStep(Digest::Sha3_512),
        _ => return Err(Error::MechanismParamInvalid),
    })
}

/// Finds the hash function of a mask generation function.
pub(crate) const fn mask(mgf: Mgf) -> Result<Digest, Error> {
    Ok(match mgf {
        Mgf::MGF1_SHA1 => Digest::Sha1,
        Mgf::MGF1_SHA224 => Digest::Sha224,
        Mgf::MGF1_SHA256 => Digest::Sha256,
        Mgf::MGF1_SHA384 => Digest::Sha384,
        Mgf::MGF1_SHA512 => Digest::Sha512,
        Mgf::MGF1_SHA3_224 => Digest::Sha3_224,
        Mgf::MGF1_SHA3_256 => Digest::Sha3_256,
        Mgf::MGF1_SHA3_384 => Digest::Sha3_384,
        Mgf::MGF1_SHA3_512 => Digest::Sha3_512,
        _ => return Err(Error::MechanismParamInvalid),
    })
}
