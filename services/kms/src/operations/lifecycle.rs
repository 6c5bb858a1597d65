//! Making keys, switching them on and off, naming them, and their end.

use std::sync::Arc;

use kit::api::{Audit, Call, Failure, Operation, Reply, Route, TraceKind};
use kit::clock::DAY_MS;
use kit::db::{Tx, Value};
use kit::id;
use kit::sql;
use serde_json::json;

use super::{CMK, ROW, given, management, text};
use crate::fields::{
    ENTERPRISE_PROJECT, KEY, KEY_ALIAS, KEY_DESCRIPTION, KEY_ID, KEY_SPEC, KEY_USAGE, KEYSTORE_ID,
    ORIGIN, PENDING_DAYS, PROJECT_ID, SEQUENCE, enterprise_project, key_name, key_reference,
};
use crate::key::{Key, Rotation};
use crate::spec::{self, Family, Purpose, Spec};
use crate::state::State;
use crate::vault::{Held, cluster_of};
use crate::{Kms, access, choices, version};

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "create-key",
            summary: "Makes a key.",
            path: "/v1.0/{project_id}/kms/create-key",
            takes: &[
                PROJECT_ID.path(),
                KEY_ALIAS.required(),
                SEQUENCE.optional(),
                KEY_SPEC.optional(),
                KEY_USAGE.optional(),
                KEY_DESCRIPTION.optional(),
                ORIGIN.optional(),
                ENTERPRISE_PROJECT.optional(),
                KEYSTORE_ID.optional(),
            ],
            checks: &[key_name, enterprise_project],
            gives: &[given("key_info", "object")],
            actions: &["kms:cmk:create"],
            audit: Some(Audit {
                name: "createKey",
                resource: CMK,
                about: None,
                kind: TraceKind::Management,
            }),
            ..ROW
        },
        run: create,
    },
    Route {
        operation: Operation {
            name: "enable-key",
            summary: "Enables a disabled key.",
            path: "/v1.0/{project_id}/kms/enable-key",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), SEQUENCE.optional()],
            gives: &[given("key_info", "object")],
            actions: &["kms:cmk:enable"],
            audit: management("enableKey"),
            ..ROW
        },
        run: enable,
    },
    Route {
        operation: Operation {
            name: "disable-key",
            summary: "Disables an enabled key.",
            path: "/v1.0/{project_id}/kms/disable-key",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), SEQUENCE.optional()],
            gives: &[given("key_info", "object")],
            actions: &["kms:cmk:disable"],
            audit: management("disableKey"),
            ..ROW
        },
        run: disable,
    },
    Route {
        operation: Operation {
            name: "schedule-key-deletion",
            summary: "Schedules the deletion of a key after 7 to 1,096 days.",
            path: "/v1.0/{project_id}/kms/schedule-key-deletion",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                PENDING_DAYS.required(),
                SEQUENCE.optional(),
            ],
            gives: &[text("key_id"), text("key_state")],
            actions: &["kms:cmk:update", "kms:cmk:scheduleKeyDeletion"],
            audit: management("scheduleKeyDeletion"),
            ..ROW
        },
        run: schedule_deletion,
    },
    Route {
        operation: Operation {
            name: "cancel-key-deletion",
            summary: "Cancels the scheduled deletion of a key, which is disabled then.",
            path: "/v1.0/{project_id}/kms/cancel-key-deletion",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), SEQUENCE.optional()],
            gives: &[text("key_id"), text("key_state")],
            actions: &["kms:cmk:update", "kms:cmk:cancelKeyDeletion"],
            audit: management("cancelKeyDeletion"),
            ..ROW
        },
        run: cancel_deletion,
    },
    Route {
        operation: Operation {
            name: "update-key-alias",
            summary: "Renames a key.",
            path: "/v1.0/{project_id}/kms/update-key-alias",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                KEY_ALIAS.required(),
                SEQUENCE.optional(),
            ],
            checks: &[key_name],
            gives: &[given("key_info", "object")],
            actions: &["kms:cmk:update", "kms:cmk:updateKeyAlias"],
            audit: management("updateKeyAlias"),
            ..ROW
        },
        run: rename,
    },
    Route {
        operation: Operation {
            name: "update-key-description",
            summary: "Describes a key anew.",
            path: "/v1.0/{project_id}/kms/update-key-description",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                KEY_DESCRIPTION.required(),
                SEQUENCE.optional(),
            ],
            gives: &[given("key_info", "object")],
            actions: &["kms:cmk:update", "kms:cmk:updateKeyDescription"],
            audit: management("updateKeyDescription"),
            ..ROW
        },
        run: describe_anew,
    },
    Route {
        operation: Operation {
            name: "describe-key",
            summary: "Shows a key.",
            path: "/v1.0/{project_id}/kms/describe-key",
            takes: &[PROJECT_ID.path(), KEY.required(), SEQUENCE.optional()],
            checks: &[key_reference],
            gives: &[given("key_info", "object")],
            actions: &["kms:cmk:get"],
            grant: Some("describe-key"),
            ..ROW
        },
        run: describe,
    },
];

