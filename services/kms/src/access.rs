//! Finding the key that a request names, and whether the caller may do this with it.
//!
//! A key of another account for which the caller has no grant is not there at all, so that identifiers cannot be probed.

use kit::api::{Call, Failure, Field};
use kit::caller::Caller;
use kit::db::{Tx, Value};
use kit::policy::{Context, Decision, Question, Verdict};
use kit::sql;

use crate::fields;
use crate::key::Key;
use crate::operations::tags;
use crate::{choices, spec};

/// What must be permitted with a key, by a policy or a grant.
#[derive(Clone, Copy)]
pub(crate) struct Right<'a> {
    /// The names of the action: one that is allowed is enough.
    pub(crate) actions: &'a [&'a str],
    /// What a grant calls it.
    pub(crate) grant: Option<&'a str>,
    /// How the key would encrypt, where that is not a member of the request of its own.
    pub(crate) algorithm: Option<&'a str>,
}

impl Right<'static> {
    /// What the call's operation needs.
    pub(crate) fn of(call: &Call<'_>) -> Self {
        Self {
            actions: call.operation.actions,
            grant: call.operation.grant,
            algorithm: None,
        }
    }
}

/// Checks that the caller may do what is about no one key: a policy that is limited to keys does not permit it.
///
/// # Errors
/// `KMS.0307`.
pub(crate) fn project(call: &Call<'_>) -> Result<(), Failure> {
    let caller = call.caller()?;
    let context = wanted_context(call);
    let question = Question {
        actions: call.operation.actions,
        resource: None,
        context: &context,
    };
    let decision = caller.decide(call.project_id, &question);
    if decision.is_allowed() {
        Ok(())
    } else {
        Err(denied(caller, 307, &decision))
    }
}

/// What policies may ask of a request that is about no one key: what it gives, and what a new key is without.
fn wanted_context(call: &Call<'_>) -> Context {
    let mut context = request_context(call);
    let makes_a_key = takes(call, &fields::ORIGIN);
    let given = |field, default| call.args.text(field).or(default);
    let default = |name| makes_a_key.then_some(name);
    let spec = given(&fields::KEY_SPEC, default(choices::KEY_SPEC));
    let purpose = spec
        .and_then(spec::named)
        .and_then(|spec| spec.purposes.first())
        .and_then(|purpose| default(purpose.name()));
    for (name, value) in [
        ("kms:KeySpec", spec),
        ("kms:KeyUsage", given(&fields::KEY_USAGE, purpose)),
        ("kms:KeyOrigin", given(&fields::ORIGIN, default("kms"))),
        (
            "g:EnterpriseProjectId",
            given(&fields::ENTERPRISE_PROJECT, default("0")),
        ),
    ] {
        if let Some(value) = value {
            context.add(name, value);
        }
    }
    context
}

/// Tells whether the operation has such a member.
fn takes(call: &Call<'_>, field: &Field) -> bool {
    let mut members = call.operation.takes.iter();
    members.any(|member| member.field.name == field.name)
}

/// Finds a key by its identifier or an alias, and checks that the caller may run the call's operation on it.
///
/// # Errors
/// `KMS.0207` where there is no such key for this caller, `KMS.0306` or `KMS.0307` where it may not do this.
pub(crate) fn key(tx: &mut Tx<'_>, call: &Call<'_>, given: &str) -> Result<Key, Failure> {
    key_for(tx, call, given, Right::of(call))
}

/// Finds a key as [`key`] does, for another right than the operation's: one operation may need two keys.
///
/// # Errors
/// As for [`key`].
pub(crate) fn key_for(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    given: &str,
    right: Right<'_>,
) -> Result<Key, Failure> {
    let caller = call.caller()?;
    let id = if kit::id::is_uuid(given) {
        Some(given.to_owned())
    } else {
        resolve(tx, call, given)?
    };
    let Some(id) = id else {
        return Err(absent(call, caller, right.actions));
    };
    let Some(key) = Key::load(tx, &id, call.now_ms)? else {
        return Err(absent(call, caller, right.actions));
    };
    permit(tx, call, &key, right)?;
    Ok(key)
}

