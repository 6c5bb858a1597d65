//! Files that are encrypted here, under a data key that the service wraps.
//!
//! A header, then chunks. The header is authenticated with every chunk; a chunk's nonce holds its number and whether it
//! is the last, so that none can be changed, moved, left out or cut off unnoticed.
//!
//! | bytes | header |
//! |---|---|
//! | 8 | `DEWFILE` and the version, 1 |
//! | 36 | the key's id |
//! | 7 | what all nonces begin with |
//! | 2 | the length of the wrapped data key, big-endian |
//! | | the wrapped data key |
//!
//! A chunk is AES-256-GCM of [`CHUNK`] bytes, the last one's of what is left: its ciphertext and its tag. The nonce is
//! the 7 bytes, the chunk's number in 4, and 1 for the last chunk, 0 for any other.

#[cfg(test)]
mod tests;

use std::io::{self, Read, Write};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

/// Bytes of plaintext in every chunk but the last.
const CHUNK: usize = 64 * 1024;
/// Bytes of a tag.
const TAG: usize = 16;
/// What a file begins with.
const MAGIC: &[u8; 8] = b"DEWFILE\x01";
/// Bytes of a key's id.
const KEY_ID: usize = 36;
/// Bytes that all nonces of a file begin with.
const PREFIX: usize = 7;
/// The most bytes of a wrapped data key: that of 32 bytes has a few hundred.
const MAX_WRAPPED: usize = 4096;

/// Why a file cannot be encrypted or decrypted.
#[derive(Debug, thiserror::Error)]
pub(super) enum EnvelopeError {
    /// What was read is not whole, or not what was encrypted.
    #[error("it was changed or is not whole; nothing was decrypted")]
    Broken,
    /// The service gave something that is no data key for a file.
    #[error("the data key is none of AES-256")]
    DataKey,
    /// It is no encrypted file.
    #[error("it is no file that `dew kms encrypt-file` made")]
    Foreign,
    /// The input could not be read.
    #[error("reading failed")]
    Read(#[source] io::Error),
    /// More chunks than numbers.
    #[error("it is too long")]
    TooLong,
    /// The output could not be written.
    #[error("writing failed")]
    Write(#[source] io::Error),
}

/// What stands before the chunks.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    /// The key that wrapped the data key.
    pub(super) key_id: String,
    /// The data key, as only the service can open it.
    pub(super) wrapped: Vec<u8>,
    prefix: [u8; PREFIX],
}

impl Header {
    /// Makes the header of a new file.
    pub(super) fn new(key_id: &str, wrapped: Vec<u8>) -> Result<Self, EnvelopeError> {
        if key_id.len() != KEY_ID || !(1..=MAX_WRAPPED).contains(&wrapped.len()) {
            return Err(EnvelopeError::DataKey);
        }
        let mut prefix = [0; PREFIX];
        rand::fill(&mut prefix).map_err(|_| EnvelopeError::DataKey)?;
        Ok(Self {
            key_id: key_id.to_owned(),
            wrapped,
            prefix,
        })
    }

    /// Reads the header of a file, and nothing behind it.
    pub(super) fn read(input: &mut dyn Read) -> Result<Self, EnvelopeError> {
        let mut fixed = [0; MAGIC.len() + KEY_ID + PREFIX + 2];
        exactly(input, &mut fixed)?;
        let (magic, rest) = fixed.split_at(MAGIC.len());
        let (key_id, rest) = rest.split_at(KEY_ID);
        let (prefix, length) = rest.split_at(PREFIX);
        let length = length.try_into().map(u16::from_be_bytes);
        let length = usize::from(length.map_err(|_| EnvelopeError::Foreign)?);
        let key_id = str::from_utf8(key_id).map_err(|_| EnvelopeError::Foreign)?;
        if magic != MAGIC || !(1..=MAX_WRAPPED).contains(&length) {
            return Err(EnvelopeError::Foreign);
        }
        let mut wrapped = vec![0; length];
        exactly(input, &mut wrapped)?;
        Ok(Self {
            key_id: key_id.to_owned(),
            wrapped,
            prefix: prefix.try_into().map_err(|_| EnvelopeError::Foreign)?,
        })
    }

