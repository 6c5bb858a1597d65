//! From a key's row to its material in the HSM: the only way to it.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use der::pem::LineEnding;
use kit::api::Failure;
use kit::caller::Caller;
use kit::db::{Database, Tx, Value};
use kit::hsm::{
    Binding, Error, Hash, Hsm, Import, Kind as HsmKind, Material as HsmMaterial, Message,
    SALT_BYTES, SignAlgorithm, Stored, Usage,
};
use kit::sql;
use zeroize::Zeroizing;

use crate::header::{Context, Header, Kind};
use crate::key::{Key, Material};
use crate::spec::{Purpose, Spec};
use crate::{choices, version};

/// The version under which the pair of an import is bound to its key: materials count from 1.
const IMPORT_VERSION: u32 = 0;

/// What the configuration says of the key service.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The most custom keys of an account.
    pub keys_max: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keys_max: choices::KEYS_MAX,
        }
    }
}

/// An HSM that keys can live in.
#[derive(Clone)]
pub struct Store {
    /// The HSM.
    pub hsm: Hsm,
    /// Whether keys stay in the HSM wholly, instead of being kept wrapped in the database.
    pub is_resident: bool,
    /// The names or identifiers of the accounts that may take it into use as a key store; `None` is all of them.
    pub accounts: Option<Vec<String>>,
}

impl Store {
    fn is_for(&self, caller: &Caller) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| {
            accounts
                .iter()
                .any(|account| *account == caller.account_name || *account == caller.account_id)
        })
    }
}

/// All HSMs of this server.
pub struct Vault {
    default: Store,
    clusters: BTreeMap<String, Store>,
}

/// A version of a key's material, with all that its use needs.
pub(crate) struct Held {
    /// The HSM cluster, unless it is the default one.
    pub(crate) cluster: Option<String>,
    /// The account that owns the key.
    pub(crate) account: String,
    /// The key.
    pub(crate) key: String,
    /// The version.
    pub(crate) version: u32,
    /// The material.
    pub(crate) material: HsmMaterial,
}

impl Held {
    /// The public half as DER `SubjectPublicKeyInfo`, if there is one.
    #[must_use]
    pub(crate) fn public_key(&self) -> Option<&[u8]> {
        self.material.public()
    }

    fn binding(&self) -> Binding<'_> {
        Binding {
            account: &self.account,
            key: &self.key,
            version: self.version,
        }
    }
}

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
    /// Makes a vault of the default HSM and those that key stores can name.
    #[must_use]
    pub const fn new(default: Store, clusters: BTreeMap<String, Store>) -> Self {
        Self { default, clusters }
    }

    /// Tells whether the configuration names an HSM cluster for the caller's account.
    #[must_use]
    pub(crate) fn offers(&self, cluster: &str, caller: &Caller) -> bool {
        let store = self.clusters.get(cluster);
        store.is_some_and(|store| store.is_for(caller))
    }

    /// The default HSM.
    #[must_use]
    pub const fn default_hsm(&self) -> &Hsm {
        &self.default.hsm
    }

    /// Every HSM with the name of its cluster; the default one has none.
    pub fn stores(&self) -> impl Iterator<Item = (Option<&str>, &Store)> {
        let others = self
            .clusters
            .iter()
            .map(|(name, store)| (Some(name.as_str()), store));
        std::iter::once((None, &self.default)).chain(others)
    }

    fn of(&self, cluster: Option<&str>) -> Result<&Store, Failure> {
        match cluster {
            None => Ok(&self.default),
            Some(name) => self.clusters.get(name).ok_or_else(|| {
                Failure::unavailable(format_args!(
                    "the configuration names no HSM cluster {name}, in which keys live"
                ))
            }),
        }
    }

    fn hsm(&self, held: &Held) -> Result<&Hsm, Failure> {
        Ok(&self.of(held.cluster.as_deref())?.hsm)
    }

    /// Finds what a kind of key is in an HSM, if that offers it.
    ///
    /// # Errors
    /// `KMS.1110` if it does not.
    pub(crate) fn kind(&self, cluster: Option<&str>, spec: &Spec) -> Result<HsmKind, Failure> {
        let store = self.of(cluster)?;
        if !store.hsm.health().up {
            return Err(Failure::unavailable("the HSM is away"));
        }
        spec.kind
            .filter(|kind| store.hsm.offers(*kind))
            .ok_or_else(|| {
                Failure::because(
                    choices::KIND_NOT_OFFERED,
                    format_args!("The HSM behind this server does not offer {}.", spec.name),
                )
            })
    }

    /// Generates the version of a key's material that comes after its newest.
    ///
    /// # Errors
    /// The HSM or the database fails.
    pub(crate) fn generate(
        &self,
        db: &Database,
        cluster: Option<&str>,
        key: &Key,
        now_ms: i64,
    ) -> Result<Held, Failure> {
        let store = self.of(cluster)?;
        let (kind, usage) = kind_and_usage(key)?;
        let version = if store.is_resident {
            // What is noted here and becomes no version is swept out of the HSM: nothing is left behind by a crash.
            version::intend(db, cluster, key, now_ms)?
        } else {
            key.version
                .checked_add(1)
                .ok_or_else(|| Failure::internal("a key has no more versions"))?
        };
        let binding = Binding {
            account: &key.account_id,
            key: &key.id,
            version,
        };
        let material = if store.is_resident {
            let made = store.hsm.generate_resident(&binding, kind, usage);
            version::made(db, cluster, &binding)?;
            made.map(HsmMaterial::from).map_err(|error| match error {
                // What was swept under this number is not yet gone.
                Error::Invalid { .. } => Failure::unavailable(error),
                other => fault(other),
            })
        } else {
            let made = store.hsm.generate(&binding, kind, usage);
            made.map(HsmMaterial::from).map_err(fault)
        };
        Ok(Held {
            cluster: cluster.map(str::to_owned),
            account: key.account_id.clone(),
            key: key.id.clone(),
            version,
            material: material?,
        })
    }

    /// Generates the version after a key's newest.
    ///
    /// # Errors
    /// The HSM or the database fails.
    pub(crate) fn next_version(
        &self,
        db: &Database,
        key: &Key,
        now_ms: i64,
    ) -> Result<Held, Failure> {
        let cluster = db.read(|tx| cluster_of(tx, key))?;
        self.generate(db, cluster.as_deref(), key, now_ms)
    }

    /// Draws random bytes in the default HSM.
    ///
    /// # Errors
    /// See [`kit::hsm::Error`].
    pub(crate) fn random(&self, bytes: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.default.hsm.random(bytes)
    }

    /// Draws random bytes in the HSM of a key.
    ///
    /// # Errors
    /// The HSM fails.
    pub(crate) fn random_of(
        &self,
        held: &Held,
        bytes: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        self.hsm(held)?.random(bytes).map_err(fault)
    }

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

    /// Lets go of what is unwrapped of a key.
    pub(crate) fn forget(&self, key_id: &str) {
        for (_, store) in self.stores() {
            store.hsm.forget(key_id);
        }
    }
}

