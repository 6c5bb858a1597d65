//! Signatures.

use std::borrow::Cow;

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::types::Ulong;

use super::{Binding, Curve, Error, Hash, Hsm, Kind, Material, Usage, spki};

/// What signing asks for, as errors name it.
const SIGNING: &str = "signing";

/// How a signature is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignAlgorithm {
    /// ECDSA over a digest; the signature is an ASN.1 pair in DER.
    Ecdsa(Hash),
    /// Ed25519 over the message itself (RFC 8032, section 5.1).
    Ed25519,
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Hash),
    /// RSASSA-PSS, with MGF1 of the same hash function and a salt as long as the digest.
    RsaPss(Hash),
}

impl SignAlgorithm {
    fn hash(self) -> Option<Hash> {
        match self {
            Self::Ecdsa(hash) | Self::RsaPkcs1(hash) | Self::RsaPss(hash) => Some(hash),
            Self::Ed25519 => None,
        }
    }

    fn suits(self, kind: Kind) -> bool {
        match self {
            Self::Ecdsa(_) => matches!(kind, Kind::Ec(_)),
            Self::Ed25519 => kind == Kind::Ed25519,
            Self::RsaPkcs1(_) | Self::RsaPss(_) => matches!(kind, Kind::Rsa { .. }),
        }
    }
}

/// What is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Message<'a> {
    /// The digest of a message, made by the caller with the algorithm's hash function.
    Digest(&'a [u8]),
    /// A message.
    Raw(&'a [u8]),
}

impl Hsm {
    /// Signs: RSA and Ed25519 signatures come as they are, ECDSA ones as ASN.1 in DER.
    ///
    /// # Errors
    /// [`Error::Invalid`] if key, algorithm and message do not fit together; see [`Error`] for the others.
    pub fn sign(
        &self,
        binding: &Binding<'_>,
        material: &Material,
        algorithm: SignAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, Error> {
        fits(algorithm, material.kind())?;
        let input = input(algorithm, material.kind(), message)?;
        let mechanism = mechanism(algorithm);
        let key = (binding, material);
        let signature = self.with_key(SIGNING, key, Usage::Sign, |lease, handle| {
            Ok(lease.session().sign(&mechanism, handle, &input)?)
        })?;
        match algorithm {
            SignAlgorithm::Ecdsa(_) => spki::ecdsa_signature(&signature),
            _ => Ok(signature),
        }
    }
}

/// Tells whether a signature is right. It is done here, with the public key: a DER `SubjectPublicKeyInfo`.
///
/// # Errors
/// [`Error::Invalid`] if key, algorithm and message do not fit together. A wrong signature is no error.
pub fn verify(
    public: &[u8],
    algorithm: SignAlgorithm,
    message: Message<'_>,
    signature: &[u8],
) -> Result<bool, Error> {
    let public = spki::read(public)?;
    fits(algorithm, public.kind)?;
    let verifier = verifier(algorithm, public.kind)?;
    let key = UnparsedPublicKey::new(verifier, public.bytes);
    let verified = match (algorithm.hash(), message) {
        (None, Message::Raw(message)) => key.verify(message, signature),
        (None, Message::Digest(_)) => return Err(no_digest()),
        (Some(hash), message) => {
            let digest = digest_of(hash, message)?;
            let digest = Digest::import_less_safe(&digest, hash.algorithm());
            let digest = digest.map_err(|_| Error::invalid("the digest has another length"))?;
            key.verify_digest(&digest, signature)
        }
    };
    Ok(verified.is_ok())
}

fn fits(algorithm: SignAlgorithm, kind: Kind) -> Result<(), Error> {
    if algorithm.hash() == Some(Hash::Sha1) {
        return Err(Error::invalid(
            "no signature is made or verified with SHA-1",
        ));
    }
    if algorithm.suits(kind) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "a key of the kind {kind} makes no {algorithm:?} signatures"
    )))
}

fn no_digest() -> Error {
    Error::invalid("Ed25519 signs messages, not digests of them")
}

