//! RSA encryption: what the paddings have in common.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::accumulator::Accumulator;
use crate::ffi::Rsa;
use crate::key::RsaPrivateKey;
use crate::{Cipher, Error, Key};

/// An encryption scheme, its parameter included.
pub(crate) trait EncryptionScheme: Send {
    /// Returns the longest message for a modulus of so many bytes, if there is room for any.
    fn longest_message(&self, modulus_len: usize) -> Option<usize>;

    /// Encrypts a message that is not too long.
    fn encrypt(&self, key: &Rsa, message: &[u8]) -> Result<Vec<u8>, Error>;

    /// Decrypts a block as long as the modulus.
    fn decrypt(&self, key: &RsaPrivateKey, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>;
}

/// An encryption in the making: one block, all at the end.
pub(crate) struct RsaEncryption<S> {
    key: Arc<Key>,
    scheme: S,
    message: Accumulator,
    modulus_len: usize,
}

impl<S: EncryptionScheme> RsaEncryption<S> {
    pub(crate) fn new(key: &Arc<Key>, scheme: S) -> Result<Self, Error> {
        let modulus_len = key.rsa_public()?.modulus_len();
        let longest = scheme
            .longest_message(modulus_len)
            .ok_or(Error::KeySizeRange)?;
        Ok(Self {
            key: Arc::clone(key),
            scheme,
            message: Accumulator::kept(longest, Error::DataLenRange),
            modulus_len,
        })
    }
}

impl<S: EncryptionScheme> Cipher for RsaEncryption<S> {
    fn update(&mut self, part: &[u8], _out: &mut Vec<u8>) -> Result<(), Error> {
        self.message.update(part)
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        let message = self.message.finish()?;
        let block = self.scheme.encrypt(self.key.rsa_public()?, &message)?;
        out.extend_from_slice(&block);
        Ok(())
    }

    fn update_len(&self, _part_len: usize) -> usize {
        0
    }

    fn finish_len(&self) -> usize {
        self.modulus_len
    }

    fn whole_len(&self, _len: usize) -> usize {
        self.modulus_len
    }
}

/// A decryption in the making: one block, all at the end.
pub(crate) struct RsaDecryption<S> {
    key: Arc<Key>,
    scheme: S,
    block: Accumulator,
    modulus_len: usize,
    longest: usize,
}

impl<S: EncryptionScheme> RsaDecryption<S> {
    pub(crate) fn new(key: &Arc<Key>, scheme: S) -> Result<Self, Error> {
        let modulus_len = key.rsa_private()?.rsa().modulus_len();
        let longest = scheme
            .longest_message(modulus_len)
            .ok_or(Error::KeySizeRange)?;
        Ok(Self {
            key: Arc::clone(key),
            scheme,
            block: Accumulator::kept(modulus_len, Error::EncryptedDataLenRange),
            modulus_len,
            longest,
        })
    }
}

impl<S: EncryptionScheme> Cipher for RsaDecryption<S> {
    fn update(&mut self, part: &[u8], _out: &mut Vec<u8>) -> Result<(), Error> {
        self.block.update(part)
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        let block = self.block.finish()?;
        if block.len() != self.modulus_len {
            return Err(Error::EncryptedDataLenRange);
        }
        let message = self.scheme.decrypt(self.key.rsa_private()?, &block)?;
        out.extend_from_slice(&message);
        Ok(())
    }

    fn update_len(&self, _part_len: usize) -> usize {
        0
    }

    fn finish_len(&self) -> usize {
        self.longest
    }

    fn whole_len(&self, _len: usize) -> usize {
        self.longest
    }
}
