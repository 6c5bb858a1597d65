//! The operations: what a mechanism gives once it has its key and its parameter.

use crate::Error;

/// A signature or MAC in the making.
pub trait Signer: Send {
    /// Takes the next part of the message.
    fn update(&mut self, part: &[u8]) -> Result<(), Error>;

    /// Signs the message.
    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error>;

    /// Returns the exact length of the signature in bytes.
    fn output_len(&self) -> usize;

    /// Copies the state, for `C_GetOperationState`, where the mechanism can.
    fn duplicate(&self) -> Option<Box<dyn Signer>> {
        None
    }
}

/// A signature or MAC under scrutiny.
pub trait Verifier: Send {
    /// Takes the next part of the message.
    fn update(&mut self, part: &[u8]) -> Result<(), Error>;

    /// Tells whether `signature` is one of the message.
    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error>;

    /// Copies the state, for `C_GetOperationState`, where the mechanism can.
    fn duplicate(&self) -> Option<Box<dyn Verifier>> {
        None
    }
}

/// An encryption or a decryption.
///
/// Output is appended to `out`. The lengths never depend on secrets; the two bounds may exceed what then comes.
pub trait Cipher: Send {
    /// Takes the next part of the input and gives what output there is so far.
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error>;

    /// Gives the rest of the output.
    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error>;

    /// Returns the exact length that `update` would give for a part of `part_len` bytes.
    fn update_len(&self, part_len: usize) -> usize;

    /// Returns an upper bound of what `finish` would give now.
    fn finish_len(&self) -> usize;

    /// Returns an upper bound of the whole output, were `len` more bytes the rest of the input.
    fn whole_len(&self, len: usize) -> usize;
}

/// A hash in the making.
pub trait Digester: Send {
    /// Takes the next part of the message.
    fn update(&mut self, part: &[u8]);

    /// Returns the digest.
    fn finish(self: Box<Self>) -> Vec<u8>;

    /// Returns the length of the digest in bytes.
    fn output_len(&self) -> usize;

    /// Copies the state, for `C_GetOperationState` and for hashing two messages that begin alike.
    fn duplicate(&self) -> Box<dyn Digester>;
}
