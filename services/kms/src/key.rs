//! A key as the database has it, and as clients see it.

use kit::api::{Failure, Subject};
use kit::db::{Row, Tx, Value};
use kit::sql;
use serde_json::json;

use crate::choices;
use crate::spec::{self, Family, Purpose, Spec};
use crate::state::State;

/// A key.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The identifier.
    pub(crate) id: String,
    /// The account that owns it.
    pub(crate) account_id: String,
    /// The project that it is in.
    pub(crate) project_id: String,
    /// The name: `key_alias` in the contract.
    pub(crate) name: String,
    /// The description.
    pub(crate) description: String,
    /// The kind.
    pub(crate) spec: &'static Spec,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// Whether its material is imported.
    pub(crate) is_external: bool,
    /// Where it is in its life, as of the moment at which it was read.
    pub(crate) state: State,
    /// Whether KMS made it for another service.
    pub(crate) is_default: bool,
    /// The enterprise project.
    pub(crate) enterprise_project: String,
    /// The key store; `0` is the default one.
    pub(crate) keystore_id: String,
    /// When it was made, in milliseconds after 1970, as all times here.
    pub(crate) created_ms: i64,
    /// When it will be deleted.
    pub(crate) deletion_ms: Option<i64>,
    /// When its material expires.
    pub(crate) expiration_ms: Option<i64>,
    /// The newest version of the material; 0 while there is none.
    pub(crate) version: u32,
    /// The public half as DER `SubjectPublicKeyInfo`.
    pub(crate) public_key: Option<Vec<u8>>,
    /// How it rotates.
    pub(crate) rotation: Rotation,
    /// What the first imported material was.
    pub(crate) first_material: Option<Material>,
}

/// How a key rotates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation {
    /// Whether it rotates by itself.
    pub(crate) is_on: bool,
    /// Days between rotations.
    pub(crate) days: i64,
    /// The moment from which the interval counts.
    pub(crate) from_ms: i64,
    /// The last rotation.
    pub(crate) last_ms: Option<i64>,
    /// How often it has rotated.
    pub(crate) count: i64,
}

impl Rotation {
    /// A new key rotates only when it is told to.
    pub(crate) const fn off(now_ms: i64) -> Self {
        Self {
            is_on: false,
            days: choices::ROTATION_DAYS.2,
            from_ms: now_ms,
            last_ms: None,
            count: 0,
        }
    }
}

/// A fingerprint of imported material.
#[derive(Clone, Debug)]
pub(crate) struct Material {
    /// What the fingerprint was made with.
    pub(crate) salt: Vec<u8>,
    /// The fingerprint.
    pub(crate) check: Vec<u8>,
}

impl Key {
    /// Reads a key. One whose date of deletion has come is not there any more, and one whose material has expired is
    /// without it, whether or not the work that is due has been done.
    ///
    /// # Errors
    /// The database fails, or a row is broken.
    pub(crate) fn load(tx: &mut Tx<'_>, id: &str, now_ms: i64) -> Result<Option<Self>, Failure> {
        let row = tx.row(sql!("select_key"), &[Value::from(id)])?;
        row.map_or(Ok(None), |row| Self::of_row(&row, now_ms))
    }