/// Finds the cluster of a key's store, which must be in use in the key's project; the default one has none.
///
/// # Errors
/// `KMS.8003` if the project has no such store, `KMS.0340` if it is switched off.
pub(crate) fn cluster_of(tx: &mut Tx<'_>, key: &Key) -> Result<Option<String>, Failure> {
    if key.keystore_id == choices::DEFAULT_KEYSTORE {
        return Ok(None);
    }
    let row = tx
        .row(
            sql!("select_keystore_of_key"),
            &[
                Value::from(key.keystore_id.as_str()),
                Value::from(key.account_id.as_str()),
                Value::from(key.project_id.as_str()),
            ],
        )?
        .ok_or_else(|| Failure::refused(8003))?;
    if row.int("state")? != 2 {
        return Err(Failure::because(340, "The key store is disabled."));
    }
    Ok(Some(row.text("cluster_id")?))
}

/// What a key is in the HSM, and the one thing that it may do there.
pub(crate) fn kind_and_usage(key: &Key) -> Result<(HsmKind, Usage), Failure> {
    let kind = key
        .spec
        .kind
        .ok_or_else(|| Failure::internal(format_args!("no HSM offers {}", key.spec.name)))?;
    let usage = match key.purpose {
        Purpose::Agree => Usage::Agree,
        Purpose::Encrypt => Usage::Encrypt,
        Purpose::Mac => Usage::Mac,
        Purpose::Sign => Usage::Sign,
    };
    Ok((kind, usage))
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

/// What the HSM's errors are to a client.
pub(crate) fn fault(error: Error) -> Failure {
    match error {
        Error::Unavailable { .. } | Error::Busy { .. } => Failure::unavailable(error),
        Error::NotOffered { what } => Failure::because(
            choices::KIND_NOT_OFFERED,
            format_args!("The HSM behind this server does not offer {what}."),
        ),
        other => Failure::internal(other),
    }
}

/// The same, with a number for what was given and does not belong together.
fn refused_as(error: Error, number: u16) -> Failure {
    match error {
        Error::Refused { .. } => Failure::refused(number),
        other => fault(other),
    }
}

/// The same for imports: a number for what does not unwrap, and one for another length.
fn import_fault(error: Error, unwrapping: u16, length: u16) -> Failure {
    match error {
        Error::Length { .. } => Failure::refused(length),
        other => refused_as(other, unwrapping),
    }
}