/// Decides what kind of key is asked for.
fn wanted(call: &Call<'_>) -> Result<(&'static Spec, Purpose), Failure> {
    let spec = spec::named(call.args.text(&KEY_SPEC).unwrap_or(choices::KEY_SPEC))
        .ok_or_else(|| Failure::field(1110, KEY_SPEC.name))?;
    let purpose = match call.args.text(&KEY_USAGE) {
        None => spec.purposes.first().copied(),
        Some(name) => Purpose::named(name),
    }
    .ok_or_else(|| Failure::field(308, KEY_USAGE.name))?;
    if spec.purposes.contains(&purpose) {
        return Ok((spec, purpose));
    }
    Err(match (spec.family, purpose) {
        (Family::Hmac, _) => Failure::refused(341),
        (Family::Curve, Purpose::Encrypt) => Failure::refused(1114),
        (Family::Symmetric, Purpose::Sign) => Failure::refused(1115),
        _ => Failure::field(308, KEY_USAGE.name),
    })
}

/// Makes the row of a new key, as the request wants it, without material.
fn new_key(
    call: &Call<'_>,
    (spec, purpose): (&'static Spec, Purpose),
    keystore_id: &str,
) -> Result<Key, Failure> {
    let is_external = call.args.text(&ORIGIN) == Some("external");
    let text = |field| call.args.text(field);
    Ok(Key {
        id: id::uuid(),
        account_id: call.caller()?.account_id.clone(),
        project_id: call.project_id.to_owned(),
        name: call.args.need(&KEY_ALIAS)?.to_owned(),
        description: text(&KEY_DESCRIPTION).unwrap_or_default().to_owned(),
        spec,
        purpose,
        is_external,
        state: if is_external {
            State::PendingImport
        } else {
            State::Enabled
        },
        is_default: false,
        enterprise_project: text(&ENTERPRISE_PROJECT).unwrap_or("0").to_owned(),
        keystore_id: keystore_id.to_owned(),
        created_ms: call.now_ms,
        deletion_ms: None,
        expiration_ms: None,
        version: 0,
        public_key: None,
        rotation: Rotation::off(call.now_ms),
        first_material: None,
    })
}

fn create(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let kind = wanted(call)?;
    let keystore_id = call
        .args
        .text(&KEYSTORE_ID)
        .unwrap_or(choices::DEFAULT_KEYSTORE);
    let mut key = new_key(call, kind, keystore_id)?;
    if key.is_external && key.spec.family == Family::Hmac {
        return Err(Failure::refused(341));
    }
    let cluster = call.db.read(|tx| cluster_of(tx, &key))?;
    if key.is_external && cluster.is_some() {
        return Err(Failure::refused(339));
    }
    kms.vault.kind(cluster.as_deref(), key.spec)?;
    // A name that is taken and a quota that is used up are seen before the HSM works, and again where it counts.
    call.db.read(|tx| {
        refuse_taken_name(tx, call)?;
        refuse_too_many(tx, kms, call)
    })?;
    let held = if key.is_external {
        None
    } else {
        Some(generate(kms, call, &mut key, cluster.as_deref())?)
    };
    call.change(|tx| {
        refuse_too_many(tx, kms, call)?;
        // The key store may have been given up, or switched off, while the HSM worked.
        if cluster_of(tx, &key)? != cluster {
            return Err(Failure::refused(8003));
        }
        key.insert(tx)?;
        if let Some(held) = &held {
            version::insert(tx, held, call.now_ms)?;
        }
        let info = json!({"key_id": key.id, "domain_id": key.account_id, "region_id": call.region});
        Ok(Reply::new(json!({"key_info": info})).on(key.subject()))
    })
}

/// Generates the first version of a key in the HSM.
fn generate(
    kms: &Kms,
    call: &Call<'_>,
    key: &mut Key,
    cluster: Option<&str>,
) -> Result<Held, Failure> {
    let held = kms.vault.generate(call.db, cluster, key, call.now_ms)?;
    key.version = held.version;
    key.public_key = held.public_key().map(<[u8]>::to_vec);
    Ok(held)
}

fn refuse_taken_name(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Failure> {
    let taken = tx.row(
        sql!("select_key_by_name"),
        &[
            Value::from(call.project_id),
            Value::from(call.args.need(&KEY_ALIAS)?),
        ],
    )?;
    taken.map_or(Ok(()), |_| Err(Failure::refused(1104)))
}

/// Refuses a key beyond the account's quota; default keys do not count.
fn refuse_too_many(tx: &mut Tx<'_>, kms: &Kms, call: &Call<'_>) -> Result<(), Failure> {
    let account_id = call.caller()?.account_id.as_str();
    let values = [Value::from(account_id), Value::from(call.now_ms)];
    let count = tx.count(sql!("count_keys_of_account"), &values)?;
    if count >= kms.settings.keys_max {
        return Err(Failure::refused(1105));
    }
    Ok(())
}

/// Changes a key that the request names by its identifier.
fn change(
    call: &Call<'_>,
    mut work: impl FnMut(&mut Key) -> Result<serde_json::Value, Failure>,
) -> Result<Reply, Failure> {
    let given = call.args.need(&KEY_ID)?;
    call.change(|tx| {
        let mut key = access::key(tx, call, given)?;
        key.refuse_default()?;
        let body = work(&mut key)?;
        key.update(tx)?;
        Ok(Reply::new(body).on(key.subject()))
    })
}

fn key_state(key: &Key) -> serde_json::Value {
    json!({"key_info": {"key_id": key.id, "key_state": key.state.text()}})
}

fn enable(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    change(call, |key| {
        match key.state {
            State::Disabled => key.state = State::Enabled,
            State::PendingDeletion => {
                return Err(Failure::refused(choices::CHANGE_WHILE_PENDING_DELETION));
            }
            _ => return Err(Failure::refused(1201)),
        }
        Ok(key_state(key))
    })
}

fn disable(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    change(call, |key| {
        match key.state {
            State::Enabled => key.state = State::Disabled,
            State::PendingDeletion => {
                return Err(Failure::refused(choices::CHANGE_WHILE_PENDING_DELETION));
            }
            _ => return Err(Failure::refused(1301)),
        }
        Ok(key_state(key))
    })
}

fn schedule_deletion(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let days = call
        .args
        .int(&PENDING_DAYS)
        .ok_or_else(|| Failure::refused(1401))?;
    change(call, |key| {
        if key.state == State::PendingDeletion {
            return Err(Failure::refused(1402));
        }
        key.state
            .among(&[State::Enabled, State::Disabled, State::PendingImport])?;
        key.state = State::PendingDeletion;
        key.deletion_ms = Some(call.now_ms + days * DAY_MS);
        Ok(json!({"key_id": key.id, "key_state": key.state.text()}))
    })
}

fn cancel_deletion(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    change(call, |key| {
        if key.state != State::PendingDeletion {
            return Err(Failure::refused(1501));
        }
        key.deletion_ms = None;
        key.state = if key.version == 0 {
            State::PendingImport
        } else {
            State::Disabled
        };
        Ok(json!({"key_id": key.id, "key_state": key.state.text()}))
    })
}

/// The states in which a key's name and description may change.
const NAMED_IN: &[State] = &[State::Enabled, State::Disabled, State::PendingImport];

fn rename(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let name = call.args.need(&KEY_ALIAS)?;
    change(call, |key| {
        key.state.among(NAMED_IN)?;
        name.clone_into(&mut key.name);
        Ok(json!({"key_info": {"key_id": key.id, "key_alias": key.name}}))
    })
}

fn describe_anew(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let description = call.args.need(&KEY_DESCRIPTION)?;
    change(call, |key| {
        key.state.among(NAMED_IN)?;
        description.clone_into(&mut key.description);
        Ok(json!({"key_info": {"key_id": key.id, "key_description": key.description}}))
    })
}

fn describe(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let key = call
        .db
        .read(|tx| access::key(tx, call, call.args.need(&KEY)?))?;
    Ok(Reply::new(json!({"key_info": key.describe(call.region)})).on(key.subject()))
}
