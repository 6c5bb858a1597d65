//! SM4 in Galois/counter mode (RFC 8998, 3.2).

use std::sync::Arc;

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut, KeyInit};
use ck::Params;
use sm4::Sm4;
use zeroize::Zeroize;

use crate::ffi::Direction;
use crate::whole::{Transform, Whole};
use crate::{Error, Key};

/// The length of the nonce and of the tag in bytes: the only ones that the standard has.
const NONCE_LEN: usize = 12;
const TAG_LEN: usize = 16;
/// The longest message: the library takes it whole.
const LONGEST: usize = 64 << 20;

/// An encryption or a decryption of one message.
pub(super) struct Gcm {
    key: Arc<Key>,
    direction: Direction,
    nonce: [u8; NONCE_LEN],
    aad: Vec<u8>,
}

impl Gcm {
    /// Reads the parameter and starts the cipher.
    pub(super) fn start(
        key: &Arc<Key>,
        params: &Params<'_>,
        direction: Direction,
    ) -> Result<Whole<Self>, Error> {
        let Params::Gcm {
            iv,
            aad,
            tag_bits: 128,
        } = *params
        else {
            return Err(Error::MechanismParamInvalid);
        };
        let nonce = iv.try_into().map_err(|_| Error::MechanismParamInvalid)?;
        key.sm4()?;
        let work = Self {
            key: Arc::clone(key),
            direction,
            nonce,
            aad: aad.to_vec(),
        };
        Ok(match direction {
            Direction::Encrypt => Whole::new(work, LONGEST, Error::DataLenRange),
            Direction::Decrypt => Whole::new(work, LONGEST + TAG_LEN, Error::EncryptedDataLenRange),
        })
    }

    fn cipher(&self) -> Result<AesGcm<Sm4, U12>, Error> {
        AesGcm::new_from_slice(self.key.sm4()?).map_err(|_| Error::KeySizeRange)
    }
}

impl Transform for Gcm {
    fn transform(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let (cipher, nonce, start) = (self.cipher()?, (&self.nonce).into(), out.len());
        match self.direction {
            Direction::Encrypt => {
                out.extend_from_slice(input);
                let tag = cipher
                    .encrypt_inout_detached(nonce, &self.aad, (&mut out[start..]).into())
                    .map_err(|_| Error::DataLenRange)?;
                out.extend_from_slice(&tag);
                Ok(())
            }
            Direction::Decrypt => {
                let (ciphertext, tag) = input
                    .split_last_chunk::<TAG_LEN>()
                    .ok_or(Error::EncryptedDataLenRange)?;
                out.extend_from_slice(ciphertext);
                let text = (&mut out[start..]).into();
                cipher
                    .decrypt_inout_detached(nonce, &self.aad, text, tag.into())
                    .map_err(|_| {
                        out[start..].zeroize();
                        out.truncate(start);
                        Error::EncryptedDataInvalid
                    })
            }
        }
    }

    fn output_len(&self, input: usize) -> usize {
        match self.direction {
            Direction::Encrypt => input.saturating_add(TAG_LEN),
            Direction::Decrypt => input.saturating_sub(TAG_LEN),
        }
    }
}
