//! What a key is, apart from its material.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;

use super::Error;

/// A hash function.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Hash {
    /// SHA-1, for RSA-OAEP alone.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// Returns the length of a digest in bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        self.algorithm().output_len()
    }

    pub(super) fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

/// An elliptic curve of short Weierstrass form.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// SEC 2's secp256k1.
    Secp256k1,
}

impl Curve {
    /// Returns the length of a coordinate, and of the order, in bytes.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

/// The kind of a key.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// AES, of so many bits.
    Aes {
        /// 128, 192 or 256.
        bits: u16,
    },
    /// HMAC, of so many bytes.
    Hmac {
        /// 16 to 512.
        bytes: u16,
    },
    /// RSA, with the public exponent 65537.
    Rsa {
        /// 2048 to 4096.
        bits: u16,
    },
    /// ECDSA or ECDH.
    Ec(Curve),
    /// Ed25519.
    Ed25519,
}

impl Kind {
    /// Tells whether it has a public part.
    #[must_use]
    pub fn is_pair(self) -> bool {
        !matches!(self, Self::Aes { .. } | Self::Hmac { .. })
    }
}

const KINDS: [(&str, Kind); 5] = [
    ("ec-p256", Kind::Ec(Curve::P256)),
    ("ec-p384", Kind::Ec(Curve::P384)),
    ("ec-p521", Kind::Ec(Curve::P521)),
    ("ec-secp256k1", Kind::Ec(Curve::Secp256k1)),
    ("ed25519", Kind::Ed25519),
];

impl fmt::Display for Kind {
    /// Writes the name that is stored and sealed: it never changes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aes { bits } => write!(f, "aes-{bits}"),
            Self::Hmac { bytes } => write!(f, "hmac-{bytes}"),
            Self::Rsa { bits } => write!(f, "rsa-{bits}"),
            Self::Ec(_) | Self::Ed25519 => {
                let row = KINDS.iter().find(|row| row.1 == *self);
                f.write_str(row.expect("every curve is in the table").0)
            }
        }
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unknown = || Error::invalid(format!("`{text}` is no kind of key"));
        if let Some(row) = KINDS.iter().find(|row| row.0 == text) {
            return Ok(row.1);
        }
        let (family, size) = text.split_once('-').ok_or_else(unknown)?;
        let size = size.parse().map_err(|_| unknown())?;
        match family {
            "aes" => Ok(Self::Aes { bits: size }),
            "hmac" => Ok(Self::Hmac { bytes: size }),
            "rsa" => Ok(Self::Rsa { bits: size }),
            _ => Err(unknown()),
        }
    }
}

/// The one thing that a key may be used for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Usage {
    /// Agree on a shared secret.
    Agree,
    /// Encrypt and decrypt.
    Encrypt,
    /// Unwrap what is imported.
    Import,
    /// Make and check message authentication codes.
    Mac,
    /// Sign and verify.
    Sign,
}

const USAGES: [(&str, Usage); 5] = [
    ("agree", Usage::Agree),
    ("encrypt", Usage::Encrypt),
    ("import", Usage::Import),
    ("mac", Usage::Mac),
    ("sign", Usage::Sign),
];

impl Usage {
    /// Tells whether keys of that kind can be used so.
    #[must_use]
    pub fn suits(self, kind: Kind) -> bool {
        match self {
            Self::Agree => matches!(kind, Kind::Ec(_)),
            Self::Encrypt => matches!(kind, Kind::Aes { .. } | Kind::Rsa { .. }),
            Self::Import => matches!(kind, Kind::Rsa { .. }),
            Self::Mac => matches!(kind, Kind::Hmac { .. }),
            Self::Sign => matches!(kind, Kind::Rsa { .. } | Kind::Ec(_) | Kind::Ed25519),
        }
    }
}

impl fmt::Display for Usage {
    /// Writes the name that is stored and sealed: it never changes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = USAGES.iter().find(|row| row.1 == *self);
        f.write_str(row.expect("every usage is in the table").0)
    }
}

impl FromStr for Usage {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let row = USAGES.iter().find(|row| row.0 == text);
        row.map(|row| row.1)
            .ok_or_else(|| Error::invalid(format!("`{text}` is no usage of a key")))
    }
}

