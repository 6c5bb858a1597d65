//! Default keys: made by KMS when another service first needs one for a project.

use kit::api::Failure;
use kit::db::{Database, Value};
use kit::id;
use kit::sql;
use kit::trail::{self, Record};

use crate::fields::DEFAULT_SUFFIX;
use crate::key::{Key, Rotation};
use crate::spec::{self, Purpose};
use crate::state::State;
use crate::{Kms, choices, version};

/// Whose default key is meant.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The account.
    pub account_id: &'a str,
    /// The project.
    pub project_id: &'a str,
}

/// Finds the default key of a service for a project, and makes it when there is none: an AES-256 key of the name
/// `<service>/default`. Returns its identifier.
///
/// # Errors
/// The HSM or the database fails.
pub fn ensure_default(
    kms: &Kms,
    db: &Database,
    owner: Owner<'_>,
    service: &str,
    now_ms: i64,
) -> Result<String, Failure> {
    let name = format!("{service}{DEFAULT_SUFFIX}");
    if let Some(id) = find(db, owner, &name)? {
        return Ok(id);
    }
    let mut key = blank(owner, name.clone(), now_ms)?;
    let held = kms.vault.generate(db, None, &key, now_ms)?;
    key.version = held.version;
    let made = db.write(|tx| {
        key.insert(tx)?;
        version::insert(tx, &held, now_ms)?;
        let owner = (owner.account_id, owner.project_id);
        let record = Record::of_system(
            "KMS",
            "createKey",
            "CMK",
            now_ms,
            owner,
            (&key.id, &key.name),
        );
        trail::append(tx, &record)?;
        Ok::<_, Failure>(())
    });
    match made {
        Ok(()) => Ok(key.id),
        // Another request came first: its key is the one.
        Err(failure) if failure.number() == Some(1104) => find(db, owner, &name)?
            .ok_or_else(|| Failure::internal(format_args!("the default key {name} is gone"))),
        Err(failure) => Err(failure),
    }
}

fn find(db: &Database, owner: Owner<'_>, name: &str) -> Result<Option<String>, Failure> {
    db.read(|tx| {
        let row = tx.row(
            sql!("select_key_by_name"),
            &[Value::from(owner.project_id), Value::from(name)],
        )?;
        Ok(row.map(|row| row.text("key_id")).transpose()?)
    })
}

fn blank(owner: Owner<'_>, name: String, now_ms: i64) -> Result<Key, Failure> {
    Ok(Key {
        id: id::uuid(),
        account_id: owner.account_id.to_owned(),
        project_id: owner.project_id.to_owned(),
        name,
        description: String::new(),
        spec: spec::named("AES_256").ok_or_else(|| Failure::internal("there is no AES_256"))?,
        purpose: Purpose::Encrypt,
        is_external: false,
        state: State::Enabled,
        is_default: true,
        enterprise_project: "0".to_owned(),
        keystore_id: choices::DEFAULT_KEYSTORE.to_owned(),
        created_ms: now_ms,
        deletion_ms: None,
        expiration_ms: None,
        version: 0,
        public_key: None,
        rotation: Rotation::off(now_ms),
        first_material: None,
    })
}
