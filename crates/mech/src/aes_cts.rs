//! AES in cipher block chaining with ciphertext stealing: CBC-CS1 (SP 800-38A, addendum; PKCS#11 3.1, Mechanisms 6.12).

use std::sync::Arc;

use ck::Params;
use zeroize::Zeroizing;

use crate::block_cipher::LONGEST_BLOCK as BLOCK;
use crate::ffi::{CipherContext, Direction, Mode};
use crate::whole::{Transform, Whole};
use crate::{Error, Key, param};

/// The longest message: its end decides what becomes of the last two blocks, and it is held in memory until then.
const LONGEST: usize = 64 << 20;

/// An encryption or a decryption of one message.
pub(crate) struct Stealing {
    key: Arc<Key>,
    direction: Direction,
    iv: Vec<u8>,
}

impl Stealing {
    /// Starts the cipher.
    pub(crate) fn start(
        key: &Arc<Key>,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Whole<Self>, Error> {
        let iv = param::block(params)?.to_vec();
        key.aes()?;
        let work = Self {
            key: Arc::clone(key),
            direction,
            iv,
        };
        let too_long = work.wrong_len();
        Ok(Whole::new(work, LONGEST, too_long))
    }

    const fn wrong_len(&self) -> Error {
        match self.direction {
            Direction::Encrypt => Error::DataLenRange,
            Direction::Decrypt => Error::EncryptedDataLenRange,
        }
    }

    /// Chains whole blocks.
    fn chain(&self, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = self.key.aes()?;
        let mut context = CipherContext::new(Mode::Cbc, self.direction, key, &self.iv)?;
        // Room for all of it and what the library may add, so that it never moves.
        let mut output = Zeroizing::new(Vec::with_capacity(input.len() + BLOCK));
        context.update(input, &mut output)?;
        Ok(output)
    }

    /// Encrypts a message filled up with zeros, and leaves out of the last block but one what those would give again.
    fn encrypt(&self, message: &[u8], left: usize, out: &mut Vec<u8>) -> Result<(), Error> {
        let len = message.len().next_multiple_of(BLOCK);
        let mut filled = Zeroizing::new(Vec::with_capacity(len));
        filled.extend_from_slice(message);
        filled.resize(len, 0);
        let blocks = self.chain(&filled)?;
        let last = len - BLOCK;
        out.extend_from_slice(&blocks[..last - BLOCK + left]);
        out.extend_from_slice(&blocks[last..]);
        Ok(())
    }

    /// Undoes [`Self::encrypt`]: what the last block but one lacks stands in the last one, decrypted.
    fn decrypt(&self, ciphertext: &[u8], left: usize, out: &mut Vec<u8>) -> Result<(), Error> {
        let (front, last) = ciphertext.split_at(ciphertext.len() - BLOCK);
        let mut context = CipherContext::new(Mode::Ecb, self.direction, self.key.aes()?, &[])?;
        let mut end = Zeroizing::new(Vec::with_capacity(2 * BLOCK));
        context.update(last, &mut end)?;
        let blocks = [front, &end[left..]].concat();
        let stolen = &front[front.len() - left..];
        out.extend_from_slice(&self.chain(&blocks)?);
        out.extend(end.iter().zip(stolen).map(|(one, other)| one ^ other));
        Ok(())
    }
}

impl Transform for Stealing {
    fn transform(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if input.len() < BLOCK {
            return Err(self.wrong_len());
        }
        match (input.len() % BLOCK, self.direction) {
            (0, _) => {
                out.extend_from_slice(&self.chain(input)?);
                Ok(())
            }
            (left, Direction::Encrypt) => self.encrypt(input, left, out),
            (left, Direction::Decrypt) => self.decrypt(input, left, out),
        }
    }

    fn output_len(&self, input: usize) -> usize {
        input
    }
}
