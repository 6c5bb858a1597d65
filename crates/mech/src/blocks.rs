//! Block ciphers block by block: ECB and CBC without padding (SP 800-38A, 6.1 and 6.2).

use crate::block_cipher::BlockCipher;
use crate::cbc_pad::InBlocks;
use crate::ffi::{CipherContext, Direction};
use crate::{Cipher, Error, Key};

/// A cipher whose input must be a whole number of blocks in the end.
pub(crate) struct Blocks {
    context: CipherContext,
    block_len: usize,
    direction: Direction,
    /// How many bytes of an unfinished block wait in the context.
    pending: usize,
}

impl Blocks {
    /// Starts an ECB cipher, or a CBC cipher with this IV.
    pub(crate) fn new(
        cipher: BlockCipher,
        key: &Key,
        iv: Option<&[u8]>,
        direction: Direction,
    ) -> Result<Self, Error> {
        Ok(Self {
            context: cipher.start(key, iv, direction)?,
            block_len: cipher.block_len(),
            direction,
            pending: 0,
        })
    }

    /// Returns the length of a block in bytes.
    pub(crate) const fn block_len(&self) -> usize {
        self.block_len
    }

    /// Returns how many bytes of an unfinished block there are.
    pub(crate) const fn pending(&self) -> usize {
        self.pending
    }

    /// Takes the next part and gives every block that it completes.
    pub(crate) fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.context.update(part, out)?;
        self.pending = (self.pending + part.len() % self.block_len) % self.block_len;
        Ok(())
    }

    /// Returns the length of the blocks that so many bytes more would complete.
    pub(crate) const fn update_len(&self, part_len: usize) -> usize {
        let len = self.pending.saturating_add(part_len);
        len - len % self.block_len
    }

    /// Fails if a block is unfinished.
    pub(crate) const fn finish(&self) -> Result<(), Error> {
        match (self.pending, self.direction) {
            (0, _) => Ok(()),
            (_, Direction::Decrypt) => Err(Error::EncryptedDataLenRange),
            (_, Direction::Encrypt) => Err(Error::DataLenRange),
        }
    }
}

impl Cipher for Blocks {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        Self::update(self, part, out)
    }

    fn finish(self: Box<Self>, _out: &mut Vec<u8>) -> Result<(), Error> {
        Self::finish(&self)
    }

    fn update_len(&self, part_len: usize) -> usize {
        Self::update_len(self, part_len)
    }

    fn finish_len(&self) -> usize {
        0
    }

    fn whole_len(&self, len: usize) -> usize {
        Self::update_len(self, len)
    }
}

impl InBlocks for Blocks {
    fn block_len(&self) -> usize {
        Self::block_len(self)
    }

    fn pending(&self) -> usize {
        Self::pending(self)
    }

    fn check_whole(&self) -> Result<(), Error> {
        Self::finish(self)
    }
}
