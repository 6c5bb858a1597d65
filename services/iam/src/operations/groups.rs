//! Groups and their members.

use std::sync::Arc;

use kit::api::{Call, Failure, Reply};
use serde_json::{Value, json};

use super::fields::{DOMAIN_ID, GROUP, GROUP_ID, NAME, Object, USER_ID};
use super::permit::{own_account, permit};
use super::view;
use crate::authentication::Iam;
use crate::error::IamError;
use crate::store::group::{self, Group};

/// Characters of a group's name, as the console allows.
const MAX_NAME: usize = 64;

pub(super) fn create(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let body = Object::of(&call.args, &GROUP)?;
    if let Some(account_id) = body.text("domain_id")? {
        own_account(caller, account_id)?;
    }
    let name = body.need_name("name", MAX_NAME)?;
    let description = body.description()?.unwrap_or_default();
    call.change(|tx| {
        let group = group::create(tx, &caller.account_id, name, description, call.now_ms)?;
        Ok(reply(call, &group))
    })
}

pub(super) fn list(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    if let Some(account_id) = call.args.text(&DOMAIN_ID) {
        own_account(caller, account_id)?;
    }
    let groups = call.db.read(|tx| group::list(tx, &caller.account_id))?;
    let name = call.args.text(&NAME);
    let groups: Vec<Value> = groups
        .iter()
        .filter(|group| name.is_none_or(|name| group.name == name))
        .map(|group| view::group(call, group))
        .collect();
    Ok(Reply::new(
        json!({"groups": groups, "links": view::links(call)}),
    ))
}

pub(super) fn show(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&GROUP_ID)?;
    let group = call.db.read(|tx| group::need(tx, &caller.account_id, id))?;
    Ok(reply(call, &group))
}

pub(super) fn update(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&GROUP_ID)?;
    let body = Object::of(&call.args, &GROUP)?;
    let (name, description) = (body.name("name", MAX_NAME)?, body.description()?);
    call.change(|tx| {
        let group = group::update(tx, &caller.account_id, id, name, description)?;
        Ok(reply(call, &group))
    })
}

pub(super) fn delete(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&GROUP_ID)?;
    call.change(|tx| {
        group::delete(tx, &caller.account_id, id)?;
        Ok(Reply::none())
    })
}

pub(super) fn members(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&GROUP_ID)?;
    let users = call
        .db
        .read(|tx| group::members(tx, &caller.account_id, id))?;
    let users: Vec<Value> = users.iter().map(|user| view::user(call, user)).collect();
    Ok(Reply::new(
        json!({"users": users, "links": view::links(call)}),
    ))
}

pub(super) fn add(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let (id, user_id) = (call.args.need(&GROUP_ID)?, call.args.need(&USER_ID)?);
    call.change(|tx| {
        group::add(tx, &caller.account_id, id, user_id)?;
        Ok(Reply::none())
    })
}

pub(super) fn check(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let (id, user_id) = (call.args.need(&GROUP_ID)?, call.args.need(&USER_ID)?);
    let has = call
        .db
        .read(|tx| group::has(tx, &caller.account_id, id, user_id))?;
    match has {
        true => Ok(Reply::none()),
        false => Err(IamError::not_found("user in the group", user_id).into()),
    }
}

pub(super) fn remove(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let (id, user_id) = (call.args.need(&GROUP_ID)?, call.args.need(&USER_ID)?);
    call.change(|tx| {
        group::remove(tx, &caller.account_id, id, user_id)?;
        Ok(Reply::none())
    })
}

fn reply(call: &Call<'_>, group: &Group) -> Reply {
    Reply::new(json!({"group": view::group(call, group)})).about(&group.id, &group.name)
}
