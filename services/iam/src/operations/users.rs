//! Users.

use std::sync::Arc;

use kit::api::{Call, Failure, Reply};
use serde_json::{Value, json};

use super::fields::{DOMAIN_ID, ENABLED, NAME, Object, USER, USER_ID};
use super::permit::{own_account, permit, permit_self};
use super::view;
use crate::authentication::{Iam, Who};
use crate::error::IamError;
use crate::password::{HashError, Hashed};
use crate::store::{group, user};

/// Characters of a user's name, as the console allows.
const MAX_NAME: usize = 64;

pub(super) fn create(iam: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let body = Object::of(&call.args, &USER)?;
    if let Some(account_id) = body.text("domain_id")? {
        own_account(caller, account_id)?;
    }
    let password = password(iam, &body)?;
    let new = user::New {
        name: body.need_name("name", MAX_NAME)?,
        description: body.description()?.unwrap_or_default(),
        email: body.name("email", 255)?.unwrap_or_default(),
        password: password.as_ref(),
        disabled: body.flag("enabled")? == Some(false),
        is_root: false,
    };
    call.change(|tx| {
        let user = user::create(tx, &caller.account_id, &new, call.now_ms)?;
        Ok(reply(call, &user))
    })
}

pub(super) fn list(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    if let Some(account_id) = call.args.text(&DOMAIN_ID) {
        own_account(caller, account_id)?;
    }
    let users = call.db.read(|tx| user::list(tx, &caller.account_id))?;
    let (name, enabled) = (call.args.text(&NAME), call.args.flag(&ENABLED));
    let users: Vec<Value> = users
        .iter()
        .filter(|user| name.is_none_or(|name| user.name == name))
        .filter(|user| enabled.is_none_or(|enabled| user.enabled == enabled))
        .map(|user| view::user(call, user))
        .collect();
    Ok(Reply::new(
        json!({"users": users, "links": view::links(call)}),
    ))
}

pub(super) fn show(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.args.need(&USER_ID)?;
    let caller = permit_self(call, &["iam:users:getUser"], id)?;
    let user = call.db.read(|tx| user::need(tx, &caller.account_id, id))?;
    Ok(Reply::new(json!({"user": view::user(call, &user)})))
}

pub(super) fn update(iam: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&USER_ID)?;
    let body = Object::of(&call.args, &USER)?;
    let password = password(iam, &body)?;
    let change = user::Change {
        name: body.name("name", MAX_NAME)?,
        description: body.description()?,
        email: body.name("email", 255)?,
        enabled: body.flag("enabled")?,
        password: password.as_ref(),
    };
    call.change(|tx| {
        let old = user::need(tx, &caller.account_id, id)?;
        root_only_by_root(&old, caller.is_root)?;
        let user = user::update(tx, &caller.account_id, id, &change)?;
        Ok(reply(call, &user))
    })
}

/// Changes one's own password; the old one is the proof.
pub(super) fn change_password(iam: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.args.need(&USER_ID)?;
    let caller = call.caller()?;
    if caller.user_id != id {
        let text = "A user changes only their own password here.";
        return Err(IamError::Forbidden(text.to_owned()).into());
    }
    let body = Object::of(&call.args, &USER)?;
    iam.sign_in(Who::Id(id), body.need("original_password")?, call.now_ms)?;
    let password = password(iam, &body)?;
    let change = user::Change {
        password: Some(
            password
                .as_ref()
                .ok_or_else(|| body.invalid("password", "is missing"))?,
        ),
        ..user::Change::default()
    };
    call.change(|tx| {
        user::update(tx, &caller.account_id, id, &change)?;
        Ok(Reply::none())
    })
}

pub(super) fn delete(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&USER_ID)?;
    call.change(|tx| {
        user::delete(tx, &caller.account_id, id)?;
        Ok(Reply::none())
    })
}

pub(super) fn groups(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.args.need(&USER_ID)?;
    let caller = permit_self(call, &["iam:groups:listGroupsForUser"], id)?;
    let groups = call
        .db
        .read(|tx| group::of_user(tx, &caller.account_id, id))?;
    let groups: Vec<Value> = groups
        .iter()
        .map(|group| view::group(call, group))
        .collect();
    Ok(Reply::new(
        json!({"groups": groups, "links": view::links(call)}),
    ))
}

/// The account's own user needs no policy, so nobody else may change how that user signs in.
pub(super) fn root_only_by_root(user: &user::User, is_root: bool) -> Result<(), IamError> {
    match user.is_root && !is_root {
        true => {
            let text = "Only the account's own user may do this with that user.";
            Err(IamError::Forbidden(text.to_owned()))
        }
        false => Ok(()),
    }
}

fn reply(call: &Call<'_>, user: &user::User) -> Reply {
    Reply::new(json!({"user": view::user(call, user)})).about(&user.id, &user.name)
}

/// Hashes the password of the body, before the transaction, as that takes long.
fn password(iam: &Arc<Iam>, body: &Object<'_>) -> Result<Option<Hashed>, IamError> {
    let Some(password) = body.text("password")? else {
        return Ok(None);
    };
    match iam.hasher().hash(password) {
        Err(HashError::Length) => Err(body.invalid("password", "must have 6 to 128 characters")),
        hashed => Ok(Some(hashed?)),
    }
}
