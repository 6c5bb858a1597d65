//! Block ciphers in their modes.

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use aws_lc_sys as c;

use super::{Failed, check, int, owned};

/// A mode of AES, or of another cipher where its name says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Cipher block chaining, never padded here.
    Cbc,
    /// Cipher feedback of single bits.
    Cfb1,
    /// Cipher feedback of bytes.
    Cfb8,
    /// Cipher feedback of blocks.
    Cfb128,
    /// Counter mode with CBC-MAC, which takes its whole message at once (`seal` and `open`).
    Ccm,
    /// Counter mode with a counter of the whole block.
    Ctr,
    /// Electronic code book, never padded here.
    Ecb,
    /// Galois/counter mode.
    Gcm,
    /// Output feedback.
    Ofb,
    /// Cipher block chaining of triple DES, never padded here.
    TripleDesCbc,
    /// Electronic code book of triple DES, never padded here.
    TripleDesEcb,
    /// The mode for the sectors of disks, which takes one sector at once.
    Xts,
}

/// Which way a cipher goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Ciphertext to plaintext.
    Decrypt,
    /// Plaintext to ciphertext.
    Encrypt,
}

impl Direction {
    const fn flag(self) -> c_int {
        match self {
            Self::Decrypt => 0,
            Self::Encrypt => 1,
        }
    }
}

/// The most that one C call takes at once, well below the limit of `int`.
const PIECE: usize = 1 << 30;
/// The library may hold back and release one block around any piece.
const BLOCK: usize = 16;
/// The block of DES in bytes.
const DES_BLOCK: usize = 8;

/// The state of a cipher.
pub(crate) struct CipherContext(NonNull<c::EVP_CIPHER_CTX>);

// SAFETY: the context has no ties to a thread; it is changed through exclusive references only.
unsafe impl Send for CipherContext {}

impl Drop for CipherContext {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned, valid and not used again.
        unsafe { c::EVP_CIPHER_CTX_free(self.0.as_ptr()) };
    }
}

/// Returns the library's static description of a cipher, null if there is none of this key length.
pub(super) fn description(mode: Mode, key_len: usize) -> *const c::EVP_CIPHER {
    // SAFETY: these functions take no argument and return pointers to static data.
    unsafe {
        match (mode, key_len) {
            (Mode::Cbc, 16) => c::EVP_aes_128_cbc(),
            (Mode::Cbc, 24) => c::EVP_aes_192_cbc(),
            (Mode::Cbc, 32) => c::EVP_aes_256_cbc(),
            (Mode::Cfb1, 16) => c::EVP_aes_128_cfb1(),
            (Mode::Cfb1, 24) => c::EVP_aes_192_cfb1(),
            (Mode::Cfb1, 32) => c::EVP_aes_256_cfb1(),
            (Mode::Cfb8, 16) => c::EVP_aes_128_cfb8(),
            (Mode::Cfb8, 24) => c::EVP_aes_192_cfb8(),
            (Mode::Cfb8, 32) => c::EVP_aes_256_cfb8(),
            (Mode::Cfb128, 16) => c::EVP_aes_128_cfb128(),
            (Mode::Cfb128, 24) => c::EVP_aes_192_cfb128(),
            (Mode::Cfb128, 32) => c::EVP_aes_256_cfb128(),
            (Mode::Ccm, 16) => c::EVP_aes_128_ccm(),
            (Mode::Ccm, 24) => c::EVP_aes_192_ccm(),
            (Mode::Ccm, 32) => c::EVP_aes_256_ccm(),
            (Mode::Ctr, 16) => c::EVP_aes_128_ctr(),
            (Mode::Ctr, 24) => c::EVP_aes_192_ctr(),
            (Mode::Ctr, 32) => c::EVP_aes_256_ctr(),
            (Mode::Ecb, 16) => c::EVP_aes_128_ecb(),
            (Mode::Ecb, 24) => c::EVP_aes_192_ecb(),
            (Mode::Ecb, 32) => c::EVP_aes_256_ecb(),
            (Mode::Gcm, 16) => c::EVP_aes_128_gcm(),
            (Mode::Gcm, 24) => c::EVP_aes_192_gcm(),
            (Mode::Gcm, 32) => c::EVP_aes_256_gcm(),
            (Mode::Ofb, 16) => c::EVP_aes_128_ofb(),
            (Mode::Ofb, 24) => c::EVP_aes_192_ofb(),
            (Mode::Ofb, 32) => c::EVP_aes_256_ofb(),
            (Mode::TripleDesCbc, 24) => c::EVP_des_ede3_cbc(),
            (Mode::TripleDesEcb, 24) => c::EVP_des_ede3_ecb(),
            (Mode::Xts, 64) => c::EVP_aes_256_xts(),
            _ => ptr::null(),
        }
    }
}

