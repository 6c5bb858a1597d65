//! Versions of a key's material, as the database keeps them.

use kit::api::Failure;
use kit::db::{Database, Tx, Value};
use kit::hsm::{Binding, Material, Resident, Stored};
use kit::sql;

use crate::choices;
use crate::key::Key;
use crate::vault::{Held, cluster_of, kind_and_usage};

/// When an object was intended that no version can take any more; the statements of the sweep write the same.
const GIVEN_UP_MS: i64 = 0;

/// Reads a version of a key that must be there.
///
/// # Errors
/// An internal error if it is not there, or the key store's refusal.
pub(crate) fn load(tx: &mut Tx<'_>, key: &Key, version: u32) -> Result<Held, Failure> {
    find(tx, key, version)?
        .ok_or_else(|| Failure::internal(format_args!("key {} has no version {version}", key.id)))
}

/// Reads the version that a ciphertext names.
///
/// # Errors
/// `KMS.2201` if the key has no such version, or the key store's refusal.
pub(crate) fn load_used(tx: &mut Tx<'_>, key: &Key, version: u32) -> Result<Held, Failure> {
    find(tx, key, version)?.ok_or_else(|| Failure::refused(choices::CIPHERTEXT))
}

fn find(tx: &mut Tx<'_>, key: &Key, version: u32) -> Result<Option<Held>, Failure> {
    let (kind, usage) = kind_and_usage(key)?;
    let row = tx.row(
        sql!("select_version"),
        &[
            Value::from(key.id.as_str()),
            Value::from(i64::from(version)),
        ],
    )?;
    let Some(row) = row else { return Ok(None) };
    let public = row.maybe_blob("public_key")?;
    let material = match row.maybe_blob("wrapped")?.zip(row.maybe_blob("seal")?) {
        Some((wrapped, seal)) => Material::Wrapped(Stored {
            kind,
            usage,
            wrapped,
            seal,
            public,
        }),
        None => Material::Resident(Resident {
            kind,
            usage,
            public,
        }),
    };
    Ok(Some(Held {
        cluster: cluster_of(tx, key)?,
        account: key.account_id.clone(),
        key: key.id.clone(),
        version,
        material,
    }))
}

/// The name of a version as an object in the HSM.
pub(crate) fn resident_name(binding: &Binding<'_>) -> String {
    format!("{}/{}/{}", binding.account, binding.key, binding.version)
}

/// Notes that the version after a key's newest is about to be made in the HSM, and returns its number.
///
/// What another attempt has left behind, or is making just now, has a number of its own: so nobody waits for the sweep.
///
/// # Errors
/// The key has another version by now, or the database fails.
pub(crate) fn intend(
    db: &Database,
    cluster: Option<&str>,
    key: &Key,
    now_ms: i64,
) -> Result<u32, Failure> {
    db.write(|tx| {
        let stored = Key::load(tx, &key.id, now_ms)?;
        if stored.is_some_and(|stored| stored.version != key.version) {
            return Err(Failure::unavailable(
                "the key was rotated at the same moment",
            ));
        }
        let mut version = key.version;
        loop {
            version = version
                .checked_add(1)
                .ok_or_else(|| Failure::internal("a key has no more versions"))?;
            let binding = Binding {
                account: &key.account_id,
                key: &key.id,
                version,
            };
            let noted = tx.execute(
                sql!("put_intent"),
                &[
                    Value::from(resident_name(&binding)),
                    Value::from(cluster.unwrap_or_default()),
                    Value::from(now_ms),
                ],
            )?;
            if noted == 1 {
                return Ok(version);
            }
        }
    })
}

/// Sees to it that a version which was made in the HSM is swept even if it was given up while it was being made: the
/// sweep may have come before there was anything to destroy.
///
/// # Errors
/// The database fails.
pub(crate) fn made(
    db: &Database,
    cluster: Option<&str>,
    binding: &Binding<'_>,
) -> Result<(), Failure> {
    let values = [
        Value::from(resident_name(binding)),
        Value::from(cluster.unwrap_or_default()),
        Value::from(GIVEN_UP_MS),
    ];
    db.write(|tx| {
        tx.execute(sql!("put_intent"), &values)?;
        Ok(())
    })
}

/// Writes a new version.
///
/// # Errors
/// The object in the HSM has been given up, because it took too long; or the database fails.
pub(crate) fn insert(tx: &mut Tx<'_>, held: &Held, now_ms: i64) -> Result<(), Failure> {
    let (wrapped, seal, resident) = match &held.material {
        Material::Wrapped(stored) => (
            Some(stored.wrapped.clone()),
            Some(stored.seal.clone()),
            None,
        ),
        Material::Resident(_) => {
            let name = resident_name(&Binding {
                account: &held.account,
                key: &held.key,
                version: held.version,
            });
            let kept = tx.execute(sql!("keep_intended"), &[Value::from(name.as_str())])?;
            if kept == 0 {
                return Err(Failure::unavailable(
                    "making the version took so long that it was given up",
                ));
            }
            (None, None, Some(name))
        }
    };
    let outcome = tx.execute(
        sql!("insert_version"),
        &[
            Value::from(held.key.as_str()),
            Value::from(i64::from(held.version)),
            Value::from(now_ms),
            Value::from(wrapped),
            Value::from(seal),
            Value::from(held.public_key().map(<[u8]>::to_vec)),
            Value::from(resident),
        ],
    );
    match outcome {
        Ok(_) => Ok(()),
        // PostgreSQL says so before it says that the transaction has lost to another.
        Err(error) if error.is_conflict() => Err(Failure::unavailable(
            "the key got another version at the same moment",
        )),
        Err(error) => Err(error.into()),
    }
}

/// Writes the one version of an imported key, whatever was there.
///
/// # Errors
/// The database fails.
pub(crate) fn replace(tx: &mut Tx<'_>, held: &Held, now_ms: i64) -> Result<(), Failure> {
    delete_all(tx, &held.key)?;
    insert(tx, held, now_ms)
}

/// Deletes all versions of a key.
///
/// # Errors
/// The database fails.
pub(crate) fn delete_all(tx: &mut Tx<'_>, key_id: &str) -> Result<(), Failure> {
    tx.execute(sql!("delete_versions"), &[Value::from(key_id)])?;
    Ok(())
}

/// Makes a new version the newest of its key.
///
/// # Errors
/// The database fails.
pub(crate) fn advance(
    tx: &mut Tx<'_>,
    key: &mut Key,
    next: &Held,
    now_ms: i64,
) -> Result<(), Failure> {
    insert(tx, next, now_ms)?;
    key.version = next.version;
    key.rotation.last_ms = Some(now_ms);
    key.rotation.from_ms = now_ms;
    key.rotation.count += 1;
    key.update(tx)
}
