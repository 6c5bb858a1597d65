//! From a key's row to its material in the HSM: the only way to it.

mod imports;
mod uses;

use std::collections::BTreeMap;

use kit::api::Failure;
use kit::caller::Caller;
use kit::db::{Database, Tx, Value};
use kit::hsm::{Binding, Error, Hsm, Kind as HsmKind, Material as HsmMaterial, Usage};
use kit::sql;
use zeroize::Zeroizing;

pub(crate) use imports::{Imported, Pair};
pub(crate) use uses::{header_of, pem};

use crate::key::Key;
use crate::spec::{Purpose, Spec};
use crate::{choices, version};

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