/// The refusal of a key that is not there for this caller: the same whether it exists or not.
fn absent(call: &Call<'_>, caller: &Caller, actions: &[&str]) -> Failure {
    let knows_the_action = actions.is_empty() || caller.mentions(call.project_id, actions);
    Failure::refused(if knows_the_action { 207 } else { 307 })
}

/// Finds the key behind an alias of the caller's account, or, by a URN, of another one in this region.
fn resolve(tx: &mut Tx<'_>, call: &Call<'_>, given: &str) -> Result<Option<String>, Failure> {
    let Some((name, place)) = fields::alias_name(given) else {
        return Err(Failure::field(205, fields::KEY.name));
    };
    let account = match place {
        None => call.caller()?.account_id.as_str(),
        Some([region, account]) if region == call.region => account,
        Some(_) => return Ok(None),
    };
    let row = tx.row(
        sql!("select_alias"),
        &[Value::from(account), Value::from(name)],
    )?;
    Ok(row.map(|row| row.text("key_id")).transpose()?)
}

/// Checks that the caller may do one of the actions with the key.
fn permit(tx: &mut Tx<'_>, call: &Call<'_>, key: &Key, right: Right<'_>) -> Result<(), Failure> {
    let caller = call.caller()?;
    let actions = right.actions;
    let is_own = key.account_id == caller.account_id && key.project_id == call.project_id;
    if is_own && (caller.is_root || actions.is_empty()) {
        return Ok(());
    }
    let mut denial = None;
    if is_own {
        let context = context(tx, call, key, right.algorithm)?;
        let decision = decide(call, caller, key, actions, &context);
        match decision.verdict {
            Verdict::Allow => return Ok(()),
            Verdict::Deny => return Err(denied(caller, 306, &decision)),
            Verdict::NoMatch => denial = Some(decision),
        }
    }
    if let Some(grant) = right.grant
        && is_granted(tx, key, caller, grant)?
    {
        return refuse_denied(tx, call, key, right);
    }
    match denial {
        None => Err(absent(call, caller, actions)),
        Some(reason) if caller.mentions(call.project_id, actions) => {
            Err(denied(caller, 306, &reason))
        }
        Some(reason) => Err(denied(caller, 307, &reason)),
    }
}

/// Refuses what the caller's own policies deny, which a grant does not overrule: those in the project that the request
/// names, and in the caller's own account those in the key's project, so that naming another one is no way around them.
///
/// # Errors
/// `KMS.0306`; or the database fails.
pub(crate) fn refuse_denied(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    key: &Key,
    right: Right<'_>,
) -> Result<(), Failure> {
    let caller = call.caller()?;
    let context = context(tx, call, key, right.algorithm)?;
    let question = Question {
        actions: right.actions,
        resource: Some(&key.urn(call.region)),
        context: &context,
    };
    let own = (key.account_id == caller.account_id).then_some(key.project_id.as_str());
    for project_id in [Some(call.project_id), own].into_iter().flatten() {
        let decision = caller.decide(project_id, &question);
        if decision.verdict == Verdict::Deny {
            return Err(denied(caller, 306, &decision));
        }
    }
    Ok(())
}

fn decide(
    call: &Call<'_>,
    caller: &Caller,
    key: &Key,
    actions: &[&str],
    context: &Context,
) -> Decision {
    let question = Question {
        actions,
        resource: Some(&key.urn(call.region)),
        context,
    };
    caller.decide(call.project_id, &question)
}

/// Tells whether the caller's policies, apart from any grant, let it do one of the actions with the key.
///
/// # Errors
/// The database fails.
pub(crate) fn may_by_policy(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    key: &Key,
    actions: &[&str],
) -> Result<bool, Failure> {
    let caller = call.caller()?;
    if key.account_id != caller.account_id || key.project_id != call.project_id {
        return Ok(false);
    }
    if caller.is_root {
        return Ok(true);
    }
    let context = context(tx, call, key, None)?;
    let decision = decide(call, caller, key, actions, &context);
    Ok(decision.verdict == Verdict::Allow)
}

