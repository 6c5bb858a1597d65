//! Access keys, permanent and temporary.

use std::sync::Arc;

use kit::api::{Call, Failure, Reply};
use kit::caller::{Caller, Credential};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::fields::{ACCESS_KEY, AUTH, CREDENTIAL, Object, USER_ID};
use super::permit::permit_self;
use super::users::root_only_by_root;
use super::view;
use crate::authentication::Iam;
use crate::error::IamError;
use crate::store::access_key::{self, Pair};
use crate::store::temporary::{self, Temporary};
use crate::store::{token, token_hash, user};

/// How long a temporary access key may live, and how long it does if nobody says, in seconds.
const LIVES_S: std::ops::RangeInclusive<i64> = 900..=86_400;
const LIFE_S: i64 = 900;

pub(super) fn create(iam: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let body = Object::of(&call.args, &CREDENTIAL)?;
    let user_id = body.need_name("user_id", 64)?;
    let description = body.description()?.unwrap_or_default();
    let caller = permit_self(call, &["iam:credentials:createCredential"], user_id)?;
    permanent_only(caller)?;
    let (pair, sealed) = draw(iam, access_key::context)?;
    call.change(|tx| {
        let user = user::need(tx, &caller.account_id, user_id)?;
        root_only_by_root(&user, caller.is_root)?;
        access_key::create(tx, user_id, &pair.id, &sealed, description, call.now_ms)?;
        let body = json!({
            "access": pair.id,
            "secret": *pair.secret,
            "status": "active",
            "user_id": user_id,
            "create_time": view::moment(call.now_ms),
            "description": description,
        });
        Ok(Reply::new(json!({"credential": body})).about(&pair.id, &pair.id))
    })
}

pub(super) fn list(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let own = call.caller()?.user_id.as_str();
    let user_id = call.args.text(&USER_ID).unwrap_or(own);
    let caller = permit_self(call, &["iam:credentials:listCredentials"], user_id)?;
    let keys = call.db.read(|tx| {
        user::need(tx, &caller.account_id, user_id)?;
        access_key::of_user(tx, user_id)
    })?;
    let keys: Vec<Value> = keys.iter().map(view::access_key).collect();
    Ok(Reply::new(json!({"credentials": keys})))
}

pub(super) fn show(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (_, key) = own_key(call, "iam:credentials:getCredential")?;
    Ok(Reply::new(json!({"credential": view::access_key(&key)})))
}

pub(super) fn update(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (caller, old) = own_key(call, "iam:credentials:updateCredential")?;
    let body = Object::of(&call.args, &CREDENTIAL)?;
    let active = match body.text("status")? {
        None => old.active,
        Some("active") => true,
        Some("inactive") => false,
        Some(_) => return Err(body.invalid("status", "must be active or inactive").into()),
    };
    let description = body.description()?.unwrap_or(&old.description);
    call.change(|tx| {
        let owner = user::need(tx, &caller.account_id, &old.user_id)?;
        root_only_by_root(&owner, caller.is_root)?;
        access_key::update(tx, &old.id, active, description)?;
        let key = access_key::need(tx, &caller.account_id, &old.id)?;
        Ok(Reply::new(json!({"credential": view::access_key(&key)})))
    })
}

pub(super) fn delete(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (caller, key) = own_key(call, "iam:credentials:deleteCredential")?;
    call.change(|tx| {
        let owner = user::need(tx, &caller.account_id, &key.user_id)?;
        root_only_by_root(&owner, caller.is_root)?;
        access_key::delete(tx, &key.id)?;
        Ok(Reply::none())
    })
}

