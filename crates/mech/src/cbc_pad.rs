//! Block ciphers in CBC mode with PKCS#7 padding (PKCS#11 3.1, Mechanisms 6.10.5).

use zeroize::{Zeroize, Zeroizing};

use crate::block_cipher::BlockCipher;
use crate::blocks::Blocks;
use crate::ffi::Direction;
use crate::{Cipher, Error, Key};

/// A cipher that takes whole blocks only.
pub(crate) trait InBlocks: Cipher {
    /// Returns the length of a block in bytes.
    fn block_len(&self) -> usize;

    /// Returns how many bytes of an unfinished block there are.
    fn pending(&self) -> usize;

    /// Fails if a block is unfinished.
    fn check_whole(&self) -> Result<(), Error>;
}

/// An encryption.
pub(crate) struct PadEncryption<B>(pub(crate) B);

impl PadEncryption<Blocks> {
    pub(crate) fn new(cipher: BlockCipher, key: &Key, iv: &[u8]) -> Result<Self, Error> {
        Blocks::new(cipher, key, Some(iv), Direction::Encrypt).map(Self)
    }
}

impl<B: InBlocks> Cipher for PadEncryption<B> {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.0.update(part, out)
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        let len = self.0.block_len() - self.0.pending();
        let byte = u8::try_from(len).expect("a block is shorter than 256 bytes");
        self.0.update(&vec![byte; len], out)
    }

    fn update_len(&self, part_len: usize) -> usize {
        self.0.update_len(part_len)
    }

    fn finish_len(&self) -> usize {
        self.0.block_len()
    }

    fn whole_len(&self, len: usize) -> usize {
        self.0.update_len(len).saturating_add(self.0.block_len())
    }
}

/// A decryption, which keeps the last block back until it is known to be the last.
pub(crate) struct PadDecryption<B> {
    blocks: B,
    held: Option<Zeroizing<Vec<u8>>>,
}

impl PadDecryption<Blocks> {
    pub(crate) fn new(cipher: BlockCipher, key: &Key, iv: &[u8]) -> Result<Self, Error> {
        Blocks::new(cipher, key, Some(iv), Direction::Decrypt).map(Self::of)
    }
}

impl<B: InBlocks> PadDecryption<B> {
    pub(crate) const fn of(blocks: B) -> Self {
        Self { blocks, held: None }
    }

    fn held_len(&self) -> usize {
        if self.held.is_some() {
            self.blocks.block_len()
        } else {
            0
        }
    }
}

impl<B: InBlocks> Cipher for PadDecryption<B> {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if part.is_empty() {
            return Ok(());
        }
        if let Some(block) = self.held.take() {
            out.extend_from_slice(&block[..]);
        }
        self.blocks.update(part, out)?;
        if self.blocks.pending() == 0 {
            // This part has completed the block that is now the last of the output.
            let start = out.len() - self.blocks.block_len();
            let block = Zeroizing::new(out[start..].to_vec());
            out[start..].zeroize();
            out.truncate(start);
            self.held = Some(block);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        self.blocks.check_whole()?;
        let block = self.held.ok_or(Error::EncryptedDataLenRange)?;
        let len = unpadded_len(&block).ok_or(Error::EncryptedDataInvalid)?;
        out.extend_from_slice(&block[..len]);
        Ok(())
    }

    fn update_len(&self, part_len: usize) -> usize {
        if part_len == 0 {
            return 0;
        }
        let completed = self.blocks.update_len(part_len);
        let total = self.blocks.pending().saturating_add(part_len);
        self.held_len() + completed
            - if total.is_multiple_of(self.blocks.block_len()) {
                self.blocks.block_len()
            } else {
                0
            }
    }

    fn finish_len(&self) -> usize {
        self.held_len().saturating_sub(1)
    }

    fn whole_len(&self, len: usize) -> usize {
        self.held_len()
            .saturating_add(self.blocks.update_len(len))
            .saturating_sub(1)
    }
}

/// Returns the length of the data in the last block, in a time that does not tell what was wrong with the padding.
pub(crate) fn unpadded_len(block: &[u8]) -> Option<usize> {
    let last = *block.last()?;
    let padding = usize::from(last);
    let mut wrong = u8::from(padding == 0) | u8::from(padding > block.len());
    for (index, byte) in block.iter().enumerate() {
        let is_padding = u8::from(block.len() - index <= padding);
        let differs = u8::from(*byte != last);
        wrong |= std::hint::black_box(is_padding & differs);
    }
    (wrong == 0).then(|| block.len() - padding)
}
