//! The block ciphers that modes are built on.

use crate::ffi::{CipherContext, Direction, Mode};
use crate::{Error, Key};

/// The longest block of any of them in bytes.
pub(crate) const LONGEST_BLOCK: usize = 16;

/// A block cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockCipher {
    /// AES (FIPS 197).
    Aes,
    /// DES three times, under two or three keys (SP 800-67); under one key it is DES.
    TripleDes,
}

impl BlockCipher {
    /// The length of a block in bytes.
    pub(crate) const fn block_len(self) -> usize {
        match self {
            Self::Aes => 16,
            Self::TripleDes => 8,
        }
    }

    /// Starts the cipher in cipher block chaining mode, or without an initialisation vector as an electronic code book.
    pub(crate) fn start(
        self,
        key: &Key,
        iv: Option<&[u8]>,
        direction: Direction,
    ) -> Result<CipherContext, Error> {
        let chained = iv.is_some();
        let iv = iv.unwrap_or_default();
        let context = match self {
            Self::Aes => {
                let mode = if chained { Mode::Cbc } else { Mode::Ecb };
                CipherContext::new(mode, direction, key.aes()?, iv)
            }
            Self::TripleDes => {
                let mode = if chained {
                    Mode::TripleDesCbc
                } else {
                    Mode::TripleDesEcb
                };
                CipherContext::new(mode, direction, &key.triple_des()?[..], iv)
            }
        };
        Ok(context?)
    }
}
