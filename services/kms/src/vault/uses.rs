//! Uses of a key's material: one method per thing that keys do.

use der::pem::LineEnding;
use kit::api::Failure;
use kit::hsm::{Error, Hash, Kind as HsmKind, Message, SignAlgorithm};
use zeroize::Zeroizing;

use super::{Held, Vault, fault, refused_as};
use crate::choices;
use crate::header::{Context, Header, Kind};
use crate::key::Key;

impl Vault {
    /// Encrypts under a symmetric key: the front, then what the HSM made.
    ///
    /// # Errors
    /// The HSM fails.
    pub(crate) fn encrypt(
        &self,
        held: &Held,
        kind: Kind,
        context: &Context<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let mut cipher = front(held, kind);
        let authenticated = context.authenticate(&cipher);
        let sealed = self
            .hsm(held)?
            .encrypt_gcm(&held.binding(), &held.material, &authenticated, plain)
            .map_err(fault)?;
        cipher.extend(sealed);
        Ok(cipher)
    }

    /// Decrypts what stands behind the front of a ciphertext.
    ///
    /// # Errors
    /// `KMS.2201` if it was changed or made by another key or with another context; or the HSM fails.
    pub(crate) fn decrypt(
        &self,
        held: &Held,
        kind: Kind,
        context: &Context<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let authenticated = context.authenticate(&front(held, kind));
        self.hsm(held)?
            .decrypt_gcm(&held.binding(), &held.material, &authenticated, sealed)
            .map_err(|error| refused_as(error, choices::CIPHERTEXT))
    }

    /// Encrypts under an RSA key.
    ///
    /// # Errors
    /// `KMS.2108` if it is too long for the key; or the HSM fails.
    pub(crate) fn encrypt_oaep(
        &self,
        held: &Held,
        hash: Hash,
        plain: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        if let HsmKind::Rsa { bits } = held.material.kind() {
            // RFC 8017, 7.1.1: a block holds all but two hashes and two bytes.
            let most = usize::from(bits) / 8 - 2 * hash.bytes() - 2;
            if plain.len() > most {
                return Err(Failure::refused(2108));
            }
        }
        self.hsm(held)?
            .rsa_oaep_encrypt(&held.binding(), &held.material, hash, plain)
            .map_err(fault)
    }

    /// Decrypts under an RSA key.
    ///
    /// # Errors
    /// `KMS.2201` if it was not encrypted for this key; or the HSM fails.
    pub(crate) fn decrypt_oaep(
        &self,
        held: &Held,
        hash: Hash,
        cipher: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        self.hsm(held)?
            .rsa_oaep_decrypt(&held.binding(), &held.material, hash, cipher)
            .map_err(|error| refused_as(error, choices::CIPHERTEXT))
    }

    /// Returns the public half of a version, after the HSM has found that it is the one that was made: whoever can write
    /// to the database cannot have signatures of another key accepted.
    ///
    /// # Errors
    /// There is none, it was changed, or the HSM fails.
    pub(crate) fn public_key<'a>(&self, held: &'a Held) -> Result<&'a [u8], Failure> {
        self.hsm(held)?
            .check(&held.binding(), &held.material)
            .map_err(fault)?;
        held.public_key()
            .ok_or_else(|| Failure::internal(format_args!("key {} has no public half", held.key)))
    }

    /// Signs.
    ///
    /// # Errors
    /// The HSM fails.
    pub(crate) fn sign(
        &self,
        held: &Held,
        algorithm: SignAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, Failure> {
        self.hsm(held)?
            .sign(&held.binding(), &held.material, algorithm, message)
            .map_err(fault)
    }

    /// Makes a MAC.
    ///
    /// # Errors
    /// The HSM fails.
    pub(crate) fn mac(&self, held: &Held, hash: Hash, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.hsm(held)?
            .mac(&held.binding(), &held.material, hash, message)
            .map_err(fault)
    }

    /// Tells whether a MAC is right.
    ///
    /// # Errors
    /// The HSM fails.
    pub(crate) fn mac_verify(
        &self,
        held: &Held,
        hash: Hash,
        message: &[u8],
        mac: &[u8],
    ) -> Result<bool, Failure> {
        self.hsm(held)?
            .mac_verify(&held.binding(), &held.material, hash, (message, mac))
            .map_err(fault)
    }

    /// Derives a shared secret.
    ///
    /// # Errors
    /// `KMS.0308` if the other key is none on the same curve; or the HSM fails.
    pub(crate) fn agree(&self, held: &Held, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        self.hsm(held)?
            .agree(&held.binding(), &held.material, peer)
            .map_err(|error| match error {
                Error::Invalid { .. } | Error::Refused { .. } => Failure::field(308, "public_key"),
                other => fault(other),
            })
    }
}

/// The front of what a version encrypts.
fn front(held: &Held, kind: Kind) -> Vec<u8> {
    Header {
        kind,
        version: held.version,
        key_id: held.key.clone(),
        account_id: held.account.clone(),
    }
    .encode()
}

/// Reads the front of a ciphertext that a key is said to have made, and returns what stands behind it.
///
/// # Errors
/// `KMS.2201` if it is none of ours, of another kind, or of another key.
pub(crate) fn header_of<'a>(
    bytes: &'a [u8],
    key: &Key,
    kind: Kind,
) -> Result<(Header, &'a [u8]), Failure> {
    Header::decode(bytes)
        .filter(|(header, _)| {
            header.kind == kind && header.key_id == key.id && header.account_id == key.account_id
        })
        .ok_or_else(|| Failure::refused(choices::CIPHERTEXT))
}

/// Writes a public key as PEM.
///
/// # Errors
/// An internal error if it is no DER.
pub(crate) fn pem(der: &[u8]) -> Result<String, Failure> {
    der::pem::encode_string("PUBLIC KEY", LineEnding::LF, der).map_err(Failure::internal)
}
