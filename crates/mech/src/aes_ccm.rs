//! AES in counter mode with CBC-MAC (SP 800-38C; PKCS#11 3.1, Mechanisms 6.13).

use std::ops::RangeInclusive;
use std::sync::Arc;

use ck::Params;

use crate::ffi::{self, Direction};
use crate::whole::{Transform, Whole};
use crate::{Error, Key};

/// The lengths of nonces in bytes (SP 800-38C, A.1).
const NONCE_LENGTHS: RangeInclusive<usize> = 7..=13;
/// The longest message: its MAC needs its length first, and a ciphertext gives nothing before the MAC is right, so that all
/// of it is held in memory.
const LONGEST: usize = 64 << 20;

/// An encryption or a decryption of one message.
pub(crate) struct Ccm {
    key: Arc<Key>,
    direction: Direction,
    data_len: usize,
    mac_len: usize,
    nonce: Vec<u8>,
    aad: Vec<u8>,
}

impl Ccm {
    /// Reads the parameter and starts the cipher.
    pub(crate) fn start(
        key: &Arc<Key>,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Whole<Self>, Error> {
        let Params::Ccm {
            data_len,
            nonce,
            aad,
            mac_len,
        } = *params
        else {
            return Err(Error::MechanismParamInvalid);
        };
        // SP 800-38C, A.1: an even number of bytes.
        let mac_len = match mac_len {
            4 => 4,
            6 => 6,
            8 => 8,
            10 => 10,
            12 => 12,
            14 => 14,
            16 => 16,
            _ => return Err(Error::MechanismParamInvalid),
        };
        if !NONCE_LENGTHS.contains(&nonce.len()) {
            return Err(Error::MechanismParamInvalid);
        }
        // The nonce leaves so many bits of its block for the length of the message.
        let counted = u32::try_from(8 * (15 - nonce.len())).unwrap_or(u64::BITS);
        if data_len.checked_shr(counted).unwrap_or(0) != 0 {
            return Err(Error::MechanismParamInvalid);
        }
        let data_len = usize::try_from(data_len)
            .ok()
            .filter(|len| *len <= LONGEST)
            .ok_or(Error::MechanismParamInvalid)?;
        key.aes()?;
        let work = Self {
            key: Arc::clone(key),
            direction,
            data_len,
            mac_len,
            nonce: nonce.to_vec(),
            aad: aad.to_vec(),
        };
        let too_long = work.wrong_len();
        let longest = match direction {
            Direction::Encrypt => data_len,
            Direction::Decrypt => data_len + mac_len,
        };
        Ok(Whole::new(work, longest, too_long))
    }

    /// What to say of an input that has another length than the parameter announced.
    const fn wrong_len(&self) -> Error {
        match self.direction {
            Direction::Encrypt => Error::DataLenRange,
            Direction::Decrypt => Error::EncryptedDataLenRange,
        }
    }
}

impl Transform for Ccm {
    fn transform(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let ccm = ffi::Ccm {
            key: self.key.aes()?,
            nonce: &self.nonce,
            aad: &self.aad,
        };
        match self.direction {
            Direction::Encrypt if input.len() == self.data_len => {
                Ok(ccm.seal(input, self.mac_len, out)?)
            }
            Direction::Decrypt if input.len() == self.data_len + self.mac_len => {
                let (ciphertext, mac) = input.split_at(self.data_len);
                ccm.open(ciphertext, mac, out)
                    .map_err(|_| Error::EncryptedDataInvalid)
            }
            Direction::Encrypt | Direction::Decrypt => Err(self.wrong_len()),
        }
    }

    fn output_len(&self, input: usize) -> usize {
        match self.direction {
            Direction::Encrypt => input.saturating_add(self.mac_len),
            Direction::Decrypt => input.saturating_sub(self.mac_len),
        }
    }
}
