//! RSA signatures and encryption after PKCS#1 v1.5 (RFC 8017, 7.2 and 8.2).

use std::sync::Arc;

use ck::Digest;
use zeroize::Zeroizing;

use crate::accumulator::Accumulator;
use crate::ffi::Rsa;
use crate::key::RsaPrivateKey;
use crate::rsa_cipher::EncryptionScheme;
use crate::signature::{SignatureOperation, SignatureScheme};
use crate::{Error, Key, Signer, Verifier, rsa_rejection};

/// What the padding takes of a block at least: two marks, eight bytes and a separator.
pub(crate) const OVERHEAD: usize = 11;

/// The scheme, over the caller's bytes or a message hashed here.
#[derive(Clone, Copy)]
pub(crate) struct Pkcs1(pub(crate) Option<Digest>);

/// Starts a signature.
pub(crate) fn signer(key: &Arc<Key>, digest: Option<Digest>) -> Result<Box<dyn Signer>, Error> {
    let len = key.rsa_private()?.rsa().modulus_len();
    operation(key, digest, len).map(|operation| Box::new(operation) as Box<dyn Signer>)
}

/// Starts a verification.
pub(crate) fn verifier(key: &Arc<Key>, digest: Option<Digest>) -> Result<Box<dyn Verifier>, Error> {
    let len = key.rsa_public()?.modulus_len();
    operation(key, digest, len).map(|operation| Box::new(operation) as Box<dyn Verifier>)
}

fn operation(
    key: &Arc<Key>,
    digest: Option<Digest>,
    len: usize,
) -> Result<SignatureOperation<Pkcs1>, Error> {
    let message = match digest {
        Some(digest) => Accumulator::hashed(digest)?,
        None => Accumulator::kept(len - OVERHEAD, Error::DataLenRange),
    };
    Ok(SignatureOperation {
        key: Arc::clone(key),
        message,
        scheme: Pkcs1(digest),
        len,
    })
}

impl Pkcs1 {
    /// Returns what is padded: the caller's bytes, or the `DigestInfo` of the digest.
    fn payload(self, message: &[u8]) -> Vec<u8> {
        let mut payload = self.0.map_or_else(Vec::new, digest_info);
        payload.extend_from_slice(message);
        payload
    }
}

impl SignatureScheme for Pkcs1 {
    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(key
            .rsa_private()?
            .rsa()
            .sign_pkcs1(&self.payload(message))?)
    }

    fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let rsa = key.rsa_public()?;
        let block = rsa
            .public_transform(signature)
            .map_err(|_| Error::SignatureInvalid)?;
        // The whole block is built and compared: nothing of a forged one is ever parsed.
        if block == padded(&self.payload(message), rsa.modulus_len()) {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}

/// Pads the payload of a signature (RFC 8017, 9.2).
pub(crate) fn padded(payload: &[u8], len: usize) -> Vec<u8> {
    let mut block = vec![0xff; len - payload.len()];
    let end = block.len() - 1;
    block[0] = 0;
    block[1] = 1;
    block[end] = 0;
    block.extend_from_slice(payload);
    block
}

/// Returns what precedes the digest in the DER of a `DigestInfo` (RFC 8017, 9.2, note 1).
fn digest_info(digest: Digest) -> Vec<u8> {
    const RSADSI_MD5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 2, 5];
    const OIW_SHA1: &[u8] = &[0x2b, 14, 3, 2, 26];
    // The last arc numbers the functions of NIST's arc 2.16.840.1.101.3.4.2.
    let nist = |last: u8| vec![0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, last];
    let oid = match digest {
        Digest::Md5 => RSADSI_MD5.to_vec(),
        Digest::Sha1 => OIW_SHA1.to_vec(),
        Digest::Sha256 => nist(1),
        Digest::Sha384 => nist(2),
        Digest::Sha512 => nist(3),
        Digest::Sha224 => nist(4),
        Digest::Sha512_224 => nist(5),
        Digest::Sha512_256 => nist(6),
        Digest::Sha3_224 => nist(7),
        Digest::Sha3_256 => nist(8),
        Digest::Sha3_384 => nist(9),
        Digest::Sha3_512 => nist(10),
    };
    let byte = |len: usize| u8::try_from(len).expect("digests and their names are short");
    let (oid_len, digest_len) = (byte(oid.len()), byte(digest.len()));
    let mut info = vec![
        0x30,
        oid_len + digest_len + 8,
        0x30,
        oid_len + 4,
        6,
        oid_len,
    ];
    info.extend_from_slice(&oid);
    info.extend_from_slice(&[5, 0, 4, digest_len]);
    info
}

impl EncryptionScheme for Pkcs1 {
    fn longest_message(&self, modulus_len: usize) -> Option<usize> {
        modulus_len.checked_sub(OVERHEAD)
    }

    fn encrypt(&self, key: &Rsa, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(key.encrypt_pkcs1(message)?)
    }

    fn decrypt(&self, key: &RsaPrivateKey, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        rsa_rejection::decrypt(key, block)
    }
}