/// The refusal of a caller that may see the key but not do this with it.
#[must_use]
pub(crate) fn not_permitted(call: &Call<'_>, caller: &Caller) -> Failure {
    let mentioned = caller.mentions(call.project_id, call.operation.actions);
    Failure::refused(if mentioned { 306 } else { 307 })
}

/// Refuses, and says why to those who may read policies anyway.
pub(crate) fn denied(caller: &Caller, number: u16, reason: &impl std::fmt::Display) -> Failure {
    if caller.mentions("", &["iam:policies:get", "iam:roles:getRole"]) {
        Failure::because(number, reason)
    } else {
        Failure::refused(number)
    }
}

/// Tells whether a grant lets the caller do this.
fn is_granted(
    tx: &mut Tx<'_>,
    key: &Key,
    caller: &Caller,
    operation: &str,
) -> Result<bool, Failure> {
    Ok(granted_operations(tx, &key.id, caller)?
        .iter()
        .any(|granted| granted == operation))
}

/// Lists what grants let the caller do with a key.
///
/// # Errors
/// The database fails.
pub(crate) fn granted_operations(
    tx: &mut Tx<'_>,
    key_id: &str,
    caller: &Caller,
) -> Result<Vec<String>, Failure> {
    let rows = tx.rows(
        sql!("select_grants_to"),
        &[
            Value::from(key_id),
            Value::from(caller.user_id.as_str()),
            Value::from(caller.account_id.as_str()),
        ],
    )?;
    let mut operations = Vec::new();
    for row in rows {
        operations.extend(row.text("operations")?.split(',').map(str::to_owned));
    }
    Ok(operations)
}

/// What policies may ask of a request on a key.
fn context(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    key: &Key,
    algorithm: Option<&str>,
) -> Result<Context, Failure> {
    let mut context = request_context(call);
    if let Some(algorithm) = algorithm {
        context.add("kms:EncryptionAlgorithm", algorithm);
    }
    context.add("kms:KeySpec", key.spec.name);
    context.add("kms:KeyUsage", key.purpose.name());
    context.add("kms:KeyOrigin", key.origin());
    context.add("g:EnterpriseProjectId", key.enterprise_project.as_str());
    for row in tx.rows(sql!("select_tags"), &[Value::from(key.id.as_str())])? {
        context.add(
            &format!("g:ResourceTag/{}", row.text("tag")?),
            row.text("value")?,
        );
    }
    for row in tx.rows(sql!("select_aliases_of"), &[Value::from(key.id.as_str())])? {
        context.add(
            "kms:ResourceAliases",
            format!("alias/{}", row.text("alias")?),
        );
    }
    Ok(context)
}

/// What policies may ask of a request, whatever it is about.
fn request_context(call: &Call<'_>) -> Context {
    let mut context = call.caller.map_or_else(Context::new, |caller| {
        caller.context(call.now_ms, &call.origin.source_ip)
    });
    // What a request does not say is not unknown: it means the default.
    for (field, name, default) in [
        (
            &fields::ENCRYPTION_ALGORITHM,
            "kms:EncryptionAlgorithm",
            choices::ENCRYPTION_ALGORITHM,
        ),
        (
            &fields::GRANTEE_TYPE,
            "kms:GranteePrincipalType",
            choices::GRANTEE_TYPE,
        ),
    ] {
        if takes(call, field) {
            context.add(name, call.args.text(field).unwrap_or(default));
        }
    }
    if let Some((name, _)) = call.args.text(&fields::KEY).and_then(fields::alias_name) {
        context.add("kms:RequestAlias", format!("alias/{name}"));
    }
    tags::describe(call, &mut context);
    for (name, value) in call
        .args
        .object(&fields::ENCRYPTION_CONTEXT)
        .into_iter()
        .flatten()
    {
        let value = value.as_str().unwrap_or_default();
        context.add(&format!("kms:EncryptionContext/{name}"), value);
    }
    context
}
