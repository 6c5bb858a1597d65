//! Ciphers that cannot begin before all of their input is there.

use zeroize::Zeroizing;

use crate::{Cipher, Error};

/// What is done with the whole input.
pub(crate) trait Transform: Send {
    /// Appends the output for this input to `out`; nothing if it fails.
    fn transform(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Error>;

    /// Returns the length of the output for an input of this length.
    fn output_len(&self, input: usize) -> usize;
}

/// A cipher that holds its input until the end.
pub(crate) struct Whole<T> {
    work: T,
    held: Zeroizing<Vec<u8>>,
    longest: usize,
    too_long: Error,
}

impl<T: Transform> Whole<T> {
    /// Starts a cipher that takes at most `longest` bytes.
    pub(crate) fn new(work: T, longest: usize, too_long: Error) -> Self {
        Self {
            work,
            held: Zeroizing::default(),
            longest,
            too_long,
        }
    }
}

impl<T: Transform> Cipher for Whole<T> {
    fn update(&mut self, part: &[u8], _out: &mut Vec<u8>) -> Result<(), Error> {
        if part.len() > self.longest - self.held.len() {
            return Err(self.too_long);
        }
        let len = self.held.len() + part.len();
        if len > self.held.capacity() {
            // A buffer that grows by itself leaves copies behind.
            let mut roomier = Zeroizing::new(Vec::with_capacity(len.next_power_of_two()));
            roomier.extend_from_slice(&self.held);
            self.held = roomier;
        }
        self.held.extend_from_slice(part);
        Ok(())
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        self.work.transform(&self.held, out)
    }

    fn update_len(&self, _part_len: usize) -> usize {
        0
    }

    fn finish_len(&self) -> usize {
        self.work.output_len(self.held.len())
    }

    fn whole_len(&self, len: usize) -> usize {
        self.work.output_len(self.held.len().saturating_add(len))
    }
}
