//! AES as a stream cipher that feeds back its ciphertext (CFB) or its own output (OFB): SP 800-38A, 6.3 and 6.4; PKCS#11 3.1,
//! Mechanisms 6.10.6 and 6.10.7.

use ck::Params;

use crate::ffi::{CipherContext, Direction, Mode};
use crate::{Cipher, Error, Key, param};

/// An encryption or a decryption.
pub(crate) struct Feedback(CipherContext);

impl Feedback {
    /// Starts the cipher with segments of so many bits.
    pub(crate) fn cfb(
        bits: u8,
        key: &Key,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Self, Error> {
        let mode = match bits {
            1 => Mode::Cfb1,
            8 => Mode::Cfb8,
            _ => Mode::Cfb128,
        };
        Self::start(mode, key, params, direction)
    }

    /// Starts the cipher that feeds back its own output.
    pub(crate) fn ofb(key: &Key, params: &Params<'_>, direction: Direction) -> Result<Self, Error> {
        Self::start(Mode::Ofb, key, params, direction)
    }

    fn start(
        mode: Mode,
        key: &Key,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Self, Error> {
        let iv = param::block(params)?;
        Ok(Self(CipherContext::new(mode, direction, key.aes()?, iv)?))
    }
}

impl Cipher for Feedback {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        Ok(self.0.update(part, out)?)
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