impl CipherContext {
    /// Starts a cipher; `iv` is empty for ECB, of any length but 0 for GCM, and one block otherwise.
    pub(crate) fn new(
        mode: Mode,
        direction: Direction,
        key: &[u8],
        iv: &[u8],
    ) -> Result<Self, Failed> {
        let cipher = description(mode, key.len());
        let iv_fits = match mode {
            Mode::Ecb | Mode::TripleDesEcb => iv.is_empty(),
            Mode::Cbc
            | Mode::Cfb1
            | Mode::Cfb8
            | Mode::Cfb128
            | Mode::Ctr
            | Mode::Ofb
            | Mode::Xts => iv.len() == BLOCK,
            Mode::TripleDesCbc => iv.len() == DES_BLOCK,
            Mode::Gcm => !iv.is_empty(),
            Mode::Ccm => false,
        };
        if cipher.is_null() || !iv_fits {
            return Err(Failed::of("EVP_CipherInit_ex"));
        }
        let new = Self::blank()?;
        if mode == Mode::Gcm {
            new.init(cipher, ptr::null(), ptr::null(), direction)?;
            new.control(c::EVP_CTRL_AEAD_SET_IVLEN, iv.len(), ptr::null_mut())?;
            new.init(ptr::null(), key.as_ptr(), iv.as_ptr(), direction)?;
        } else {
            new.init(cipher, key.as_ptr(), iv.as_ptr(), direction)?;
            // SAFETY: the context is valid and initialised.
            let result = unsafe { c::EVP_CIPHER_CTX_set_padding(new.0.as_ptr(), 0) };
            check(result, "EVP_CIPHER_CTX_set_padding")?;
        }
        Ok(new)
    }

    /// Makes a context without cipher or key.
    pub(super) fn blank() -> Result<Self, Failed> {
        // SAFETY: takes no argument; the result is checked and owned.
        let context = unsafe { c::EVP_CIPHER_CTX_new() };
        owned(context, "EVP_CIPHER_CTX_new").map(Self)
    }

    /// Returns the C context, for this module tree alone.
    pub(super) const fn as_ptr(&self) -> *mut c::EVP_CIPHER_CTX {
        self.0.as_ptr()
    }

    /// Calls the C initialiser; its callers have checked that key and IV have the lengths that it will read.
    pub(super) fn init(
        &self,
        cipher: *const c::EVP_CIPHER,
        key: *const u8,
        iv: *const u8,
        direction: Direction,
    ) -> Result<(), Failed> {
        // SAFETY: the context is valid; null stands for "unchanged"; key and IV have the cipher's lengths.
        let result = unsafe {
            c::EVP_CipherInit_ex(
                self.0.as_ptr(),
                cipher,
                ptr::null_mut(),
                key,
                iv,
                direction.flag(),
            )
        };
        check(result, "EVP_CipherInit_ex")
    }

    /// Calls the C control function with a buffer of `len` bytes, or with the number `len` and no buffer.
    pub(super) fn control(
        &self,
        command: c_int,
        len: usize,
        buffer: *mut u8,
    ) -> Result<(), Failed> {
        let len = int(len, "EVP_CIPHER_CTX_ctrl")?;
        // SAFETY: the context is valid; the callers give a buffer of `len` bytes where the command reads or
        // writes one.
        let result =
            unsafe { c::EVP_CIPHER_CTX_ctrl(self.0.as_ptr(), command, len, buffer.cast()) };
        check(result, "EVP_CIPHER_CTX_ctrl")
    }

    /// Takes additional authenticated data (GCM, before any other data).
    pub(crate) fn authenticate(&mut self, data: &[u8]) -> Result<(), Failed> {
        for piece in data.chunks(PIECE) {
            let (len, mut done) = (int(piece.len(), "EVP_CipherUpdate")?, 0);
            // SAFETY: the context is valid and initialised; the piece is valid for its length; a null output marks
            // authenticated data.
            let result = unsafe {
                c::EVP_CipherUpdate(
                    self.0.as_ptr(),
                    ptr::null_mut(),
                    &raw mut done,
                    piece.as_ptr(),
                    len,
                )
            };
            check(result, "EVP_CipherUpdate")?;
        }
        Ok(())
    }

    /// Takes the next part of the input and appends the output to `out`.
    pub(crate) fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Failed> {
        for piece in part.chunks(PIECE) {
            let (len, mut written) = (int(piece.len(), "EVP_CipherUpdate")?, 0);
            let start = out.len();
            out.resize(start + piece.len() + BLOCK, 0);
            // SAFETY: the context is valid and initialised; the piece is valid for its length; the output has room
            // for it and one block more, which is the most that the library writes.
            let result = unsafe {
                c::EVP_CipherUpdate(
                    self.0.as_ptr(),
                    out[start..].as_mut_ptr(),
                    &raw mut written,
                    piece.as_ptr(),
                    len,
                )
            };
            let written = usize::try_from(written).unwrap_or(0);
            out.truncate(start + if result == 1 { written } else { 0 });
            check(result, "EVP_CipherUpdate")?;
        }
        Ok(())
    }

    /// Finishes a GCM encryption and returns the first `len` bytes of the tag.
    pub(crate) fn tag(self, len: usize) -> Result<Vec<u8>, Failed> {
        self.finish()?;
        let mut tag = vec![0; len];
        self.control(c::EVP_CTRL_AEAD_GET_TAG, len, tag.as_mut_ptr())?;
        Ok(tag)
    }

    /// Finishes a GCM decryption: fails unless `tag` is that of all data so far.
    pub(crate) fn verify_tag(self, tag: &[u8]) -> Result<(), Failed> {
        let mut tag = tag.to_vec();
        self.control(c::EVP_CTRL_AEAD_SET_TAG, tag.len(), tag.as_mut_ptr())?;
        self.finish()
    }

    /// Calls the C finisher, which gives no data in the modes that get here (GCM).
    fn finish(&self) -> Result<(), Failed> {
        let (mut rest, mut len) = ([0; 2 * BLOCK], 0);
        // SAFETY: the context is valid and initialised; the buffer has room for a block.
        let result =
            unsafe { c::EVP_CipherFinal_ex(self.0.as_ptr(), rest.as_mut_ptr(), &raw mut len) };
        check(result, "EVP_CipherFinal_ex")
    }
}
