//! The secret part of a UKey, once its PIN has opened it.

use std::fmt;

use aws_lc_rs::agreement::{self, X25519};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use rcgen::{PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey};
use zeroize::Zeroizing;

use crate::{Error, Role, certificate};

/// The length of the sealing key's seed, which comes first in the secret part of a file.
const SEED_LEN: usize = 32;

/// Holds the keys of an opened UKey. Both are wiped when it is dropped.
pub struct Ukey {
    pub(crate) secrets: Secrets,
    pub(crate) certificate: Vec<u8>,
}

impl Ukey {
    /// Signs a message with ECDSA on P-256 over its SHA-256; the signature is in ASN.1.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.secrets
            .sign(message)
            .map_err(|_| Error::Crypto { action: "sign" })
    }

    /// Gives the certificate in DER.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// Gives the signing key in PKCS#8, for a TLS library to log in with.
    #[must_use]
    pub fn tls_key_der(&self) -> Zeroizing<Vec<u8>> {
        self.secrets.signing_pkcs8.clone()
    }

    /// Gives the X25519 public key to which shares for this UKey are sealed.
    #[must_use]
    pub fn sealing_public_key(&self) -> [u8; 32] {
        self.secrets.sealing_public
    }
}

impl fmt::Debug for Ukey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ukey(..)")
    }
}

/// The two keys, parsed and in the form in which a file keeps them.
pub(crate) struct Secrets {
    sealing_seed: Zeroizing<[u8; SEED_LEN]>,
    sealing_public: [u8; 32],
    signing: EcdsaKeyPair,
    signing_pkcs8: Zeroizing<Vec<u8>>,
}

impl Secrets {
    /// Makes new keys.
    pub(crate) fn generate() -> Result<Self, Error> {
        let failed = |_| Error::Crypto {
            action: "make keys",
        };
        let mut plain = Zeroizing::new(vec![0; SEED_LEN]);
        rand::fill(&mut plain).map_err(failed)?;
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new())
                .map_err(failed)?;
        // A new vector of the right size: growing the old one would leave a copy of the seed.
        let bytes = Zeroizing::new([&plain, document.as_ref()].concat());
        Self::decode(&bytes).ok_or(Error::Crypto {
            action: "make keys",
        })
    }

    /// Reads the keys from the plain text of a file.
    pub(crate) fn decode(plain: &[u8]) -> Option<Self> {
        let (seed, pkcs8) = plain.split_first_chunk::<SEED_LEN>()?;
        let signing = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8).ok()?;
        let sealing = agreement::PrivateKey::from_private_key(&X25519, seed).ok()?;
        let sealing_public = sealing
            .compute_public_key()
            .ok()?
            .as_ref()
            .try_into()
            .ok()?;
        Some(Self {
            sealing_seed: Zeroizing::new(*seed),
            sealing_public,
            signing,
            signing_pkcs8: Zeroizing::new(pkcs8.to_vec()),
        })
    }

    /// Writes the keys as the plain text of a file.
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([&self.sealing_seed[..], &self.signing_pkcs8].concat())
    }

    pub(crate) fn sealing_public(&self) -> [u8; 32] {
        self.sealing_public
    }

    /// Makes the certificate of these keys.
    pub(crate) fn certify(&self, uuid: &str, role: Role) -> Result<Vec<u8>, Error> {
        certificate::self_signed(uuid, role, self).map_err(|_| Error::Crypto {
            action: "make a certificate",
        })
    }
}

impl PublicKeyData for Secrets {
    fn der_bytes(&self) -> &[u8] {
        self.signing.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Secrets {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        match self.signing.sign(&SystemRandom::new(), message) {
            Ok(signature) => Ok(signature.as_ref().to_vec()),
            Err(_) => Err(rcgen::Error::RemoteKeyError),
        }
    }
}
