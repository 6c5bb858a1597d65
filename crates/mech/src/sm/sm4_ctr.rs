//! SM4 in counter mode (GB/T 17964).

use ck::Params;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use sm4::Sm4;

use crate::{Cipher, Error, Key, aes_ctr};

/// An encryption, which is a decryption as well.
pub(super) struct Counter {
    stream: Ctr128BE<Sm4>,
    /// How many bytes are left until the counter would come back to where it started.
    remaining: u128,
}

impl Counter {
    /// Starts the cipher.
    pub(super) fn new(key: &Key, params: &Params<'_>) -> Result<Self, Error> {
        let (block, remaining) = aes_ctr::start(params)?;
        let stream =
            Ctr128BE::new_from_slices(key.sm4()?, &block).map_err(|_| Error::KeySizeRange)?;
        Ok(Self { stream, remaining })
    }
}

impl Cipher for Counter {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let len = u128::try_from(part.len()).map_err(|_| Error::DataLenRange)?;
        self.remaining = self.remaining.checked_sub(len).ok_or(Error::DataLenRange)?;
        let start = out.len();
        out.extend_from_slice(part);
        self.stream
            .try_apply_keystream(&mut out[start..])
            .map_err(|_| Error::DataLenRange)
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
