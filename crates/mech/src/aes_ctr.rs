//! AES in counter mode (SP 800-38A, 6.5; PKCS#11 3.1, Mechanisms 6.11).

use ck::Params;

use crate::block_cipher::LONGEST_BLOCK as BLOCK;
use crate::ffi::{CipherContext, Direction, Mode};
use crate::{Cipher, Error, Key};

/// An encryption, which is a decryption as well.
///
/// Only the last `counter_bits` of the block count. They are never let wrap, so that a counter of the whole block does.
pub(crate) struct Counter {
    context: CipherContext,
    /// How many bytes are left until the counter would come back to where it started.
    remaining: u128,
}

impl Counter {
    /// Starts the cipher.
    pub(crate) fn new(key: &Key, params: &Params<'_>) -> Result<Self, Error> {
        let (block, remaining) = start(params)?;
        let context = CipherContext::new(Mode::Ctr, Direction::Encrypt, key.aes()?, &block)?;
        Ok(Self { context, remaining })
    }
}

/// Reads the first block, and how many bytes there are until the counter would come back to it.
pub(crate) fn start(params: &Params<'_>) -> Result<([u8; BLOCK], u128), Error> {
    let Params::Counter {
        counter_bits,
        block,
    } = *params
    else {
        return Err(Error::MechanismParamInvalid);
    };
    let bits = u32::try_from(counter_bits)
        .ok()
        .filter(|bits| (1..=u128::BITS).contains(bits))
        .ok_or(Error::MechanismParamInvalid)?;
    let mask = u128::MAX >> (u128::BITS - bits);
    let blocks_after_this = mask - (u128::from_be_bytes(block) & mask);
    let remaining = blocks_after_this.saturating_add(1).saturating_mul(16);
    Ok((block, remaining))
}

impl Cipher for Counter {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let len = u128::try_from(part.len()).map_err(|_| Error::DataLenRange)?;
        self.remaining = self.remaining.checked_sub(len).ok_or(Error::DataLenRange)?;
        Ok(self.context.update(part, out)?)
    }

    fn finish(self: Box<Self>, _out: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }

    fn update_len(&self, part_len: usize) -> usize {
        part_len
    }

    fn finish_len(&self) -> usize {
        0
    }

    fn whole_len(&self, len: usize) -> usize {
        len
    }
}

const _: () = assert!(BLOCK == size_of::<u128>(), "the counter is a whole block");