    /// Reads a key from a row of all columns, as of a moment.
    ///
    /// # Errors
    /// The row is broken.
    pub(crate) fn of_row(row: &Row, now_ms: i64) -> Result<Option<Self>, Failure> {
        let id = row.text("key_id")?;
        let broken = |what: &str| Failure::internal(format_args!("key {id}: {what} is broken"));
        let mut key = Self {
            account_id: row.text("account_id")?,
            project_id: row.text("project_id")?,
            name: row.text("name")?,
            description: row.text("description")?,
            spec: spec::named(&row.text("spec")?).ok_or_else(|| broken("spec"))?,
            purpose: Purpose::named(&row.text("purpose")?).ok_or_else(|| broken("purpose"))?,
            is_external: row.text("origin")? == "external",
            state: State::from_number(row.int("state")?).ok_or_else(|| broken("state"))?,
            is_default: row.flag("is_default")?,
            enterprise_project: row.text("enterprise_project")?,
            keystore_id: row.text("keystore_id")?,
            created_ms: row.int("created_ms")?,
            deletion_ms: row.maybe_int("deletion_ms")?,
            expiration_ms: row.maybe_int("expiration_ms")?,
            version: u32::try_from(row.int("version")?).map_err(|_| broken("version"))?,
            public_key: row.maybe_blob("public_key")?,
            rotation: Rotation {
                is_on: row.flag("rotates")?,
                days: row.int("rotation_days")?,
                from_ms: row.int("rotation_from_ms")?,
                last_ms: row.maybe_int("last_rotation_ms")?,
                count: row.int("rotations")?,
            },
            first_material: row
                .maybe_blob("material_salt")?
                .zip(row.maybe_blob("material_check")?)
                .map(|(salt, check)| Material { salt, check }),
            id,
        };
        let is_gone = key.state == State::PendingDeletion
            && key.deletion_ms.is_some_and(|when| when <= now_ms);
        if is_gone {
            return Ok(None);
        }
        key.expire(now_ms);
        Ok(Some(key))
    }

    /// Takes the material away if its time has come.
    fn expire(&mut self, now_ms: i64) {
        if self.expiration_ms.is_none_or(|when| when > now_ms) {
            return;
        }
        // The moment stays until what is due has been done: a change that comes first must not hide it from that.
        self.version = 0;
        if matches!(self.state, State::Enabled | State::Disabled) {
            self.state = State::PendingImport;
        }
    }

    /// Writes a new key.
    ///
    /// # Errors
    /// The name is taken (`KMS.1104`), or the database fails.
    pub(crate) fn insert(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let written = tx.execute(
            sql!("insert_key"),
            &[
                Value::from(self.id.as_str()),
                Value::from(self.account_id.as_str()),
                Value::from(self.project_id.as_str()),
                Value::from(self.name.as_str()),
                Value::from(self.description.as_str()),
                Value::from(self.spec.name),
                Value::from(self.purpose.name()),
                Value::from(self.origin()),
                Value::from(self.state.number()),
                Value::from(self.is_default),
                Value::from(self.enterprise_project.as_str()),
                Value::from(self.keystore_id.as_str()),
                Value::from(self.created_ms),
                Value::from(i64::from(self.version)),
                Value::from(self.public_key.clone()),
                Value::from(self.rotation.days),
                Value::from(self.rotation.from_ms),
            ],
        )?;
        if written == 1 {
            Ok(())
        } else {
            Err(Failure::refused(1104))
        }
    }

    /// Writes all that can change of a key.
    ///
    /// # Errors
    /// The name is taken (`KMS.1104`), or the database fails.
    pub(crate) fn update(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (salt, check) = self
            .first_material
            .clone()
            .map(|material| (material.salt, material.check))
            .unzip();
        let outcome = tx.execute(
            sql!("update_key"),
            &[
                Value::from(self.id.as_str()),
                Value::from(self.name.as_str()),
                Value::from(self.description.as_str()),
                Value::from(self.state.number()),
                Value::from(self.deletion_ms),
                Value::from(self.expiration_ms),
                Value::from(i64::from(self.version)),
                Value::from(self.public_key.clone()),
                Value::from(self.rotation.is_on),
                Value::from(self.rotation.days),
                Value::from(self.rotation.from_ms),
                Value::from(self.rotation.last_ms),
                Value::from(self.rotation.count),
                Value::from(salt),
                Value::from(check),
                Value::from(self.enterprise_project.as_str()),
            ],
        );
        match outcome {
            Ok(1) => Ok(()),
            Ok(_) => Err(Failure::refused(207)),
            Err(error) if error.is_conflict() => Err(Failure::refused(1104)),
            Err(error) => Err(error.into()),
        }
    }

