//! AES key wrap as a cipher: KW and KWP (SP 800-38F; PKCS#11 3.1, Mechanisms 6.18).

use std::sync::Arc;

use ck::Params;
use zeroize::Zeroizing;

use crate::accumulator::Accumulator;
use crate::cbc_pad::unpadded_len;
use crate::ffi::{Direction, KeyWrapSchedule};
use crate::{Cipher, Error, Key, param};

/// The most that is wrapped at once: several times the longest encoding of a private key.
const LONGEST: usize = 16 * 1024;
/// The unit of both modes in bytes.
const SEMIBLOCK: usize = 8;

/// How data comes to whole semiblocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// It has them (KW).
    None,
    /// As the mode itself does it (KWP).
    Own,
    /// As PKCS#7 does it, before KW: each byte says how many there are.
    Pkcs7,
}

/// A wrapping or an unwrapping: one piece of data, all at the end.
pub(crate) struct KeyWrap {
    key: Arc<Key>,
    padding: Padding,
    iv: Option<[u8; 8]>,
    direction: Direction,
    data: Accumulator,
}

impl KeyWrap {
    /// Starts to wrap or to unwrap.
    pub(crate) fn new(
        key: &Arc<Key>,
        padding: Padding,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Self, Error> {
        let iv = match padding {
            Padding::Own => {
                param::none(params)?;
                None
            }
            Padding::None | Padding::Pkcs7 => param::optional_check_value(params)?,
        };
        key.aes()?;
        let data = match direction {
            Direction::Encrypt => Accumulator::kept(LONGEST, Error::DataLenRange),
            Direction::Decrypt => {
                Accumulator::kept(LONGEST + 2 * SEMIBLOCK, Error::EncryptedDataLenRange)
            }
        };
        Ok(Self {
            key: Arc::clone(key),
            padding,
            iv,
            direction,
            data,
        })
    }

    /// Returns the length of the output for so much input: the exact one, or an upper bound when unwrapping.
    const fn len_of(&self, input: usize) -> usize {
        match (self.direction, self.padding) {
            (Direction::Encrypt, Padding::Own) => {
                input.next_multiple_of(SEMIBLOCK).saturating_add(SEMIBLOCK)
            }
            (Direction::Encrypt, Padding::None) => input.saturating_add(SEMIBLOCK),
            (Direction::Encrypt, Padding::Pkcs7) => {
                (input - input % SEMIBLOCK).saturating_add(2 * SEMIBLOCK)
            }
            (Direction::Decrypt, Padding::None | Padding::Own) => input.saturating_sub(SEMIBLOCK),
            (Direction::Decrypt, Padding::Pkcs7) => input.saturating_sub(SEMIBLOCK + 1),
        }
    }

    fn wrap(&self, schedule: &KeyWrapSchedule, data: &[u8]) -> Result<Vec<u8>, Error> {
        let fits = match self.padding {
            Padding::None => data.len() >= 2 * SEMIBLOCK && data.len().is_multiple_of(SEMIBLOCK),
            Padding::Own => !data.is_empty(),
            // Padded, it has two semiblocks at least.
            Padding::Pkcs7 => data.len() >= SEMIBLOCK,
        };
        match (fits, self.padding) {
            (false, _) => Err(Error::DataLenRange),
            (true, Padding::Own) => Ok(schedule.wrap_padded(data)?),
            (true, Padding::None) => Ok(schedule.wrap(data, self.iv.as_ref())?),
            (true, Padding::Pkcs7) => Ok(schedule.wrap(&padded(data), self.iv.as_ref())?),
        }
    }

    fn unwrap(
        &self,
        schedule: &KeyWrapSchedule,
        wrapped: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let least = if self.padding == Padding::Own { 2 } else { 3 };
        if wrapped.len() < least * SEMIBLOCK || !wrapped.len().is_multiple_of(SEMIBLOCK) {
            return Err(Error::EncryptedDataLenRange);
        }
        let data = match self.padding {
            Padding::Own => schedule.unwrap_padded(wrapped),
            Padding::None | Padding::Pkcs7 => schedule.unwrap(wrapped, self.iv.as_ref()),
        };
        let mut data = data.map_err(|_| Error::EncryptedDataInvalid)?;
        if self.padding == Padding::Pkcs7 {
            let start = data.len() - SEMIBLOCK;
            let last = unpadded_len(&data[start..]).ok_or(Error::EncryptedDataInvalid)?;
            data.truncate(start + last);
        }
        Ok(data)
    }
}

/// Appends as many bytes as are missing, a whole semiblock where none are, each of which says how many they are.
fn padded(data: &[u8]) -> Zeroizing<Vec<u8>> {
    let missing = SEMIBLOCK - data.len() % SEMIBLOCK;
    let byte = u8::try_from(missing).expect("a semiblock is shorter than 256 bytes");
    let mut padded = Zeroizing::new(Vec::with_capacity(data.len() + missing));
    padded.extend_from_slice(data);
    padded.resize(data.len() + missing, byte);
    padded
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
