//! What is attached to groups: in a project, in the account, in every project.

use std::sync::Arc;

use kit::api::{Call, Failure, Reply};
use kit::caller::{Caller, Scope};
use kit::policy::system;
use serde_json::{Value, json};

use super::fields::{DOMAIN_ID, GROUP_ID, ROLE_ID, TARGET_PROJECT_ID};
use super::permit::{own_account, permit};
use super::view;
use crate::authentication::Iam;
use crate::error::IamError;
use crate::store::{attachment, role};

/// The end of a path that speaks of every project.
const INHERITED: &str = "inherited_to_projects";

/// Finds the scope that the row's path speaks of.
fn scope(call: &Call<'_>, caller: &Caller) -> Result<Scope, Failure> {
    if let Some(project_id) = call.args.text(&TARGET_PROJECT_ID) {
        return Ok(Scope::Project(project_id.to_owned()));
    }
    own_account(caller, call.args.need(&DOMAIN_ID)?)?;
    match call.operation.path.ends_with(INHERITED) {
        true => Ok(Scope::Projects),
        false => Ok(Scope::Account),
    }
}

pub(super) fn attach(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let scope = scope(call, caller)?;
    let (group, role) = (call.args.need(&GROUP_ID)?, call.args.need(&ROLE_ID)?);
    call.change(|tx| {
        attachment::attach(tx, &caller.account_id, group, role, &scope)?;
        Ok(Reply::none())
    })
}

pub(super) fn check(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let scope = scope(call, caller)?;
    let (group, role) = (call.args.need(&GROUP_ID)?, call.args.need(&ROLE_ID)?);
    let attached = call
        .db
        .read(|tx| attachment::is_attached(tx, &caller.account_id, group, role, &scope))?;
    match attached {
        true => Ok(Reply::none()),
        false => Err(IamError::not_found("role of the group", role).into()),
    }
}

pub(super) fn detach(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let scope = scope(call, caller)?;
    let (group, role) = (call.args.need(&GROUP_ID)?, call.args.need(&ROLE_ID)?);
    call.change(|tx| {
        attachment::detach(tx, &caller.account_id, group, role, &scope)?;
        Ok(Reply::none())
    })
}

pub(super) fn list(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let scope = scope(call, caller)?;
    let group = call.args.need(&GROUP_ID)?;
    let roles: Vec<Value> = call.db.read(|tx| {
        let mut roles = Vec::new();
        for name in attachment::of_group(tx, &caller.account_id, group, &scope)? {
            roles.push(match system::by_id(&name.id) {
                Some(role) => view::system_role(call, role),
                None => view::role(call, &role::need(tx, &caller.account_id, &name.id)?),
            });
        }
        Ok::<_, IamError>(roles)
    })?;
    Ok(Reply::new(
        json!({"roles": roles, "links": view::links(call)}),
    ))
}