    /// Where the material comes from, as the contract writes it.
    #[must_use]
    pub(crate) const fn origin(&self) -> &'static str {
        if self.is_external { "external" } else { "kms" }
    }

    /// The name of the key as a resource of policies: `kms:<region>:<account>:KeyId:<key>`.
    #[must_use]
    pub(crate) fn urn(&self, region: &str) -> String {
        format!("kms:{region}:{}:KeyId:{}", self.account_id, self.id)
    }

    /// The key as traces tell of it.
    #[must_use]
    pub(crate) fn subject(&self) -> Subject {
        Subject {
            id: self.id.clone(),
            name: self.name.clone(),
            enterprise_project: self.enterprise_project.clone(),
            account_id: self.account_id.clone(),
            project_id: self.project_id.clone(),
        }
    }

    /// The key object of the contract: every member is a text.
    #[must_use]
    pub(crate) fn describe(&self, region: &str) -> serde_json::Value {
        let moment = |when: Option<i64>| when.map_or_else(String::new, |ms| ms.to_string());
        json!({
            "key_id": self.id,
            "domain_id": self.account_id,
            "key_alias": self.name,
            "realm": region,
            "key_spec": self.spec.name,
            "key_usage": self.purpose.name(),
            "key_description": self.description,
            "creation_date": self.created_ms.to_string(),
            "scheduled_deletion_date": moment(self.deletion_ms),
            "key_state": self.state.text(),
            "default_key_flag": if self.is_default { "1" } else { "0" },
            "key_type": "1",
            "expiration_time": moment(self.expiration_ms.filter(|_| self.version > 0)),
            "origin": self.origin(),
            "key_rotation_enabled": if self.rotation.is_on { "true" } else { "false" },
            "sys_enterprise_project_id": self.enterprise_project,
            "keystore_id": self.keystore_id,
        })
    }

    /// Refuses what a default key does not let be done to it.
    ///
    /// # Errors
    /// `KMS.0211`.
    pub(crate) fn refuse_default(&self) -> Result<(), Failure> {
        if self.is_default {
            Err(Failure::refused(211))
        } else {
            Ok(())
        }
    }

    /// Refuses keys that are not symmetric, in the words for their family.
    ///
    /// # Errors
    /// `KMS.0325` or `KMS.0341`.
    pub(crate) fn need_symmetric(&self) -> Result<(), Failure> {
        match self.spec.family {
            Family::Symmetric => Ok(()),
            Family::Hmac => Err(Failure::refused(341)),
            Family::Curve | Family::Rsa => Err(Failure::refused(325)),
        }
    }

    /// Refuses keys that do not sign.
    ///
    /// # Errors
    /// `KMS.0331`, `KMS.0334` or `KMS.0341`.
    pub(crate) fn need_signing(&self) -> Result<(), Failure> {
        match (self.spec.family, self.purpose) {
            (Family::Curve | Family::Rsa, Purpose::Sign) => Ok(()),
            (Family::Curve | Family::Rsa, _) => Err(Failure::refused(334)),
            (Family::Hmac, _) => Err(Failure::refused(341)),
            (Family::Symmetric, _) => Err(Failure::refused(331)),
        }
    }

    /// Refuses keys that do not encrypt.
    ///
    /// # Errors
    /// `KMS.0335` or `KMS.0341`.
    pub(crate) fn need_encrypting(&self) -> Result<(), Failure> {
        match (self.spec.family, self.purpose) {
            (_, Purpose::Encrypt) => Ok(()),
            (Family::Hmac, _) => Err(Failure::refused(341)),
            _ => Err(Failure::refused(335)),
        }
    }

    /// Refuses keys that make no MACs.
    ///
    /// # Errors
    /// `KMS.0325` or `KMS.0331`.
    pub(crate) fn need_mac(&self) -> Result<(), Failure> {
        match self.spec.family {
            Family::Hmac => Ok(()),
            Family::Symmetric => Err(Failure::refused(331)),
            Family::Curve | Family::Rsa => Err(Failure::refused(325)),
        }
    }
}
