//! CBC mode with PKCS#7 padding, for any block cipher (PKCS#11 3.1, Mechanisms 6.10.5).

use zeroize::{Zeroize, Zeroizing};

use crate::{Cipher, Error};

/// A cipher that takes whole blocks only.
pub(crate) trait InBlocks: Send {
    /// The length of a block in bytes.
    const BLOCK: usize;

    /// Takes the next part and gives every block that it completes.
    fn feed(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error>;

    /// Returns how many bytes of an unfinished block there are.
    fn pending(&self) -> usize;

    /// Fails if a block is unfinished.
    fn check_whole(&self) -> Result<(), Error>;

    /// Returns the length of the blocks that so many bytes more would complete.
    fn completed_len(&self, part_len: usize) -> usize {
        let len = self.pending().saturating_add(part_len);
        len - len % Self::BLOCK
    }
}

/// An encryption.
pub(crate) struct PadEncryption<B>(pub(crate) B);

impl<B: InBlocks> Cipher for PadEncryption<B> {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.0.feed(part, out)
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        let len = B::BLOCK - self.0.pending();
        let byte = u8::try_from(len).expect("a block is shorter than 256 bytes");
        self.0.feed(&vec![byte; len], out)
    }

    fn update_len(&self, part_len: usize) -> usize {
        self.0.completed_len(part_len)
    }

    fn finish_len(&self) -> usize {
        B::BLOCK
    }

    fn whole_len(&self, len: usize) -> usize {
        self.0.completed_len(len).saturating_add(B::BLOCK)
    }
}

/// A decryption, which keeps the last block back until it is known to be the last.
pub(crate) struct PadDecryption<B> {
    blocks: B,
    held: Option<Zeroizing<Vec<u8>>>,
}

impl<B: InBlocks> PadDecryption<B> {
    pub(crate) const fn new(blocks: B) -> Self {
        Self { blocks, held: None }
    }

    const fn held_len(&self) -> usize {
        if self.held.is_some() { B::BLOCK } else { 0 }
    }
}

impl<B: InBlocks> Cipher for PadDecryption<B> {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if part.is_empty() {
            return Ok(());
        }
        if let Some(block) = self.held.take() {
            out.extend_from_slice(&block);
        }
        self.blocks.feed(part, out)?;
        if self.blocks.pending() == 0 {
            // This part has completed the block that is now the last of the output.
            let start = out.len() - B::BLOCK;
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
        let completed = self.blocks.completed_len(part_len);
        let total = self.blocks.pending().saturating_add(part_len);
        let kept = if total.is_multiple_of(B::BLOCK) {
            B::BLOCK
        } else {
            0
        };
        self.held_len() + completed - kept
    }

    fn finish_len(&self) -> usize {
        self.held_len().saturating_sub(1)
    }

    fn whole_len(&self, len: usize) -> usize {
        self.held_len()
            .saturating_add(self.blocks.completed_len(len))
            .saturating_sub(1)
    }
}

/// Returns the length of the data in the last block, in a time that does not tell what was wrong with the padding.
fn unpadded_len(block: &[u8]) -> Option<usize> {
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
