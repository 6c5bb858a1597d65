//! Kinds of keys, and what they are for.

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
}
