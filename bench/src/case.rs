//! The operations that are measured.

use anyhow::{Context, Result};
use clap::ValueEnum;
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use serde::{Deserialize, Serialize};

/// The object identifier of P-256, DER (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// One operation.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Case {
    /// RSA-2048, PKCS#1 v1.5 with SHA-256, of 32 bytes.
    RsaSign,
    /// ECDSA P-256 of a digest of 32 bytes.
    P256Sign,
    /// AES-256-GCM encryption of 1 KiB.
    AesGcm,
}

impl Case {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::RsaSign, Self::P256Sign, Self::AesGcm];

    /// What the table calls it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::RsaSign => "RSA-2048 sign",
            Self::P256Sign => "P-256 sign",
            Self::AesGcm => "AES-256-GCM 1 KiB",
        }
    }

    /// Finds this case's key in the token, or makes it.
    pub(crate) fn key(self, session: &Session) -> Result<ObjectHandle> {
        let label = Attribute::Label(self.title().as_bytes().to_vec());
        let class = match self {
            Self::AesGcm => ObjectClass::SECRET_KEY,
            _ => ObjectClass::PRIVATE_KEY,
        };
        let found = session.find_objects(&[Attribute::Class(class), label.clone()])?;
        if let Some(key) = found.first() {
            return Ok(*key);
        }
        let common = [Attribute::Token(true), label];
        let private = [
            &common[..],
            &[Attribute::Private(true), Attribute::Sign(true)],
        ]
        .concat();
        let public =
            |particular: Attribute| [&common[..], &[Attribute::Verify(true), particular]].concat();
        Ok(match self {
            Self::RsaSign => {
                let public = public(Attribute::ModulusBits(2048.into()));
                session
                    .generate_key_pair(&Mechanism::RsaPkcsKeyPairGen, &public, &private)?
                    .1
            }
            Self::P256Sign => {
                let public = public(Attribute::EcParams(P256.to_vec()));
                session
                    .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?
                    .1
            }
            Self::AesGcm => {
                let particular = [
                    Attribute::ValueLen(32.into()),
                    Attribute::Encrypt(true),
                    Attribute::Sensitive(true),
                ];
                session.generate_key(&Mechanism::AesKeyGen, &[&common[..], &particular].concat())?
            }
        })
    }

    /// Does the operation once; `turn` makes each GCM initialisation vector another.
    pub(crate) fn run(self, session: &Session, key: ObjectHandle, turn: [u8; 12]) -> Result<()> {
        let done = match self {
            Self::RsaSign => session.sign(&Mechanism::Sha256RsaPkcs, key, &[7; 32]),
            Self::P256Sign => session.sign(&Mechanism::Ecdsa, key, &[7; 32]),
            Self::AesGcm => {
                let mut iv = turn;
                let params = GcmParams::new(&mut iv, &[], 128.into())?;
                session.encrypt(&Mechanism::AesGcm(params), key, &[7; 1024])
            }
        };
        done.map(drop).with_context(|| self.title())
    }
}
