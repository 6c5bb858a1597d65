//! Signatures of digests that name their hash function (FIPS 204, 5.4; FIPS 205, 10.2).

use ck::{Digest, Hedge, MechanismType, Params, Prehash};
use der::Encode;
use der::asn1::ObjectIdentifier;

use crate::Error;
use crate::ffi::{DigestContext, ShakeContext};

/// The longest context (FIPS 204, 5.2; FIPS 205, 10.2).
const LONGEST_CONTEXT: usize = 255;

/// The parameter of a signature with a context.
pub(crate) struct SignContext<'a> {
    /// Whether the signature takes randomness.
    pub(crate) hedged: bool,
    /// The context, whose length fits a byte.
    context: &'a [u8],
    /// What the caller has hashed the message by.
    digest: Option<MechanismType>,
}

impl<'a> SignContext<'a> {
    /// Reads the parameter; without one there is no context, and randomness.
    pub(crate) fn new(params: &Params<'a>) -> Result<Self, Error> {
        let (hedge, context, digest) = match *params {
            Params::None => (Hedge::HEDGE_PREFERRED, &[][..], None),
            Params::SignContext {
                hedge,
                context,
                digest,
            } if context.len() <= LONGEST_CONTEXT => (hedge, context, digest),
            _ => return Err(Error::MechanismParamInvalid),
        };
        let hedged = match hedge {
            Hedge::HEDGE_PREFERRED | Hedge::HEDGE_REQUIRED => true,
            Hedge::DETERMINISTIC_REQUIRED => false,
            _ => return Err(Error::MechanismParamInvalid),
        };
        Ok(Self {
            hedged,
            context,
            digest,
        })
    }

    /// Returns the function that the caller has hashed the message by, which the parameter must name.
    pub(crate) fn given(&self) -> Result<Prehash, Error> {
        let id = self.digest.ok_or(Error::MechanismParamInvalid)?;
        match Digest::from_mechanism(id) {
            None | Some(Digest::Sha1) => Err(Error::MechanismParamInvalid),
            Some(digest) => Ok(Prehash::Digest(digest)),
        }
    }

    /// Returns the context.
    pub(crate) const fn context(&self) -> &'a [u8] {
        self.context
    }

    /// Returns what stands in front of a message that is signed itself.
    pub(crate) fn pure(&self) -> Result<Vec<u8>, Error> {
        self.prefix(0)
    }

    /// Returns what stands in front of a digest by this function.
    pub(crate) fn prehashed(&self, function: Prehash) -> Result<Vec<u8>, Error> {
        let mut prefix = self.prefix(1)?;
        prefix.extend_from_slice(&oid_of(function)?);
        Ok(prefix)
    }

    /// The parameter of a mechanism that hashes by itself, or not at all, names no digest.
    fn prefix(&self, domain: u8) -> Result<Vec<u8>, Error> {
        if domain == 0 && self.digest.is_some() {
            return Err(Error::MechanismParamInvalid);
        }
        let len = u8::try_from(self.context.len()).map_err(|_| Error::MechanismParamInvalid)?;
        Ok([&[domain, len], self.context].concat())
    }
}

/// Returns the DER of a function's OBJECT IDENTIFIER.
pub(crate) fn oid_of(function: Prehash) -> Result<Vec<u8>, Error> {
    oid(function)?.to_der().map_err(|_| Error::Provider("DER"))
}

/// The OBJECT IDENTIFIER of a function (RFC 8017, A.2.4; RFC 8702, 2; NIST's register of algorithms).
fn oid(function: Prehash) -> Result<ObjectIdentifier, Error> {
    let last = match function {
        Prehash::Digest(Digest::Sha256) => 1,
        Prehash::Digest(Digest::Sha384) => 2,
        Prehash::Digest(Digest::Sha512) => 3,
        Prehash::Digest(Digest::Sha224) => 4,
        Prehash::Digest(Digest::Sha512_224) => 5,
        Prehash::Digest(Digest::Sha512_256) => 6,
        Prehash::Digest(Digest::Sha3_224) => 7,
        Prehash::Digest(Digest::Sha3_256) => 8,
        Prehash::Digest(Digest::Sha3_384) => 9,
        Prehash::Digest(Digest::Sha3_512) => 10,
        Prehash::Shake128 => 11,
        Prehash::Shake256 => 12,
        Prehash::Digest(Digest::Md5 | Digest::Sha1) => return Err(Error::MechanismParamInvalid),
    };
    ObjectIdentifier::from_arcs([2, 16, 840, 1, 101, 3, 4, 2, last])
        .map_err(|_| Error::Provider("DER"))
}

/// A message that is hashed before it is signed.
pub(crate) enum Hashing {
    /// By a hash function.
    Digest(DigestContext),
    /// By a function of any output length.
    Shake(ShakeContext, usize),
    /// By the caller, to this length.
    Given(Vec<u8>, usize),
}

impl Hashing {
    /// Starts to hash.
    pub(crate) fn new(function: Prehash) -> Result<Self, Error> {
        let len = function.len();
        Ok(match function {
            Prehash::Digest(digest) => Self::Digest(DigestContext::new(digest)?),
            Prehash::Shake128 => Self::Shake(ShakeContext::shake128()?, len),
            Prehash::Shake256 => Self::Shake(ShakeContext::shake256()?, len),
        })
    }

    /// Starts to take the caller's digest.
    pub(crate) const fn given(function: Prehash) -> Self {
        Self::Given(Vec::new(), function.len())
    }

    /// Takes the next part of the message, or of the digest.
    pub(crate) fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        match self {
            Self::Digest(context) => Ok(context.update(part)?),
            Self::Shake(context, _) => Ok(context.update(part)?),
            Self::Given(digest, len) if part.len() <= *len - digest.len() => {
                digest.extend_from_slice(part);
                Ok(())
            }
            Self::Given(..) => Err(Error::DataLenRange),
        }
    }

    /// Returns the digest.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Digest(context) => Ok(context.finish()?),
            Self::Shake(context, len) => {
                let mut digest = vec![0; len];
                context.finish(&mut digest)?;
                Ok(digest)
            }
            Self::Given(digest, len) if digest.len() == len => Ok(digest),
            Self::Given(..) => Err(Error::DataLenRange),
        }
    }
}
