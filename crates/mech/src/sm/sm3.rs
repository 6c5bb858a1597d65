//! SM3 (GB/T 32905, ISO/IEC 10118-3).

use ::sm3::digest::Digest as _;

use crate::Digester;

/// The length of the digest in bytes.
const LEN: usize = 32;

/// A hash in the making.
#[derive(Clone)]
pub(super) struct Sm3(::sm3::Sm3);

impl Sm3 {
    pub(super) fn new() -> Self {
        Self(::sm3::Sm3::new())
    }
}

impl Digester for Sm3 {
    fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }

    fn output_len(&self) -> usize {
        LEN
    }

    fn duplicate(&self) -> Box<dyn Digester> {
        Box::new(self.clone())
    }
}
