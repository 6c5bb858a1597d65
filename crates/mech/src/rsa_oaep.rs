//! RSA OAEP encryption (RFC 8017, 7.1).

use ck::{Digest, Params};
use zeroize::Zeroizing;

use crate::ffi::{OaepScheme, Rsa};
use crate::key::RsaPrivateKey;
use crate::rsa_cipher::EncryptionScheme;
use crate::{Error, param};

/// The scheme with its parameter.
pub(crate) struct Oaep {
    digest: Digest,
    mgf: Digest,
    label: Vec<u8>,
}

impl Oaep {
    /// Reads the parameter.
    pub(crate) fn new(params: &Params<'_>) -> Result<Self, Error> {
        let Params::Oaep { digest, mgf, label } = *params else {
            return Err(Error::MechanismParamInvalid);
        };
        Ok(Self {
            digest: param::digest(digest)?,
            mgf: param::mask(mgf)?,
            label: label.to_vec(),
        })
    }

    fn scheme(&self) -> OaepScheme<'_> {
        OaepScheme {
            digest: self.digest,
            mgf: self.mgf,
            label: &self.label,
        }
    }
}

impl EncryptionScheme for Oaep {
    fn longest_message(&self, modulus_len: usize) -> Option<usize> {
        modulus_len.checked_sub(2 * self.digest.len() + 2)
    }

    fn encrypt(&self, key: &Rsa, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(key.encrypt_oaep(message, self.scheme())?)
    }

    /// Answers every bad ciphertext alike: which check failed would decrypt it (Manger's attack).
    fn decrypt(&self, key: &RsaPrivateKey, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        key.rsa()
            .decrypt_oaep(block, self.scheme())
            .map_err(|_| Error::EncryptedDataInvalid)
    }
}
