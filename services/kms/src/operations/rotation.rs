//! Rotation: by a schedule, or at once. Only the material changes; every version is kept.

use std::sync::Arc;

use kit::api::{Call, Failure, Operation, Reply, Route};
use serde_json::json;

use super::{ROW, given, management, text};
use crate::fields::{KEY_ID, PROJECT_ID, ROTATION_INTERVAL, SEQUENCE};
use crate::key::Key;
use crate::spec::Family;
use crate::state::State;
use crate::{Kms, access, choices, version};

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "enable-key-rotation",
            summary: "Has a key rotate every 365 days.",
            path: "/v1.0/{project_id}/kms/enable-key-rotation",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), SEQUENCE.optional()],
            actions: &["kms:cmk:enableRotation"],
            audit: management("enableKeyRotation"),
            ..ROW
        },
        run: enable,
    },
    Route {
        operation: Operation {
            name: "disable-key-rotation",
            summary: "Has a key rotate no more.",
            path: "/v1.0/{project_id}/kms/disable-key-rotation",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), SEQUENCE.optional()],
            actions: &["kms:cmk:disableRotation"],
            audit: management("disableKeyRotation"),
            ..ROW
        },
        run: disable,
    },
    Route {
        operation: Operation {
            name: "update-key-rotation-interval",
            summary: "Changes how many days lie between rotations.",
            path: "/v1.0/{project_id}/kms/update-key-rotation-interval",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                ROTATION_INTERVAL.required(),
                SEQUENCE.optional(),
            ],
            actions: &["kms:cmk:updateRotation"],
            audit: management("updateKeyRotationInterval"),
            ..ROW
        },
        run: change_interval,
    },
    Route {
        operation: Operation {
            name: "get-key-rotation-status",
            summary: "Shows how a key rotates, and how often it has.",
            path: "/v1.0/{project_id}/kms/get-key-rotation-status",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), SEQUENCE.optional()],
            gives: &[
                given("key_rotation_enabled", "boolean"),
                given("rotation_interval", "integer"),
                text("last_rotation_time"),
                given("number_of_rotations", "integer"),
            ],
            actions: &["kms:cmk:getRotation"],
            ..ROW
        },
        run: show,
    },
    Route {
        operation: Operation {
            name: "rotate-on-demand",
            summary: "Rotates a key at once.",
            path: "/v1.0/{project_id}/kms/rotate-on-demand",
            takes: &[PROJECT_ID.path(), KEY_ID.required()],
            gives: &[text("key_id")],
            actions: &["kms:cmk:rotate", "kms:cmk:rotateOnDemand"],
            audit: management("rotateKey"),
            ..ROW
        },
        run: rotate_now,
    },
];

/// Refuses keys that cannot rotate, in the words for what they are.
fn refuse_unfit(key: &Key) -> Result<(), Failure> {
    key.refuse_default()?;
    match key.spec.family {
        Family::Symmetric => {}
        Family::Hmac => return Err(Failure::refused(341)),
        Family::Curve | Family::Rsa => return Err(Failure::refused(324)),
    }
    if key.is_external {
        return Err(Failure::refused(312));
    }
    if key.keystore_id != choices::DEFAULT_KEYSTORE {
        return Err(Failure::refused(338));
    }
    Ok(())
}

/// Changes how a key rotates.
fn change(
    call: &Call<'_>,
    mut work: impl FnMut(&mut Key) -> Result<(), Failure>,
) -> Result<Reply, Failure> {
    let given = call.args.need(&KEY_ID)?;
    call.change(|tx| {
        let mut key = access::key(tx, call, given)?;
        refuse_unfit(&key)?;
        key.state.use_material()?;
        work(&mut key)?;
        key.update(tx)?;
        Ok(Reply::empty().on(key.subject()))
    })
}

fn enable(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    change(call, |key| {
        if key.rotation.is_on {
            return Err(Failure::refused(2901));
        }
        key.rotation.is_on = true;
        key.rotation.days = choices::ROTATION_DAYS.2;
        key.rotation.from_ms = call.now_ms;
        Ok(())
    })
}

fn disable(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    change(call, |key| {
        if !key.rotation.is_on {
            return Err(Failure::refused(313));
        }
        key.rotation.is_on = false;
        Ok(())
    })
}

fn change_interval(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let days = call
        .args
        .int(&ROTATION_INTERVAL)
        .ok_or_else(|| Failure::refused(3001))?;
    change(call, |key| {
        if !key.rotation.is_on {
            return Err(Failure::refused(313));
        }
        key.rotation.days = days;
        key.rotation.from_ms = call.now_ms;
        Ok(())
    })
}

fn show(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let key = call
        .db
        .read(|tx| access::key(tx, call, call.args.need(&KEY_ID)?))?;
    let last = key
        .rotation
        .last_ms
        .map_or_else(String::new, |ms| ms.to_string());
    let body = json!({
        "key_rotation_enabled": key.rotation.is_on,
        "rotation_interval": key.rotation.days,
        "last_rotation_time": last,
        "number_of_rotations": key.rotation.count,
    });
    Ok(Reply::new(body).on(key.subject()))
}

fn rotate_now(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let given = call.args.need(&KEY_ID)?;
    let key = call.db.read(|tx| {
        let key = access::key(tx, call, given)?;
        refuse_unfit(&key)?;
        key.state.among(&[State::Enabled])?;
        Ok::<_, Failure>(key)
    })?;
    let next = kms.vault.next_version(call.db, &key, call.now_ms)?;
    call.change(|tx| {
        // Another rotation may have come first; then this one's material is for nothing, and the request fails.
        let mut now = access::key(tx, call, given)?;
        now.state.use_material()?;
        if now.version != key.version {
            return Err(Failure::unavailable(
                "the key was rotated at the same moment",
            ));
        }
        version::advance(tx, &mut now, &next, call.now_ms)?;
        Ok(Reply::new(json!({"key_id": now.id})).on(now.subject()))
    })
}
