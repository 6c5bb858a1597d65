//! MACs by cipher block chaining: FIPS 113 over any block cipher, and XCBC over AES (RFC 3566).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::Params;
use zeroize::Zeroizing;

use crate::block_cipher::BlockCipher;
use crate::ffi::{CipherContext, Direction, Mode};
use crate::{Error, Key, Signer, Verifier, param};

/// How many bytes are chained at once: what the library gives besides the last block is of no use.
const PIECE: usize = 4096;
/// The length in bytes of the keys of XCBC.
const XCBC_KEY_LEN: usize = 16;
/// The length in bytes of the MAC that XCBC is cut to (RFC 3566, 4).
const XCBC_SHORT: usize = 12;

/// What is done with the last block before it is chained.
enum LastBlock {
    /// It is filled up with zeros.
    Zeros,
    /// One of two keys is added, the second where it had to be filled up with a one and zeros.
    Masked(Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>),
}

/// A MAC in the making, or under scrutiny.
pub(crate) struct CbcMac {
    context: CipherContext,
    block_len: usize,
    rule: LastBlock,
    /// What may turn out to be the last block: never empty once something has come.
    held: Zeroizing<Vec<u8>>,
    chained: Zeroizing<Vec<u8>>,
    len: usize,
}

impl CbcMac {
    /// Starts a MAC of half a block; the parameter of a `general` mechanism is its length in bytes.
    pub(crate) fn new(
        cipher: BlockCipher,
        general: bool,
        params: &Params<'_>,
        key: &Key,
    ) -> Result<Self, Error> {
        let block_len = cipher.block_len();
        let len = if general {
            param::mac_len(params, block_len)?
        } else {
            param::none(params)?;
            block_len / 2
        };
        let context = cipher.start(key, Some(&vec![0; block_len]), Direction::Encrypt)?;
        Ok(Self::over(context, block_len, LastBlock::Zeros, len))
    }

    /// Starts a MAC by XCBC, cut to 96 bits where it is to be `short`.
    pub(crate) fn xcbc(short: bool, params: &Params<'_>, key: &Key) -> Result<Self, Error> {
        param::none(params)?;
        let key = key.aes()?;
        if key.len() != XCBC_KEY_LEN {
            return Err(Error::KeySizeRange);
        }
        let block_len = BlockCipher::Aes.block_len();
        let mut expansion = CipherContext::new(Mode::Ecb, Direction::Encrypt, key, &[])?;
        let mut derive = |byte: u8| {
            let mut derived = Zeroizing::new(Vec::with_capacity(2 * block_len));
            expansion.update(&vec![byte; block_len], &mut derived)?;
            Ok::<_, Error>(derived)
        };
        let (first, whole, filled) = (derive(1)?, derive(2)?, derive(3)?);
        let context =
            CipherContext::new(Mode::Cbc, Direction::Encrypt, &first, &vec![0; block_len])?;
        let len = if short { XCBC_SHORT } else { block_len };
        Ok(Self::over(
            context,
            block_len,
            LastBlock::Masked(whole, filled),
            len,
        ))
    }

    fn over(context: CipherContext, block_len: usize, rule: LastBlock, len: usize) -> Self {
        Self {
            context,
            block_len,
            rule,
            held: Zeroizing::new(Vec::with_capacity(block_len)),
            chained: Zeroizing::new(Vec::with_capacity(PIECE + block_len)),
            len,
        }
    }

    /// Takes the next part, and keeps the last block of what there is.
    fn take(&mut self, part: &[u8]) -> Result<(), Error> {
        let (start, rest) = part.split_at(part.len().min(self.block_len - self.held.len()));
        self.held.extend_from_slice(start);
        if rest.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut *self.held);
        self.chain(&Zeroizing::new(held))?;
        let kept = (rest.len() - 1) % self.block_len + 1;
        let (whole, last) = rest.split_at(rest.len() - kept);
        for piece in whole.chunks(PIECE) {
            self.chain(piece)?;
        }
        self.held = Zeroizing::new(Vec::with_capacity(self.block_len));
        self.held.extend_from_slice(last);
        Ok(())
    }

    fn chain(&mut self, blocks: &[u8]) -> Result<(), Error> {
        self.chained.clear();
        Ok(self.context.update(blocks, &mut self.chained)?)
    }

    fn mac(mut self) -> Result<Vec<u8>, Error> {
        let mut last = std::mem::take(&mut self.held);
        let filled = last.len() < self.block_len;
        if filled && matches!(self.rule, LastBlock::Masked(..)) {
            last.push(0x80);
        }
        last.resize(self.block_len, 0);
        if let LastBlock::Masked(for_whole, for_filled) = &self.rule {
            let mask = if filled { for_filled } else { for_whole };
            last.iter_mut()
                .zip(mask.iter())
                .for_each(|(byte, mask)| *byte ^= mask);
        }
        self.chain(&last)?;
        Ok(self.chained[..self.len].to_vec())
    }
}

impl Signer for CbcMac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.take(part)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        self.mac()
    }

    fn output_len(&self) -> usize {
        self.len
    }
}

impl Verifier for CbcMac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.take(part)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        if signature.len() != self.len {
            return Err(Error::SignatureLenRange);
        }
        let mac = self.mac()?;
        verify_slices_are_equal(&mac, signature).map_err(|_| Error::SignatureInvalid)
    }
}
