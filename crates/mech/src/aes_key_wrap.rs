//! AES key wrap as a cipher: KW and KWP (SP 800-38F; PKCS#11 3.1, Mechanisms 6.18).

use std::sync::Arc;

use ck::Params;
use zeroize::Zeroizing;

use crate::accumulator::Accumulator;
use crate::ffi::{Direction, KeyWrapSchedule};
use crate::{Cipher, Error, Key, param};

/// The most that is wrapped at once: several times the longest encoding of a private key.
const LONGEST: usize = 16 * 1024;
/// The unit of both modes in bytes.
const SEMIBLOCK: usize = 8;

/// A wrapping or an unwrapping: one piece of data, all at the end.
pub(crate) struct KeyWrap {
    key: Arc<Key>,
    padded: bool,
    iv: Option<[u8; 8]>,
    direction: Direction,
    data: Accumulator,
}

impl KeyWrap {
    /// Starts to wrap or to unwrap.
    pub(crate) fn new(
        key: &Arc<Key>,
        padded: bool,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Self, Error> {
        let iv = if padded {
            param::none(params)?;
            None
        } else {
            param::optional_check_value(params)?
        };
        key.aes()?;
        let data = match direction {
            Direction::Encrypt => Accumulator::kept(LONGEST, Error::DataLenRange),
            Direction::Decrypt => {
                Accumulator::kept(LONGEST + SEMIBLOCK, Error::EncryptedDataLenRange)
            }
        };
        Ok(Self {
            key: Arc::clone(key),
            padded,
            iv,
            direction,
            data,
        })
    }

    /// Returns the length of the output for so much input: the exact one, or an upper bound when unwrapping.
    const fn len_of(&self, input: usize) -> usize {
        match self.direction {
            Direction::Encrypt if self.padded => {
                input.next_multiple_of(SEMIBLOCK).saturating_add(SEMIBLOCK)
            }
            Direction::Encrypt => input.saturating_add(SEMIBLOCK),
            Direction::Decrypt => input.saturating_sub(SEMIBLOCK),
        }
    }

    fn wrap(&self, schedule: &KeyWrapSchedule, data: &[u8]) -> Result<Vec<u8>, Error> {
        let fits = if self.padded {
            !data.is_empty()
        } else {
            data.len() >= 2 * SEMIBLOCK && data.len().is_multiple_of(SEMIBLOCK)
        };
        match (fits, self.padded) {
            (false, _) => Err(Error::DataLenRange),
            (true, true) => Ok(schedule.wrap_padded(data)?),
            (true, false) => Ok(schedule.wrap(data, self.iv.as_ref())?),
        }
    }

    fn unwrap(
        &self,
        schedule: &KeyWrapSchedule,
        wrapped: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let least = if self.padded { 2 } else { 3 };
        if wrapped.len() < least * SEMIBLOCK || !wrapped.len().is_multiple_of(SEMIBLOCK) {
            return Err(Error::EncryptedDataLenRange);
        }
        let data = if self.padded {
            schedule.unwrap_padded(wrapped)
        } else {
            schedule.unwrap(wrapped, self.iv.as_ref())
        };
        data.map_err(|_| Error::EncryptedDataInvalid)
    }
}

impl Cipher for KeyWrap {
    fn update(&mut self, part: &[u8], _out: &mut Vec<u8>) -> Result<(), Error> {
        self.data.update(part)
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        let empty = Accumulator::kept(0, Error::DataLenRange);
        let data = std::mem::replace(&mut self.data, empty).finish()?;
        let schedule = KeyWrapSchedule::new(self.key.aes()?, self.direction)?;
        match self.direction {
            Direction::Encrypt => out.extend_from_slice(&self.wrap(&schedule, &data)?),
            Direction::Decrypt => out.extend_from_slice(&self.unwrap(&schedule, &data)?),
        }
        Ok(())
    }

    fn update_len(&self, _part_len: usize) -> usize {
        0
    }

    fn finish_len(&self) -> usize {
        self.len_of(self.data.kept_len())
    }

    fn whole_len(&self, len: usize) -> usize {
        self.len_of(self.data.kept_len().saturating_add(len))
    }
}
