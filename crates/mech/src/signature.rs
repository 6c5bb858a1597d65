//! Signatures with key pairs: what the schemes have in common.

use std::sync::Arc;

use crate::accumulator::Accumulator;
use crate::{Error, Key, Signer, Verifier};

/// A signature scheme, its parameter included.
pub(crate) trait SignatureScheme: Send {
    /// Signs what the accumulator gave: a digest, or the caller's bytes.
    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>, Error>;

    /// Tells whether a signature of the right length is one of what the accumulator gave.
    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Result<(), Error>;
}

/// A signature in the making, or under scrutiny.
pub(crate) struct SignatureOperation<S> {
    /// The key, whose half has been checked.
    pub(crate) key: Arc<Key>,
    /// The message.
    pub(crate) message: Accumulator,
    /// The scheme.
    pub(crate) scheme: S,
    /// The length of the signature.
    pub(crate) len: usize,
}

impl<S: SignatureScheme> Signer for SignatureOperation<S> {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.message.update(part)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        let message = self.message.finish()?;
        self.scheme.sign(&self.key, &message)
    }

    fn output_len(&self) -> usize {
        self.len
    }
}

impl<S: SignatureScheme> Verifier for SignatureOperation<S> {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.message.update(part)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        let message = self.message.finish()?;
        if signature.len() != self.len {
            return Err(Error::SignatureLenRange);
        }
        self.scheme.verify(&self.key, &message, signature)
    }
}
