//! How things are written for the client.

use kit::api::Call;
use kit::clock::{Fraction, rfc3339};
use kit::policy::system::{Kind, SystemRole};
use serde_json::{Value, json};

use crate::store::access_key::AccessKey;
use crate::store::group::Group;
use crate::store::project::Project;
use crate::store::role::Role;
use crate::store::user::User;

/// Writes a moment as the interface does, `2025-01-23T12:00:00.000000Z`.
pub(super) fn moment(ms: i64) -> String {
    rfc3339(ms, Fraction::Micros).unwrap_or_default()
}

/// The address of this server, as the client wrote it.
pub(super) fn base(call: &Call<'_>) -> String {
    format!("{}://{}", call.origin.scheme, call.origin.host)
}

/// The link of a thing to itself.
pub(super) fn link(call: &Call<'_>, path: &str) -> Value {
    json!({"self": format!("{}{path}", base(call))})
}

/// The links of a list, which always fits one page.
pub(super) fn links(call: &Call<'_>) -> Value {
    let here = format!("{}{}", base(call), call.origin.raw_path);
    json!({"self": here, "next": null, "previous": null})
}

pub(super) fn user(call: &Call<'_>, user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "domain_id": user.account_id,
        "enabled": user.enabled,
        "description": user.description,
        "email": user.email,
        "password_expires_at": "",
        "pwd_status": false,
        "access_mode": "default",
        "is_domain_owner": user.is_root,
        "create_time": moment(user.created_ms),
        "links": link(call, &format!("/v3/users/{}", user.id)),
    })
}

pub(super) fn group(call: &Call<'_>, group: &Group) -> Value {
    json!({
        "id": group.id,
        "name": group.name,
        "domain_id": group.account_id,
        "description": group.description,
        "create_time": group.created_ms,
        "links": link(call, &format!("/v3/groups/{}", group.id)),
    })
}

pub(super) fn project(call: &Call<'_>, project: &Project) -> Value {
    json!({
        "id": project.id,
        "name": project.name,
        "domain_id": project.account_id,
        "parent_id": project.account_id,
        "enabled": project.enabled,
        "is_domain": false,
        "description": project.description,
        "links": link(call, &format!("/v3/projects/{}", project.id)),
    })
}

pub(super) fn role(call: &Call<'_>, role: &Role) -> Value {
    let policy: Value = serde_json::from_str(&role.document).unwrap_or_default();
    json!({
        "id": role.id,
        "name": format!("custom_{}", role.id),
        "display_name": role.display_name,
        "type": role.kind,
        "description": role.description,
        "description_cn": "",
        "catalog": "CUSTOMED",
        "domain_id": role.account_id,
        "policy": policy,
        "created_time": role.created_ms.to_string(),
        "updated_time": role.updated_ms.to_string(),
        "links": link(call, &format!("/v3/roles/{}", role.id)),
    })
}

pub(super) fn system_role(call: &Call<'_>, role: &SystemRole) -> Value {
    let flag = match role.kind {
        Kind::Role => "",
        Kind::Policy => "fine_grained",
    };
    let service = role.display_name.split(' ').next().unwrap_or_default();
    json!({
        "id": role.id,
        "name": role.name,
        "display_name": role.display_name,
        "type": role.reach.code(),
        "description": role.description,
        "description_cn": "",
        "catalog": if service == "Tenant" || service == "Security" { "BASE" } else { service },
        "domain_id": null,
        "flag": flag,
        "policy": role.document(),
        "links": link(call, &format!("/v3/roles/{}", role.id)),
    })
}

pub(super) fn access_key(key: &AccessKey) -> Value {
    json!({
        "access": key.id,
        "user_id": key.user_id,
        "status": if key.active { "active" } else { "inactive" },
        "description": key.description,
        "create_time": moment(key.created_ms),
    })
}