/// Makes a temporary access key for the caller, who may be named by a token in the body too.
pub(super) fn create_temporary(iam: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let identity = Object::of(&call.args, &AUTH)?.need_object("identity")?;
    let methods = identity.value("methods").and_then(Value::as_array);
    if !methods.is_some_and(|methods| methods.iter().eq(["token"].iter())) {
        return Err(identity.invalid("methods", "must be [\"token\"]").into());
    }
    let asked = identity.object("token")?;
    let life_s = match asked.and_then(|asked| asked.value("duration_seconds")) {
        None => LIFE_S,
        Some(value) => value
            .as_i64()
            .filter(|seconds| LIVES_S.contains(seconds))
            .ok_or_else(|| {
                identity.invalid(
                    "token.duration_seconds",
                    "must be a number from 900 to 86400",
                )
            })?,
    };
    let named = asked.map(|asked| asked.text("id")).transpose()?.flatten();
    let caller = &caller_or_token(iam, call, named)?;
    permanent_only(caller)?;
    let (pair, sealed) = draw(iam, temporary::context)?;
    let security_token = token::draw();
    let kept = Temporary {
        user_id: caller.user_id.clone(),
        project_id: caller.project_id.clone(),
        sealed,
        token_hash: token_hash(&security_token),
        mfa: caller.mfa,
        expires_ms: call.now_ms + life_s * 1_000,
    };
    call.change(|tx| {
        temporary::create(tx, &pair.id, &kept, call.now_ms)?;
        let body = json!({
            "access": pair.id,
            "secret": *pair.secret,
            "securitytoken": *security_token,
            "expires_at": view::moment(kept.expires_ms),
        });
        Ok(Reply::new(json!({"credential": body})).about(&pair.id, &pair.id))
    })
}

/// Finds for whom a temporary key is made: the caller, or the user of the token in the body; with both, they must agree,
/// and a project that either is bound to binds the key.
fn caller_or_token(iam: &Iam, call: &Call<'_>, named: Option<&str>) -> Result<Caller, Failure> {
    let refused = || IamError::Unauthorized("The token is not the caller's, or has expired.");
    let of_token = match named {
        None => None,
        Some(text) => {
            let caller = iam.caller_of_token(text, call.now_ms);
            Some(caller.map_err(|_| refused())?)
        }
    };
    match (call.caller, of_token) {
        (Some(caller), Some(other)) if !agree(caller, &other) => Err(refused().into()),
        (Some(caller), Some(other)) => Ok(Caller {
            project_id: caller.project_id.clone().or(other.project_id),
            ..caller.clone()
        }),
        (Some(caller), None) => Ok(caller.clone()),
        (None, Some(caller)) => Ok(caller),
        (None, None) => Err(IamError::Unauthorized("The request has no credentials.").into()),
    }
}

/// Tells whether two proofs are of the same user, and are not bound to different projects.
fn agree(one: &Caller, other: &Caller) -> bool {
    let apart = matches!((&one.project_id, &other.project_id), (Some(a), Some(b)) if a != b);
    one.user_id == other.user_id && !apart
}

/// Draws an access key and seals its secret, before the transaction: the HSM does it.
fn draw(iam: &Iam, context: fn(&str) -> Vec<u8>) -> Result<(Pair, Vec<u8>), IamError> {
    let pair = Pair::draw();
    let secret: &Zeroizing<String> = &pair.secret;
    let sealed = iam.sealer().seal(&context(&pair.id), secret.as_bytes())?;
    Ok((pair, sealed))
}

/// What ends by itself must not make what lasts longer.
fn permanent_only(caller: &Caller) -> Result<(), IamError> {
    match caller.credential {
        Credential::AccessKey | Credential::Token => Ok(()),
        Credential::Temporary => {
            let text = "A temporary access key makes no other access key.";
            Err(IamError::Forbidden(text.to_owned()))
        }
    }
}

/// Finds the access key of the path, if the caller may do that with it.
fn own_key<'a>(
    call: &'a Call<'_>,
    action: &str,
) -> Result<(&'a Caller, access_key::AccessKey), Failure> {
    let (caller, id) = (call.caller()?, call.args.need(&ACCESS_KEY)?);
    let found = call
        .db
        .read(|tx| access_key::need(tx, &caller.account_id, id));
    let owner = found.as_ref().map_or("", |key| key.user_id.as_str());
    // Permission first: who may not look is not told which keys exist.
    permit_self(call, &[action], owner)?;
    Ok((caller, found?))
}
