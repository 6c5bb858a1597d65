//! Projects, accounts and who one is: what a client with nothing but an access key looks up.

use std::sync::Arc;

use kit::api::{Call, Failure, Reply};
use serde_json::{Value, json};

use super::fields::{DOMAIN_ID, ENABLED, NAME, TARGET_PROJECT_ID};
use super::view;
use crate::authentication::Iam;
use crate::error::IamError;
use crate::store::project;

/// Lists the projects of the caller's account. Everybody may: without it no client finds its way.
pub(super) fn list(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let projects = call.db.read(|tx| project::list(tx, &caller.account_id))?;
    let account = call.args.text(&DOMAIN_ID);
    let (name, enabled) = (call.args.text(&NAME), call.args.flag(&ENABLED));
    let projects: Vec<Value> = projects
        .iter()
        .filter(|project| account.is_none_or(|id| project.account_id == id))
        .filter(|project| name.is_none_or(|name| project.name == name))
        .filter(|project| enabled.is_none_or(|enabled| project.enabled == enabled))
        .map(|project| view::project(call, project))
        .collect();
    Ok(Reply::new(
        json!({"projects": projects, "links": view::links(call)}),
    ))
}

pub(super) fn show(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let id = call.args.need(&TARGET_PROJECT_ID)?;
    let found = call
        .db
        .read(|tx| project::find(tx, &caller.account_id, id))?;
    let project = found.ok_or_else(|| IamError::not_found("project", id))?;
    Ok(Reply::new(
        json!({"project": view::project(call, &project)}),
    ))
}

pub(super) fn accounts(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let account = json!({
        "id": caller.account_id,
        "name": caller.account_name,
        "enabled": true,
        "description": "",
        "links": view::link(call, &format!("/v3/domains/{}", caller.account_id)),
    });
    Ok(Reply::new(
        json!({"domains": [account], "links": view::links(call)}),
    ))
}

pub(super) fn caller_identity(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let (account, name) = (&caller.account_id, &caller.user_name);
    Ok(Reply::new(json!({
        "account_id": account,
        "principal_id": caller.user_id,
        "principal_urn": format!("iam::{account}:user:{name}"),
    })))
}
