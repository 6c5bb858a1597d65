//! AES block by block: ECB and CBC without padding (SP 800-38A, 6.1 and 6.2).

use crate::cbc_pad::InBlocks;
use crate::ffi::{CipherContext, Direction, Mode};
use crate::{Cipher, Error, Key};

/// The block size in bytes.
pub(crate) const BLOCK: usize = 16;

/// A cipher whose input must be a whole number of blocks in the end.
pub(crate) struct Blocks {
    context: CipherContext,
    direction: Direction,
    /// How many bytes of an unfinished block wait in the context.
    pending: usize,
}

impl Blocks {
    /// Starts an ECB cipher, or a CBC cipher with this IV.
    pub(crate) fn new(key: &Key, iv: Option<&[u8]>, direction: Direction) -> Result<Self, Error> {
        let mode = if iv.is_some() { Mode::Cbc } else { Mode::Ecb };
        let context = CipherContext::new(mode, direction, key.aes()?, iv.unwrap_or_default())?;
        Ok(Self {
            context,
            direction,
            pending: 0,
        })
    }
}

impl InBlocks for Blocks {
    const BLOCK: usize = BLOCK;

    fn feed(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.context.update(part, out)?;
        self.pending = (self.pending + part.len() % BLOCK) % BLOCK;
        Ok(())
    }

    fn pending(&self) -> usize {
        self.pending
    }

    fn check_whole(&self) -> Result<(), Error> {
        match (self.pending, self.direction) {
            (0, _) => Ok(()),
            (_, Direction::Decrypt) => Err(Error::EncryptedDataLenRange),
            (_, Direction::Encrypt) => Err(Error::DataLenRange),
        }
    }
}

impl Cipher for Blocks {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.feed(part, out)
    }

    fn finish(self: Box<Self>, _out: &mut Vec<u8>) -> Result<(), Error> {
        self.check_whole()
    }

    fn update_len(&self, part_len: usize) -> usize {
        self.completed_len(part_len)
    }

    fn finish_len(&self) -> usize {
        0
    }

    fn whole_len(&self, len: usize) -> usize {
        self.completed_len(len)
    }
}
