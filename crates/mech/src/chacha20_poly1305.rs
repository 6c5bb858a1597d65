//! ChaCha20 and Poly1305 together (RFC 8439, 2.8; PKCS#11 3.1, Mechanisms 6.61).

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ck::Params;
use zeroize::Zeroizing;

use crate::ffi::Direction;
use crate::whole::{Transform, Whole};
use crate::{Error, Key};

/// The longest message: all of it is held in memory until the tag is made or verified.
const LONGEST: usize = 64 << 20;
/// The length of the tag in bytes.
const TAG: usize = 16;
const TAG_BITS: u64 = 128;

/// An encryption or a decryption of one message.
pub(crate) struct ChaCha20Poly1305 {
    key: LessSafeKey,
    nonce: [u8; 12],
    aad: Vec<u8>,
    direction: Direction,
}

impl ChaCha20Poly1305 {
    /// Starts the cipher.
    pub(crate) fn start(
        key: &Key,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Whole<Self>, Error> {
        let Params::Gcm {
            iv,
            aad,
            tag_bits: TAG_BITS,
        } = *params
        else {
            return Err(Error::MechanismParamInvalid);
        };
        let nonce = iv.try_into().map_err(|_| Error::MechanismParamInvalid)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, key.chacha20()?)
            .map_err(|_| Error::Provider("EVP_AEAD_CTX_init"))?;
        let work = Self {
            key: LessSafeKey::new(key),
            nonce,
            aad: aad.to_vec(),
            direction,
        };
        Ok(match direction {
            Direction::Encrypt => Whole::new(work, LONGEST, Error::DataLenRange),
            Direction::Decrypt => Whole::new(work, LONGEST + TAG, Error::EncryptedDataLenRange),
        })
    }
}

impl Transform for ChaCha20Poly1305 {
    fn transform(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let (nonce, aad) = (
            Nonce::assume_unique_for_key(self.nonce),
            Aad::from(&self.aad),
        );
        // Room for the tag as well: a buffer that grows leaves copies behind.
        let mut buffer = Zeroizing::new(Vec::with_capacity(input.len() + TAG));
        buffer.extend_from_slice(input);
        match self.direction {
            Direction::Encrypt => {
                let sealed = self.key.seal_in_place_append_tag(nonce, aad, &mut *buffer);
                sealed.map_err(|_| Error::Provider("EVP_AEAD_CTX_seal"))?;
                out.extend_from_slice(&buffer);
            }
            Direction::Decrypt if input.len() < TAG => return Err(Error::EncryptedDataLenRange),
            Direction::Decrypt => {
                let opened = self.key.open_in_place(nonce, aad, &mut buffer);
                out.extend_from_slice(opened.map_err(|_| Error::EncryptedDataInvalid)?);
            }
        }
        Ok(())
    }

    fn output_len(&self, input: usize) -> usize {
        match self.direction {
            Direction::Encrypt => input.saturating_add(TAG),
            Direction::Decrypt => input.saturating_sub(TAG),
        }
    }
}
