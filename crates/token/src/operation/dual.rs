//! Two operations on the same data (5.17): a cipher, and a digest, signature or verification of the plaintext.
//!
//! What gives no output passes nothing on: asked for the length, with too small a buffer, or after a failure, the other
//! operation has what it had.

use proto::shape::Answer;

use super::{Kind, Operations, Stage, Step};
use crate::Error;

impl Operations {
    /// Gives a part to a cipher, and its plaintext, which goes in or comes out, to the other operation.
    pub(crate) fn update_beside(
        &mut self,
        cipher: Kind,
        other: Kind,
        part: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.check_takes_parts(other)?;
        let (step, kept) = self.take(cipher)?.update(part, answer.room())?;
        if let Step::Output(output) = &step {
            let plaintext = if cipher == Kind::Encrypt {
                part
            } else {
                output
            };
            // A failure here ends both: the cipher has gone on, and its output is lost to the caller.
            self.feed(other, plaintext)?;
        }
        self.conclude(cipher, step, kept, answer)
    }

    /// Checks that an operation is active and not at its end, before the cipher moves.
    fn check_takes_parts(&self, kind: Kind) -> Result<(), Error> {
        match &self.0[kind as usize] {
            Some(operation) if !matches!(operation.stage, Stage::Waiting { .. }) => Ok(()),
            _ => Err(Error::OperationNotInitialized),
        }
    }
}
