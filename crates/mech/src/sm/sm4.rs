//! SM4 (GB/T 32907, ISO/IEC 18033-3) block by block: ECB and CBC without padding (GB/T 17964).

use ::sm4::Sm4;
use cbc::cipher::{
    Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit,
    KeyIvInit,
};
use zeroize::{Zeroize, Zeroizing};

use crate::cbc_pad::InBlocks;
use crate::ffi::Direction;
use crate::{Cipher, Error, Key};

/// The length of a block in bytes.
const BLOCK: usize = 16;

/// A mode in one direction, with its key.
enum Mode {
    CbcDecrypt(cbc::Decryptor<Sm4>),
    CbcEncrypt(cbc::Encryptor<Sm4>),
    EcbDecrypt(Sm4),
    EcbEncrypt(Sm4),
}

impl Mode {
    fn new(key: &[u8], iv: Option<&[u8]>, direction: Direction) -> Result<Self, Error> {
        let wrong = |_| Error::KeySizeRange;
        Ok(match (iv, direction) {
            (None, Direction::Decrypt) => {
                Self::EcbDecrypt(Sm4::new_from_slice(key).map_err(wrong)?)
            }
            (None, Direction::Encrypt) => {
                Self::EcbEncrypt(Sm4::new_from_slice(key).map_err(wrong)?)
            }
            (Some(iv), Direction::Decrypt) => {
                Self::CbcDecrypt(cbc::Decryptor::new_from_slices(key, iv).map_err(wrong)?)
            }
            (Some(iv), Direction::Encrypt) => {
                Self::CbcEncrypt(cbc::Encryptor::new_from_slices(key, iv).map_err(wrong)?)
            }
        })
    }

    fn process(&mut self, block: &mut [u8; BLOCK]) {
        let block = <&mut Array<u8, _>>::from(block);
        match self {
            Self::CbcDecrypt(mode) => mode.decrypt_block(block),
            Self::CbcEncrypt(mode) => mode.encrypt_block(block),
            Self::EcbDecrypt(cipher) => cipher.decrypt_block(block),
            Self::EcbEncrypt(cipher) => cipher.encrypt_block(block),
        }
    }
}

/// A cipher whose input must be a whole number of blocks in the end.
pub(super) struct Blocks {
    mode: Mode,
    direction: Direction,
    /// The unfinished block.
    block: Zeroizing<[u8; BLOCK]>,
    /// How many of its bytes there are.
    pending: usize,
}

impl Blocks {
    /// Starts an ECB cipher, or a CBC cipher with this IV.
    pub(super) fn new(key: &Key, iv: Option<&[u8]>, direction: Direction) -> Result<Self, Error> {
        Ok(Self {
            mode: Mode::new(key.sm4()?, iv, direction)?,
            direction,
            block: Zeroizing::default(),
            pending: 0,
        })
    }
}

impl Cipher for Blocks {
    fn update(&mut self, mut part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        while !part.is_empty() {
            let taken = part.len().min(BLOCK - self.pending);
            let (now, later) = part.split_at(taken);
            self.block[self.pending..self.pending + taken].copy_from_slice(now);
            self.pending += taken;
            part = later;
            if self.pending == BLOCK {
                self.mode.process(&mut self.block);
                out.extend_from_slice(&self.block[..]);
                self.block.zeroize();
                self.pending = 0;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _out: &mut Vec<u8>) -> Result<(), Error> {
        self.check_whole()
    }

    fn update_len(&self, part_len: usize) -> usize {
        let len = self.pending.saturating_add(part_len);
        len - len % BLOCK
    }

    fn finish_len(&self) -> usize {
        0
    }

    fn whole_len(&self, len: usize) -> usize {
        self.update_len(len)
    }
}

impl InBlocks for Blocks {
    fn block_len(&self) -> usize {
        BLOCK
    }

    fn pending(&self) -> usize {
        self.pending
    }

    fn check_whole(&self) -> Result<(), Error> {
        match (self.pending, self.direction) {
            (0, _) => Ok(()),
            (_, Direction::Decrypt) => Err(Error::EncryptedDataLenRange),
            (_, Direction::Encrypt) => Err(Error::DataLenRange),
        }
    }
}

/// Computes the first bytes of a block of zeros encrypted with a key; `None` if it is no key.
pub(crate) fn check_value(value: &[u8]) -> Option<[u8; 3]> {
    let mut block = [0; BLOCK];
    Mode::new(value, None, Direction::Encrypt)
        .ok()?
        .process(&mut block);
    block.first_chunk().copied()
}
