//! Key versions: which one is meant, and where its material is.

use super::{Kind, Usage};

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
