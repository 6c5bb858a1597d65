//! Wraps key material for its import: RSA-OAEP with SHA-256, and AES key wrap with padding for private keys.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::key_wrap::{AES_256, KeyEncryptionKey, KeyWrapPadded};
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{
    KeyPair, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING,
    ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use der::SecretDocument;
use zeroize::Zeroizing;

use crate::error::Error;

/// Bytes of the temporary key that wraps a private key.
const TEMPORARY: usize = 32;

/// Material as the service takes it, in Base64.
pub(super) struct Wrapped {
    /// The symmetric key, or the temporary key that wraps the private one.
    pub(super) material: String,
    /// The private key, where it is one.
    pub(super) private_key: Option<String>,
}

/// Wraps what a file holds for a key of a kind, under the public key (DER) that the service gave.
pub(super) fn wrap(spec: &str, file: &[u8], public_key: &[u8]) -> Result<Wrapped, Error> {
    let length = match spec {
        "AES_256" => 32,
        "SM4" => 16,
        _ => return wrap_private(&private_key(spec, file)?, public_key),
    };
    if file.len() != length {
        return Err(Error::Usage(format!(
            "the material of a key of the kind {spec} is {length} raw bytes, and the file has {}",
            file.len()
        )));
    }
    Ok(Wrapped {
        material: BASE64.encode(oaep(public_key, file)?),
        private_key: None,
    })
}

fn wrap_private(private_key: &[u8], public_key: &[u8]) -> Result<Wrapped, Error> {
    let failed = || Error::usage("the private key could not be wrapped: it is too long");
    let mut temporary = Zeroizing::new([0; TEMPORARY]);
    rand::fill(temporary.as_mut_slice()).map_err(Error::machine("make random bytes"))?;
    let kek = KeyEncryptionKey::new(&AES_256, temporary.as_slice()).map_err(|_| failed())?;
    // RFC 5649: eight bytes more than the key, which is filled up to a multiple of eight.
    let mut wrapped = vec![0; private_key.len().next_multiple_of(8) + 8];
    let length = kek
        .wrap_with_padding(private_key, &mut wrapped)
        .map_err(|_| failed())?
        .len();
    wrapped.truncate(length);
    Ok(Wrapped {
        material: BASE64.encode(oaep(public_key, temporary.as_slice())?),
        private_key: Some(BASE64.encode(wrapped)),
    })
}

fn oaep(public_key: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
    let failed = "use the public key that the service gave to wrap with";
    let key = PublicEncryptingKey::from_der(public_key).map_err(Error::machine(failed))?;
    let key = OaepPublicEncryptingKey::new(key).map_err(Error::machine(failed))?;
    let mut wrapped = vec![0; key.ciphertext_size()];
    let length = key
        .encrypt(&OAEP_SHA256_MGF1SHA256, plain, &mut wrapped, None)
        .map_err(Error::machine(failed))?
        .len();
    wrapped.truncate(length);
    Ok(wrapped)
}

/// Reads a private key of a kind from PEM or DER, in any of the usual forms, and writes it as PKCS#8.
fn private_key(spec: &str, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let der = from_pem(file)?;
    let der = der.as_slice();
    let found = match spec {
        "RSA_2048" => rsa(der, 2048),
        "RSA_3072" => rsa(der, 3072),
        "RSA_4096" => rsa(der, 4096),
        "EC_P256" => ec(der, &ECDSA_P256_SHA256_ASN1_SIGNING),
        "EC_P384" => ec(der, &ECDSA_P384_SHA384_ASN1_SIGNING),
        "SECP256K1" => ec(der, &ECDSA_P256K1_SHA256_ASN1_SIGNING),
        "ED25519" => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
            .ok()
            .map(|_| copy(der)),
        // Nothing here can read it; the service will.
        "SM2" => Some(copy(der)),
        _ => {
            return Err(Error::Usage(format!(
                "a key of the kind {spec} takes no material from outside"
            )));
        }
    };
    found.ok_or_else(|| {
        Error::Usage(format!(
            "the file holds no private key of the kind {spec}; give PKCS#8, PKCS#1 or SEC 1, in PEM or DER"
        ))
    })
}

/// Takes the PEM off, if there is some.
fn from_pem(file: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    // OpenSSL writes an EC key's parameters before it.
    let text = str::from_utf8(file)
        .ok()
        .filter(|text| text.contains("-----BEGIN "));
    let Some(text) = text else {
        return Ok(copy(file));
    };
    if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
    {
        return Err(Error::usage(
            "the private key is under a passphrase; take it off first: openssl pkey -in FILE -out PLAIN",
        ));
    }
    let key = text.split("-----BEGIN ").find(|part| {
        part.split_once("-----")
            .is_some_and(|(label, _)| label.ends_with("PRIVATE KEY"))
    });
    let pem = Zeroizing::new(format!("-----BEGIN {}", key.unwrap_or_default().trim()));
    match SecretDocument::from_pem(&pem) {
        Ok((_, document)) => Ok(copy(document.as_bytes())),
        Err(_) => Err(Error::usage(
            "the file is PEM, but holds no private key that can be read",
        )),
    }
}

fn rsa(der: &[u8], bits: usize) -> Option<Zeroizing<Vec<u8>>> {
    let (pair, is_pkcs8) = match KeyPair::from_pkcs8(der) {
        Ok(pair) => (pair, true),
        Err(_) => (KeyPair::from_der(der).ok()?, false),
    };
    if pair.public_modulus_len() * 8 != bits {
        return None;
    }
    if is_pkcs8 {
        return Some(copy(der));
    }
    let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().ok()?;
    Some(copy(pkcs8.as_ref()))
}

fn ec(der: &[u8], curve: &'static EcdsaSigningAlgorithm) -> Option<Zeroizing<Vec<u8>>> {
    if EcdsaKeyPair::from_pkcs8(curve, der).is_ok() {
        return Some(copy(der));
    }
    let pair = EcdsaKeyPair::from_private_key_der(curve, der).ok()?;
    Some(copy(pair.to_pkcs8v1().ok()?.as_ref()))
}

fn copy(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_vec())
}

#[cfg(test)]
mod tests;
