//! AES over the sectors of disks (SP 800-38E, IEEE 1619; PKCS#11 3.1, Mechanisms 6.15).

use std::sync::Arc;

use ck::Params;

use crate::block_cipher::LONGEST_BLOCK as BLOCK;
use crate::ffi::{CipherContext, Direction, Mode};
use crate::whole::{Transform, Whole};
use crate::{Error, Key, param};

/// The longest sector: 2^20 blocks (SP 800-38E, 4).
const LONGEST: usize = BLOCK << 20;

/// An encryption or a decryption of one sector, whose number is the parameter.
pub(crate) struct Xts {
    key: Arc<Key>,
    direction: Direction,
    sector: Vec<u8>,
}

impl Xts {
    /// Starts the cipher.
    pub(crate) fn start(
        key: &Arc<Key>,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Whole<Self>, Error> {
        let sector = param::block(params)?.to_vec();
        key.xts()?;
        let work = Self {
            key: Arc::clone(key),
            direction,
            sector,
        };
        Ok(Whole::new(work, LONGEST, wrong_len(direction)))
    }
}

impl Transform for Xts {
    fn transform(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if input.len() < BLOCK {
            return Err(wrong_len(self.direction));
        }
        let key = self.key.xts()?;
        let mut context = CipherContext::new(Mode::Xts, self.direction, key, &self.sector)?;
        Ok(context.update(input, out)?)
    }

    fn output_len(&self, input: usize) -> usize {
        input
    }
}

/// What to say of a sector that is shorter than a block or too long.
const fn wrong_len(direction: Direction) -> Error {
    match direction {
        Direction::Encrypt => Error::DataLenRange,
        Direction::Decrypt => Error::EncryptedDataLenRange,
    }
}
