//! The same computation by another implementation, so that a module's answers are compared with more than themselves.

use aws_lc_rs::cipher::{
    self, DecryptingKey, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey,
    PublicEncryptingKey,
};
use aws_lc_rs::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use aws_lc_rs::{aead, cmac, digest as hash, hmac as keyed};
use cryptoki_sys::*;

use super::parameters::{AAD, IV, NONCE};

/// SHA-256.
pub(crate) fn sha256(data: &[u8]) -> Vec<u8> {
    hash::digest(&hash::SHA256, data).as_ref().to_vec()
}

/// A digest; none where this implementation has it not.
pub(crate) fn digest(kind: CK_MECHANISM_TYPE, data: &[u8]) -> Option<Vec<u8>> {
    let algorithm = match kind {
        CKM_SHA_1 => &hash::SHA1_FOR_LEGACY_USE_ONLY,
        CKM_SHA224 => &hash::SHA224,
        CKM_SHA256 => &hash::SHA256,
        CKM_SHA384 => &hash::SHA384,
        CKM_SHA512 => &hash::SHA512,
        CKM_SHA512_256 => &hash::SHA512_256,
        CKM_SHA3_256 => &hash::SHA3_256,
        CKM_SHA3_384 => &hash::SHA3_384,
        CKM_SHA3_512 => &hash::SHA3_512,
        _ => return None,
    };
    Some(hash::digest(algorithm, data).as_ref().to_vec())
}

/// A MAC with a known key; none where this implementation has it not.
pub(crate) fn mac(kind: CK_MECHANISM_TYPE, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let algorithm = match kind {
        CKM_SHA_1_HMAC => keyed::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        CKM_SHA224_HMAC => keyed::HMAC_SHA224,
        CKM_SHA256_HMAC | CKM_SHA256_HMAC_GENERAL => keyed::HMAC_SHA256,
        CKM_SHA384_HMAC => keyed::HMAC_SHA384,
        CKM_SHA512_HMAC => keyed::HMAC_SHA512,
        CKM_AES_CMAC => {
            let key = cmac::Key::new(cmac::AES_128, key).ok()?;
            return Some(cmac::sign(&key, data).ok()?.as_ref().to_vec());
        }
        CKM_AES_GMAC => return gmac(key, data),
        _ => return None,
    };
    let key = keyed::Key::new(algorithm, key);
    Some(keyed::sign(&key, data).as_ref().to_vec())
}

/// GMAC: the tag of GCM over nothing.
fn gmac(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_128_GCM, key).ok()?);
    let nonce = aead::Nonce::try_assume_unique_for_key(&IV[..NONCE]).ok()?;
    let mut nothing = Vec::new();
    key.seal_in_place_append_tag(nonce, aead::Aad::from(data), &mut nothing)
        .ok()?;
    Some(nothing)
}

/// What this implementation says of a ciphertext.
pub(crate) enum Opened {
    /// It has no such cipher.
    Unknown,
    /// It cannot be decrypted.
    Refused,
    /// The plaintext.
    Plain(Vec<u8>),
}

impl From<Option<Vec<u8>>> for Opened {
    fn from(plain: Option<Vec<u8>>) -> Self {
        plain.map_or(Self::Refused, Self::Plain)
    }
}

/// Decrypts with the parameters that the table of mechanisms has.
pub(crate) fn open(kind: CK_MECHANISM_TYPE, key: &[u8], ciphertext: &[u8]) -> Opened {
    match kind {
        CKM_AES_ECB | CKM_AES_CBC | CKM_AES_CTR => unpadded(kind, key, ciphertext).into(),
        CKM_AES_CBC_PAD => padded(key, ciphertext).into(),
        CKM_AES_GCM | CKM_CHACHA20_POLY1305 => authenticated(kind, key, AAD, ciphertext).into(),
        _ => Opened::Unknown,
    }
}

fn cipher_key(key: &[u8]) -> Option<UnboundCipherKey> {
    let algorithm = match key.len() {
        16 => &cipher::AES_128,
        24 => &cipher::AES_192,
        _ => &cipher::AES_256,
    };
    UnboundCipherKey::new(algorithm, key).ok()
}

fn initial() -> DecryptionContext {
    DecryptionContext::Iv128(FixedLength::from(&IV))
}

fn unpadded(kind: CK_MECHANISM_TYPE, key: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let key = cipher_key(key)?;
    let (key, context) = match kind {
        CKM_AES_ECB => (DecryptingKey::ecb(key).ok()?, DecryptionContext::None),
        CKM_AES_CBC => (DecryptingKey::cbc(key).ok()?, initial()),
        _ => (DecryptingKey::ctr(key).ok()?, initial()),
    };
    let mut bytes = ciphertext.to_vec();
    Some(key.decrypt(&mut bytes, context).ok()?.to_vec())
}

