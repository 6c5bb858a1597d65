//! Material from outside: the pair that it is wrapped for, and taking it in.

use aws_lc_rs::digest::{SHA256, digest};
use kit::api::Failure;
use kit::hsm::{
    Binding, Error, Import, Kind as HsmKind, Material as HsmMaterial, SALT_BYTES, Stored, Usage,
};

use super::{Held, Vault, fault, kind_and_usage, refused_as};
use crate::key::{Key, Material};

/// The version under which the pair of an import is bound to its key: materials count from 1.
const IMPORT_VERSION: u32 = 0;

/// The pair that material is wrapped for, as the database keeps it.
pub(crate) struct Pair {
    /// The private half, wrapped in the HSM.
    pub(crate) wrapped: Vec<u8>,
    /// The seal over it.
    pub(crate) seal: Vec<u8>,
    /// The public half as DER `SubjectPublicKeyInfo`.
    pub(crate) public: Vec<u8>,
}

/// Material that came from outside.
pub(crate) struct Imported {
    /// The material.
    pub(crate) held: Held,
    /// Its fingerprint.
    pub(crate) material: Material,
}

impl Vault {
    /// Makes the pair that material for a key is wrapped for.
    ///
    /// # Errors
    /// The HSM fails, or does not offer it.
    pub(crate) fn import_pair(&self, key: &Key) -> Result<Pair, Failure> {
        let stored = self
            .default
            .hsm
            .import_pair(&import_binding(key))
            .map_err(fault)?;
        let public = stored
            .public
            .ok_or_else(|| Failure::internal("the HSM made a pair without a public half"))?;
        Ok(Pair {
            wrapped: stored.wrapped,
            seal: stored.seal,
            public,
        })
    }

    /// Takes in a symmetric key.
    ///
    /// # Errors
    /// `KMS.0311` if it does not decrypt, `KMS.2604` if it has another length; or the HSM fails.
    pub(crate) fn import_symmetric(
        &self,
        key: &Key,
        pair: &Pair,
        blob: &[u8],
        salt: Vec<u8>,
    ) -> Result<Imported, Failure> {
        let (kind, _) = kind_and_usage(key)?;
        let salt_bytes: [u8; SALT_BYTES] = salt
            .as_slice()
            .try_into()
            .map_err(|_| Failure::internal("the salt of a fingerprint is broken"))?;
        let binding = material_binding(key);
        let (stored, check) = self
            .default
            .hsm
            .import_symmetric(
                &Import {
                    binding: &import_binding(key),
                    pair: &pair_material(pair),
                },
                blob,
                (&binding, kind),
                &salt_bytes,
            )
            .map_err(|error| import_fault(error, 311, 2604))?;
        Ok(Imported {
            held: held_by(key, stored),
            material: Material {
                salt,
                check: check.to_vec(),
            },
        })
    }

    /// Takes in a private key.
    ///
    /// # Errors
    /// `KMS.0311` if the temporary key does not decrypt, `KMS.2610` if it has another length, `KMS.2609` if the private
    /// key is none of the key's kind; or the HSM fails.
    pub(crate) fn import_private(
        &self,
        key: &Key,
        pair: &Pair,
        wrapper: &[u8],
        private: &[u8],
    ) -> Result<Imported, Failure> {
        let kind = kind_and_usage(key)?;
        let stored = self
            .default
            .hsm
            .import_private(
                &Import {
                    binding: &import_binding(key),
                    pair: &pair_material(pair),
                },
                (wrapper, private),
                &material_binding(key),
                kind,
            )
            .map_err(|error| import_fault(error, 2609, 2610))?;
        let public = stored.public.as_deref().unwrap_or_default();
        let material = Material {
            salt: Vec::new(),
            check: digest(&SHA256, public).as_ref().to_vec(),
        };
        Ok(Imported {
            held: held_by(key, stored),
            material,
        })
    }
}

fn import_binding(key: &Key) -> Binding<'_> {
    Binding {
        account: &key.account_id,
        key: &key.id,
        version: IMPORT_VERSION,
    }
}

/// Imported material is bound to its key for life, so it is always the first version.
fn material_binding(key: &Key) -> Binding<'_> {
    Binding {
        account: &key.account_id,
        key: &key.id,
        version: 1,
    }
}

fn pair_material(pair: &Pair) -> HsmMaterial {
    HsmMaterial::Wrapped(Stored {
        kind: HsmKind::Rsa { bits: 2_048 },
        usage: Usage::Import,
        wrapped: pair.wrapped.clone(),
        seal: pair.seal.clone(),
        public: Some(pair.public.clone()),
    })
}

fn held_by(key: &Key, stored: Stored) -> Held {
    Held {
        cluster: None,
        account: key.account_id.clone(),
        key: key.id.clone(),
        version: 1,
        material: stored.into(),
    }
}

/// The same for imports: a number for what does not unwrap, and one for another length.
fn import_fault(error: Error, unwrapping: u16, length: u16) -> Failure {
    match error {
        Error::Length { .. } => Failure::refused(length),
        other => refused_as(other, unwrapping),
    }
}