/// Hashes a message, or checks the length of a digest.
fn digest_of(hash: Hash, message: Message<'_>) -> Result<Cow<'_, [u8]>, Error> {
    match message {
        Message::Raw(message) => {
            let digest = digest::digest(hash.algorithm(), message);
            Ok(Cow::Owned(digest.as_ref().to_vec()))
        }
        Message::Digest(digest) if digest.len() == hash.bytes() => Ok(Cow::Borrowed(digest)),
        Message::Digest(digest) => Err(Error::invalid(format!(
            "a digest of {} bytes is none of {hash:?}, which has {}",
            digest.len(),
            hash.bytes()
        ))),
    }
}

/// Prepares what the mechanism signs.
fn input(
    algorithm: SignAlgorithm,
    kind: Kind,
    message: Message<'_>,
) -> Result<Cow<'_, [u8]>, Error> {
    let Some(hash) = algorithm.hash() else {
        return match message {
            Message::Raw(message) => Ok(Cow::Borrowed(message)),
            Message::Digest(_) => Err(no_digest()),
        };
    };
    let digest = digest_of(hash, message)?;
    match (algorithm, kind) {
        (SignAlgorithm::RsaPkcs1(_), _) => Ok(Cow::Owned([digest_info(hash), &digest].concat())),
        // A digest longer than the order loses its end (FIPS 186-5, 6.4.1), which not every module does by itself.
        (SignAlgorithm::Ecdsa(_), Kind::Ec(curve)) if digest.len() > curve.bytes() => {
            Ok(Cow::Owned(digest[..curve.bytes()].to_vec()))
        }
        _ => Ok(digest),
    }
}

/// The DER that goes before a digest in RSASSA-PKCS1-v1_5 (RFC 8017, section 9.2, note 1).
fn digest_info(hash: Hash) -> &'static [u8] {
    match hash {
        Hash::Sha1 => &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04,
            0x14,
        ],
        Hash::Sha256 => &[
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ],
        Hash::Sha384 => &[
            0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x02, 0x05, 0x00, 0x04, 0x30,
        ],
        Hash::Sha512 => &[
            0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x03, 0x05, 0x00, 0x04, 0x40,
        ],
    }
}

fn mechanism(algorithm: SignAlgorithm) -> Mechanism<'static> {
    match algorithm {
        SignAlgorithm::Ecdsa(_) => Mechanism::Ecdsa,
        SignAlgorithm::Ed25519 => Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure)),
        SignAlgorithm::RsaPkcs1(_) => Mechanism::RsaPkcs,
        SignAlgorithm::RsaPss(hash) => {
            let (hash_alg, mgf) = match hash {
                Hash::Sha1 => (MechanismType::SHA1, PkcsMgfType::MGF1_SHA1),
                Hash::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
                Hash::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
                Hash::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
            };
            let len = u64::try_from(hash.bytes()).expect("a digest is short");
            let s_len = Ulong::new(len);
            Mechanism::RsaPkcsPss(PkcsPssParams {
                hash_alg,
                mgf,
                s_len,
            })
        }
    }
}

type Verifier = &'static dyn VerificationAlgorithm;

fn verifier(algorithm: SignAlgorithm, kind: Kind) -> Result<Verifier, Error> {
    let found: Option<Verifier> = match algorithm {
        SignAlgorithm::Ed25519 => Some(&signature::ED25519),
        SignAlgorithm::RsaPkcs1(hash) => match hash {
            Hash::Sha1 => None,
            Hash::Sha256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
            Hash::Sha384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
            Hash::Sha512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        },
        SignAlgorithm::RsaPss(hash) => match hash {
            Hash::Sha1 => None,
            Hash::Sha256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
            Hash::Sha384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
            Hash::Sha512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
        },
        SignAlgorithm::Ecdsa(hash) => match kind {
            Kind::Ec(curve) => ecdsa_verifier(curve, hash),
            _ => None,
        },
    };
    found.ok_or_else(|| Error::not_offered(format!("verifying {algorithm:?} of a {kind} key")))
}

fn ecdsa_verifier(curve: Curve, hash: Hash) -> Option<Verifier> {
    Some(match (curve, hash) {
        (Curve::P256, Hash::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
        (Curve::P256, Hash::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
        (Curve::P256, Hash::Sha512) => &signature::ECDSA_P256_SHA512_ASN1,
        (Curve::P384, Hash::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
        (Curve::P384, Hash::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
        (Curve::P384, Hash::Sha512) => &signature::ECDSA_P384_SHA512_ASN1,
        (Curve::P521, Hash::Sha256) => &signature::ECDSA_P521_SHA256_ASN1,
        (Curve::P521, Hash::Sha384) => &signature::ECDSA_P521_SHA384_ASN1,
        (Curve::P521, Hash::Sha512) => &signature::ECDSA_P521_SHA512_ASN1,
        (Curve::Secp256k1, Hash::Sha256) => &signature::ECDSA_P256K1_SHA256_ASN1,
        _ => return None,
    })
}