fn padded(key: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(cipher_key(key)?).ok()?;
    let mut bytes = ciphertext.to_vec();
    Some(key.decrypt(&mut bytes, initial()).ok()?.to_vec())
}

/// Opens GCM or ChaCha20-Poly1305 with these associated data.
pub(crate) fn authenticated(
    kind: CK_MECHANISM_TYPE,
    key: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
) -> Option<Vec<u8>> {
    let algorithm = match (kind, key.len()) {
        (CKM_CHACHA20_POLY1305, _) => &aead::CHACHA20_POLY1305,
        (_, 16) => &aead::AES_128_GCM,
        _ => &aead::AES_256_GCM,
    };
    let key = aead::LessSafeKey::new(aead::UnboundKey::new(algorithm, key).ok()?);
    let nonce = aead::Nonce::try_assume_unique_for_key(&IV[..NONCE]).ok()?;
    let mut bytes = ciphertext.to_vec();
    let plain = key.open_in_place(nonce, aead::Aad::from(aad), &mut bytes);
    Some(plain.ok()?.to_vec())
}

/// Tells whether an RSA signature over a message is good; none where this implementation has no such mechanism.
pub(crate) fn rsa_verifies(
    kind: CK_MECHANISM_TYPE,
    modulus: &[u8],
    exponent: &[u8],
    message: &[u8],
    signed: &[u8],
) -> Option<bool> {
    let parameters = match kind {
        CKM_SHA1_RSA_PKCS => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        CKM_RSA_PKCS | CKM_RSA_X_509 | CKM_SHA256_RSA_PKCS => {
            &signature::RSA_PKCS1_2048_8192_SHA256
        }
        CKM_SHA384_RSA_PKCS => &signature::RSA_PKCS1_2048_8192_SHA384,
        CKM_SHA512_RSA_PKCS => &signature::RSA_PKCS1_2048_8192_SHA512,
        CKM_RSA_PKCS_PSS | CKM_SHA256_RSA_PKCS_PSS => &signature::RSA_PSS_2048_8192_SHA256,
        CKM_SHA384_RSA_PKCS_PSS => &signature::RSA_PSS_2048_8192_SHA384,
        CKM_SHA512_RSA_PKCS_PSS => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    };
    let key = RsaPublicKeyComponents {
        n: modulus,
        e: exponent,
    };
    Some(key.verify(parameters, message, signed).is_ok())
}

/// Tells whether an ECDSA signature on P-256 over a message with SHA-256 is good.
pub(crate) fn p256_verifies(point: &[u8], message: &[u8], signed: &[u8]) -> bool {
    let key = UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point);
    key.verify(message, signed).is_ok()
}

/// Tells whether an Ed25519 signature over a message is good.
pub(crate) fn ed25519_verifies(point: &[u8], message: &[u8], signed: &[u8]) -> bool {
    let key = UnparsedPublicKey::new(&signature::ED25519, point);
    key.verify(message, signed).is_ok()
}

/// How RSA pads what it encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// PKCS #1 v1.5.
    Pkcs1,
    /// OAEP with SHA-1.
    OaepSha1,
    /// OAEP with SHA-256.
    OaepSha256,
}

/// Encrypts with an RSA public key.
pub(crate) fn rsa_encrypts(
    padding: Padding,
    modulus: &[u8],
    exponent: &[u8],
    label: Option<&[u8]>,
    plain: &[u8],
) -> Option<Vec<u8>> {
    let key = PublicEncryptingKey::from_der(&spki(modulus, exponent)).ok()?;
    let mut room = vec![0; modulus.len()];
    let written = match padding {
        Padding::Pkcs1 => Pkcs1PublicEncryptingKey::new(key)
            .ok()?
            .encrypt(plain, &mut room),
        Padding::OaepSha1 => {
            let key = OaepPublicEncryptingKey::new(key).ok()?;
            key.encrypt(&OAEP_SHA1_MGF1SHA1, plain, &mut room, label)
        }
        Padding::OaepSha256 => {
            let key = OaepPublicEncryptingKey::new(key).ok()?;
            key.encrypt(&OAEP_SHA256_MGF1SHA256, plain, &mut room, label)
        }
    };
    Some(written.ok()?.to_vec())
}

/// The DER of a `SubjectPublicKeyInfo` of RSA.
fn spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    /// The algorithm: rsaEncryption, NULL.
    const ALGORITHM: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let key = der(0x30, &[integer(modulus), integer(exponent)].concat());
    let bits = der(0x03, &[vec![0], key].concat());
    der(0x30, &[ALGORITHM.to_vec(), bits].concat())
}

fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let number = &number[zeros..];
    // A number whose first bit is set would be taken for a negative one.
    let sign: &[u8] = if number.first().is_some_and(|byte| *byte >= 0x80) {
        &[0]
    } else {
        &[]
    };
    der(0x02, &[sign, number].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("keys of this program are short");
    let [high, low] = length.to_be_bytes();
    let head = match length {
        0..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content.to_vec()].concat()
}
