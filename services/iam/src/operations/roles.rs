//! Roles: the system's, and custom policies.

use std::sync::Arc;

use kit::api::{Call, Failure, Reply};
use kit::policy::Policy;
use kit::policy::system::{self, Kind};
use serde_json::{Value, json};

use super::fields::{DISPLAY_NAME, DOMAIN_ID, NAME, Object, PERMISSION_TYPE, ROLE, ROLE_ID};
use super::permit::{own_account, permit};
use super::view;
use crate::authentication::Iam;
use crate::error::IamError;
use crate::store::role::{self, Content, Role};

/// Characters of a policy's name, as the console allows.
const MAX_NAME: usize = 128;
/// The `type` of a policy.
const KINDS: &[&str] = &["AX", "XA", "AA"];

/// Lists the system's roles, or with a `domain_id` the account's custom policies.
pub(super) fn list(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let all = match call.args.text(&DOMAIN_ID) {
        Some(account_id) => {
            own_account(caller, account_id)?;
            custom(call, &caller.account_id)?
        }
        None => {
            let kind = match call.args.text(&PERMISSION_TYPE) {
                Some("policy") => Some(Kind::Policy),
                Some("role") => Some(Kind::Role),
                _ => None,
            };
            system::SYSTEM_ROLES
                .iter()
                .filter(|role| kind.is_none_or(|kind| role.kind == kind))
                .map(|role| view::system_role(call, role))
                .collect()
        }
    };
    let has = |role: &Value, member: &str, wanted: Option<&str>| {
        wanted.is_none_or(|wanted| role.get(member).and_then(Value::as_str) == Some(wanted))
    };
    let found: Vec<Value> = all
        .into_iter()
        .filter(|role| has(role, "name", call.args.text(&NAME)))
        .filter(|role| has(role, "display_name", call.args.text(&DISPLAY_NAME)))
        .collect();
    Ok(listed(call, &found))
}

/// Lists the account's custom policies.
pub(super) fn list_custom(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    Ok(listed(call, &custom(call, &caller.account_id)?))
}

/// Shows a role, the system's or a custom one.
pub(super) fn show(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&ROLE_ID)?;
    if let Some(role) = system::by_id(id) {
        return Ok(Reply::new(json!({"role": view::system_role(call, role)})));
    }
    let role = call.db.read(|tx| role::need(tx, &caller.account_id, id))?;
    Ok(reply(call, &role))
}

pub(super) fn create(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let body = Object::of(&call.args, &ROLE)?;
    let document = document(&body)?;
    let content = content(&body, &document)?;
    call.change(|tx| {
        let role = role::create(tx, &caller.account_id, &content, call.now_ms)?;
        Ok(reply(call, &role))
    })
}

pub(super) fn update(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&ROLE_ID)?;
    let body = Object::of(&call.args, &ROLE)?;
    let document = document(&body)?;
    let content = content(&body, &document)?;
    call.change(|tx| {
        let role = role::update(tx, &caller.account_id, id, &content, call.now_ms)?;
        Ok(reply(call, &role))
    })
}

pub(super) fn delete(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = permit(call)?;
    let id = call.args.need(&ROLE_ID)?;
    call.change(|tx| {
        role::delete(tx, &caller.account_id, id)?;
        Ok(Reply::empty())
    })
}

fn custom(call: &Call<'_>, account_id: &str) -> Result<Vec<Value>, IamError> {
    let roles = call.db.read(|tx| role::list(tx, account_id))?;
    Ok(roles.iter().map(|role| view::role(call, role)).collect())
}

/// Takes the policy of the body as text, once it has been read as a policy.
fn document(body: &Object<'_>) -> Result<String, IamError> {
    let policy = body.value("policy");
    let policy = policy.ok_or_else(|| body.invalid("policy", "is missing"))?;
    let text = policy.to_string();
    Policy::parse_text(text.as_bytes())
        .map_err(|error| body.invalid("policy", &format!("is not accepted: {error}")))?;
    Ok(text)
}

fn content<'a>(body: &Object<'a>, document: &'a str) -> Result<Content<'a>, IamError> {
    let kind = body.need("type")?;
    if !KINDS.contains(&kind) {
        return Err(body.invalid("type", "must be AX or XA"));
    }
    Ok(Content {
        display_name: body.need_name("display_name", MAX_NAME)?,
        kind,
        description: body.description()?.unwrap_or_default(),
        document,
    })
}

fn listed(call: &Call<'_>, roles: &[Value]) -> Reply {
    let body = json!({"roles": roles, "links": view::links(call), "total_number": roles.len()});
    Reply::new(body)
}

fn reply(call: &Call<'_>, role: &Role) -> Reply {
    Reply::new(json!({"role": view::role(call, role)})).about(&role.id, &role.display_name)
}
