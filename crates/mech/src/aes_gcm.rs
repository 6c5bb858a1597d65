//! AES in Galois/counter mode (SP 800-38D; PKCS#11 3.1, Mechanisms 6.13).

use std::ops::RangeInclusive;

use ck::Params;
use zeroize::Zeroize;

use crate::ffi::{CipherContext, Direction, Mode};
use crate::{Cipher, Error, Key};

/// The lengths of initialisation vectors in bytes: any, up to what PKCS#11 3.1 allows (6.13.1).
const IV_LENGTHS: RangeInclusive<usize> = 1..=256;
/// The longest plaintext in bytes (SP 800-38D, 5.2.1.1).
const LONGEST: u64 = (1 << 36) - 32;
/// The longest ciphertext that is decrypted, tag included: all of it is held in memory until the tag is verified.
const LONGEST_HELD: usize = 64 << 20;

/// Reads the parameter and starts the cipher; gives it together with the length of the tag in bytes.
pub(crate) fn start(
    key: &Key,
    params: &Params<'_>,
    direction: Direction,
) -> Result<(CipherContext, usize), Error> {
    let Params::Gcm { iv, aad, tag_bits } = *params else {
        return Err(Error::MechanismParamInvalid);
    };
    // SP 800-38D, 5.2.1.2; the two short ones are for whoever the token's policy lets have them.
    let tag_len = match tag_bits {
        32 => 4,
        64 => 8,
        96 => 12,
        104 => 13,
        112 => 14,
        120 => 15,
        128 => 16,
        _ => return Err(Error::MechanismParamInvalid),
    };
    if !IV_LENGTHS.contains(&iv.len()) {
        return Err(Error::MechanismParamInvalid);
    }
    let mut context = CipherContext::new(Mode::Gcm, direction, key.aes()?, iv)?;
    context.authenticate(aad)?;
    Ok((context, tag_len))
}

/// An encryption, which gives ciphertext as it goes and the tag at the end.
pub(crate) struct GcmEncryption {
    context: CipherContext,
    tag_len: usize,
    remaining: u64,
}

impl GcmEncryption {
    pub(crate) fn new(key: &Key, params: &Params<'_>) -> Result<Self, Error> {
        let (context, tag_len) = start(key, params, Direction::Encrypt)?;
        Ok(Self {
            context,
            tag_len,
            remaining: LONGEST,
        })
    }
}

impl Cipher for GcmEncryption {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let len = u64::try_from(part.len()).map_err(|_| Error::DataLenRange)?;
        self.remaining = self.remaining.checked_sub(len).ok_or(Error::DataLenRange)?;
        Ok(self.context.update(part, out)?)
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        let tag = self.context.tag(self.tag_len)?;
        out.extend_from_slice(&tag);
        Ok(())
    }

    fn update_len(&self, part_len: usize) -> usize {
        part_len
    }

    fn finish_len(&self) -> usize {
        self.tag_len
    }

    fn whole_len(&self, len: usize) -> usize {
        len.saturating_add(self.tag_len)
    }
}

/// A decryption, which gives nothing before the tag at the end is found to be right.
pub(crate) struct GcmDecryption {
    context: CipherContext,
    tag_len: usize,
    held: Vec<u8>,
}

impl GcmDecryption {
    pub(crate) fn new(key: &Key, params: &Params<'_>) -> Result<Self, Error> {
        let (context, tag_len) = start(key, params, Direction::Decrypt)?;
        Ok(Self {
            context,
            tag_len,
            held: Vec::new(),
        })
    }
}

impl Cipher for GcmDecryption {
    fn update(&mut self, part: &[u8], _out: &mut Vec<u8>) -> Result<(), Error> {
        if part.len() > LONGEST_HELD - self.held.len() {
            return Err(Error::EncryptedDataLenRange);
        }
        self.held.extend_from_slice(part);
        Ok(())
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        let len = self
            .held
            .len()
            .checked_sub(self.tag_len)
            .ok_or(Error::EncryptedDataLenRange)?;
        let (ciphertext, tag) = self.held.split_at(len);
        let start = out.len();
        self.context.update(ciphertext, out)?;
        self.context.verify_tag(tag).map_err(|_| {
            out[start..].zeroize();
            out.truncate(start);
            Error::EncryptedDataInvalid
        })
    }

    fn update_len(&self, _part_len: usize) -> usize {
        0
    }

    fn finish_len(&self) -> usize {
        self.held.len().saturating_sub(self.tag_len)
    }

    fn whole_len(&self, len: usize) -> usize {
        self.held
            .len()
            .saturating_add(len)
            .saturating_sub(self.tag_len)
    }
}