    fn encode(&self) -> Result<Vec<u8>, EnvelopeError> {
        let length = u16::try_from(self.wrapped.len()).map_err(|_| EnvelopeError::DataKey)?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(self.key_id.as_bytes());
        bytes.extend_from_slice(&self.prefix);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&self.wrapped);
        Ok(bytes)
    }
}

/// Encrypts all of the input: the header and the chunks go to the output.
pub(super) fn seal(
    datakey: &[u8],
    header: &Header,
    input: &mut dyn Read,
    output: &mut dyn Write,
) -> Result<(), EnvelopeError> {
    let chunks = Chunks::new(datakey, header)?;
    output
        .write_all(&chunks.header)
        .map_err(EnvelopeError::Write)?;
    each(input, CHUNK, |number, is_last, chunk| {
        let nonce = chunks.nonce(number, is_last);
        let tag = chunks
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(&chunks.header), chunk)
            .map_err(|_| EnvelopeError::DataKey)?;
        let written = output.write_all(chunk);
        written
            .and_then(|()| output.write_all(tag.as_ref()))
            .map_err(EnvelopeError::Write)
    })
}

/// Decrypts the chunks behind the header. What is written before an error must be thrown away.
pub(super) fn open(
    datakey: &[u8],
    header: &Header,
    input: &mut dyn Read,
    output: &mut dyn Write,
) -> Result<(), EnvelopeError> {
    let chunks = Chunks::new(datakey, header)?;
    each(input, CHUNK + TAG, |number, is_last, chunk| {
        let nonce = chunks.nonce(number, is_last);
        let plain = chunks
            .key
            .open_in_place(nonce, Aad::from(&chunks.header), chunk)
            .map_err(|_| EnvelopeError::Broken)?;
        output.write_all(plain).map_err(EnvelopeError::Write)
    })
}

/// What all chunks of a file have in common.
struct Chunks {
    key: LessSafeKey,
    header: Vec<u8>,
    prefix: [u8; PREFIX],
}

impl Chunks {
    fn new(datakey: &[u8], header: &Header) -> Result<Self, EnvelopeError> {
        let key = UnboundKey::new(&AES_256_GCM, datakey).map_err(|_| EnvelopeError::DataKey)?;
        Ok(Self {
            key: LessSafeKey::new(key),
            header: header.encode()?,
            prefix: header.prefix,
        })
    }

    /// Makes a nonce. The data key is this file's alone, and no two of its chunks have the same number.
    fn nonce(&self, number: u32, is_last: bool) -> Nonce {
        let mut nonce = [0; PREFIX + 5];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..PREFIX + 4].copy_from_slice(&number.to_be_bytes());
        nonce[PREFIX + 4] = u8::from(is_last);
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Cuts the input into chunks: all but the last have `size` bytes, and there is always a last one, though it be empty.
fn each(
    input: &mut dyn Read,
    size: usize,
    mut handle: impl FnMut(u32, bool, &mut [u8]) -> Result<(), EnvelopeError>,
) -> Result<(), EnvelopeError> {
    let mut chunk = Zeroizing::new(vec![0; size]);
    let mut ahead = Zeroizing::new(vec![0; size]);
    let mut length = fill(input, &mut chunk)?;
    let mut number: u32 = 0;
    loop {
        let next = if length < size {
            0
        } else {
            fill(input, &mut ahead)?
        };
        handle(number, next == 0, &mut chunk[..length])?;
        if next == 0 {
            return Ok(());
        }
        std::mem::swap(&mut chunk, &mut ahead);
        length = next;
        number = number.checked_add(1).ok_or(EnvelopeError::TooLong)?;
    }
}

/// Reads until the buffer is full or the input ends.
fn fill(input: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, EnvelopeError> {
    let mut length = 0;
    while length < buffer.len() {
        match input.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(EnvelopeError::Read(error)),
        }
    }
    Ok(length)
}

/// Reads a part of the header.
fn exactly(input: &mut dyn Read, buffer: &mut [u8]) -> Result<(), EnvelopeError> {
    match fill(input, buffer)? {
        length if length == buffer.len() => Ok(()),
        _ => Err(EnvelopeError::Foreign),
    }
}