/// Which key version is meant. What is stored for one is refused for any other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Binding<'a> {
    /// The account that it belongs to.
    pub account: &'a str,
    /// The key's identifier.
    pub key: &'a str,
    /// The version of the key.
    pub version: u32,
}

/// A key version as the caller keeps it: wrapped and sealed, worth nothing without the HSM.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stored {
    /// Its kind.
    pub kind: Kind,
    /// What it may be used for.
    pub usage: Usage,
    /// The identifier of the key-encryption key (16 bytes) and the wrapped key.
    pub wrapped: Vec<u8>,
    /// The identifier of the row-seal key (16 bytes) and the HMAC-SHA256 over everything else and the binding.
    pub seal: Vec<u8>,
    /// The public key, as a DER `SubjectPublicKeyInfo`.
    pub public: Option<Vec<u8>>,
}

/// A key version that lives wholly in the HSM, under an identifier that follows from its binding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resident {
    /// Its kind.
    pub kind: Kind,
    /// What it may be used for.
    pub usage: Usage,
    /// The public key, as a DER `SubjectPublicKeyInfo`.
    pub public: Option<Vec<u8>>,
}

/// Where a key version is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Material {
    /// In the HSM.
    Resident(Resident),
    /// With the caller, wrapped.
    Wrapped(Stored),
}

impl Material {
    /// Returns the kind of the key.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Resident(key) => key.kind,
            Self::Wrapped(key) => key.kind,
        }
    }

    /// Returns what the key may be used for.
    #[must_use]
    pub fn usage(&self) -> Usage {
        match self {
            Self::Resident(key) => key.usage,
            Self::Wrapped(key) => key.usage,
        }
    }

    /// Returns the public key, as a DER `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn public(&self) -> Option<&[u8]> {
        match self {
            Self::Resident(key) => key.public.as_deref(),
            Self::Wrapped(key) => key.public.as_deref(),
        }
    }
}

impl From<Stored> for Material {
    fn from(key: Stored) -> Self {
        Self::Wrapped(key)
    }
}

impl From<Resident> for Material {
    fn from(key: Resident) -> Self {
        Self::Resident(key)
    }
}

/// Encodes what a seal covers: each field behind its length, so that no two keys have the same encoding.
pub(super) fn canonical(binding: &Binding<'_>, key: &Stored) -> Vec<u8> {
    let (kind, usage) = (key.kind.to_string(), key.usage.to_string());
    let version = binding.version.to_be_bytes();
    let fields: [&[u8]; 8] = [
        b"dew stored key 1",
        binding.account.as_bytes(),
        binding.key.as_bytes(),
        &version,
        kind.as_bytes(),
        usage.as_bytes(),
        &key.wrapped,
        key.public.as_deref().unwrap_or_default(),
    ];
    let mut encoded = Vec::with_capacity(256 + key.wrapped.len());
    for field in fields {
        let len = u32::try_from(field.len()).expect("a field is far below 4 GiB");
        encoded.extend_from_slice(&len.to_be_bytes());
        encoded.extend_from_slice(field);
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let sized = [
            Kind::Aes { bits: 256 },
            Kind::Hmac { bytes: 48 },
            Kind::Rsa { bits: 3072 },
        ];
        for kind in sized.into_iter().chain(KINDS.map(|row| row.1)) {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        for (name, usage) in USAGES {
            assert_eq!(
                (name.parse(), usage.to_string().as_str()),
                (Ok(usage), name)
            );
        }
        assert!("rsa-".parse::<Kind>().is_err());
    }

    #[test]
    fn the_encoding_tells_fields_apart() {
        let key = Stored {
            kind: Kind::Aes { bits: 256 },
            usage: Usage::Encrypt,
            wrapped: vec![1, 2],
            seal: vec![],
            public: None,
        };
        let binding = |account, key| Binding {
            account,
            key,
            version: 1,
        };
        assert_ne!(
            canonical(&binding("ab", "c"), &key),
            canonical(&binding("a", "bc"), &key)
        );
    }
}
