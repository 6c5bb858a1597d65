//! Signatures of SM2 (GB/T 32918.2), over a digest or over who signs and a message.

use std::sync::Arc;

use ::sm3::digest::Digest as _;
use ck::{Params, Sm};

use super::Sm2Public;
use crate::accumulator::Accumulator;
use crate::{Error, Key, Signer, Verifier, param};

/// The length of a digest in bytes.
const DIGEST_LEN: usize = 32;
/// The length of a signature in bytes: r and s.
const LEN: usize = 64;
/// Who signs where nobody says so (GM/T 0009, 10).
const EVERYBODY: &[u8] = b"1234567812345678";
/// The longest name of who signs in bytes: its length in bits takes 16 of them.
const LONGEST_ID: usize = 8191;
/// The coefficients of the curve, and its generator (GB/T 32918.5, 2).
const PARAMETERS: [[u8; 32]; 4] = [
    [
        0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xfc,
    ],
    [
        0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09,
        0xa7, 0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94,
        0x0e, 0x93,
    ],
    [
        0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9,
        0x94, 0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c,
        0x74, 0xc7,
    ],
    [
        0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21,
        0x53, 0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39,
        0xf0, 0xa0,
    ],
];

/// What is signed.
enum Message {
    Digest(Accumulator),
    Hashed(::sm3::Sm3),
}

impl Message {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        match self {
            Self::Digest(digest) => digest.update(part),
            Self::Hashed(hash) => {
                hash.update(part);
                Ok(())
            }
        }
    }

    fn digest(self) -> Result<[u8; DIGEST_LEN], Error> {
        match self {
            Self::Digest(digest) => {
                let digest = digest.finish()?;
                let digest = digest.as_slice().try_into();
                digest.map_err(|_| Error::DataLenRange)
            }
            Self::Hashed(hash) => Ok(hash.finalize().into()),
        }
    }
}

/// A signature in the making, or under scrutiny.
pub(super) struct Signature {
    key: Arc<Key>,
    message: Message,
}

impl Signature {
    /// Starts a signature by a key whose public half is this.
    pub(super) fn new(
        sm: Sm,
        params: &Params<'_>,
        key: &Arc<Key>,
        public: &Sm2Public,
    ) -> Result<Self, Error> {
        let message = if sm == Sm::Sm2 {
            param::none(params)?;
            Message::Digest(Accumulator::kept(DIGEST_LEN, Error::DataLenRange))
        } else {
            let hash = ::sm3::Sm3::new_with_prefix(signatory(user_id(params)?, public)?);
            Message::Hashed(hash)
        };
        Ok(Self {
            key: Arc::clone(key),
            message,
        })
    }
}

fn user_id<'a>(params: &Params<'a>) -> Result<&'a [u8], Error> {
    match *params {
        Params::None => Ok(EVERYBODY),
        Params::Bytes(id) if (1..=LONGEST_ID).contains(&id.len()) => Ok(id),
        _ => Err(Error::MechanismParamInvalid),
    }
}

/// Hashes who signs, and by which key (GB/T 32918.2, 5.5).
fn signatory(id: &[u8], public: &Sm2Public) -> Result<[u8; DIGEST_LEN], Error> {
    let bits = u16::try_from(8 * id.len()).map_err(|_| Error::MechanismParamInvalid)?;
    let hash = ::sm3::Sm3::new()
        .chain_update(bits.to_be_bytes())
        .chain_update(id)
        .chain_update(PARAMETERS.as_flattened())
        .chain_update(&public.point()[1..]);
    Ok(hash.finalize().into())
}

impl Signer for Signature {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.message.update(part)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        let digest = self.message.digest()?;
        self.key.sm2_private()?.sign(&digest)
    }

    fn output_len(&self) -> usize {
        LEN
    }
}

impl Verifier for Signature {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.message.update(part)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        let digest = self.message.digest()?;
        if signature.len() != LEN {
            return Err(Error::SignatureLenRange);
        }
        if self.key.sm2_public()?.verify(&digest, signature) {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}
