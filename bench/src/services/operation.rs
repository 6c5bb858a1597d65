//! The operations that are measured.

use clap::ValueEnum;
use serde::Serialize;

/// One operation of the key service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Operation {
    /// Encryption of 64 bytes under a symmetric key.
    EncryptData,
    /// Decryption of what that gave.
    DecryptData,
    /// A data key of 32 bytes, in the clear and encrypted.
    CreateDatakey,
    /// ECDSA P-256 with SHA-256 of 32 bytes.
    SignP256,
    /// RSA-2048, PKCS#1 v1.5 with SHA-256 of 32 bytes.
    SignRsa,
    /// A new symmetric key.
    CreateKey,
}

impl Operation {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::EncryptData,
        Self::DecryptData,
        Self::CreateDatakey,
        Self::SignP256,
        Self::SignRsa,
        Self::CreateKey,
    ];

    /// What the table calls it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::EncryptData => "encrypt-data 64 B",
            Self::DecryptData => "decrypt-data 64 B",
            Self::CreateDatakey => "create-datakey",
            Self::SignP256 => "sign P-256",
            Self::SignRsa => "sign RSA-2048",
            Self::CreateKey => "create-key",
        }
    }
}
