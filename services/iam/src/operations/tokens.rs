//! Tokens and the catalogue of services.

use std::sync::Arc;

use kit::api::{Call, Failure, Reply};
use kit::caller::{Caller, Credential, Scope};
use kit::db::Tx;
use kit::policy::system;
use serde_json::{Map, Value, json};

use super::auth::{self, SignedIn};
use super::fields::{AUTH, NOCATALOG, Object};
use super::view;
use crate::authentication::Iam;
use crate::error::IamError;
use crate::store::project::{self, Project};
use crate::store::token::{self, Token};
use crate::store::user::{self, User};
use crate::store::{account, attachment};

/// The services of this program: type, and the path with `%` for the project.
const SERVICES: &[(&str, &str)] = &[
    ("kms", "/v1.0/%"),
    ("csms", "/v1/%"),
    ("kps", "/v3/%"),
    ("cts", "/v3/%"),
    ("ces", "/V1.0/%"),
    ("iam", "/v3"),
];

/// Signs in: gives a token.
pub(super) fn create(iam: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let body = Object::of(&call.args, &AUTH)?;
    let signed_in = auth::identify(iam, call, &body)?;
    let project = auth::project_of(call, &body, &signed_in)?;
    let text = token::draw();
    let token = Token {
        user_id: signed_in.user.id.clone(),
        project_id: project.as_ref().map(|project| project.id.clone()),
        methods: signed_in.method.to_owned(),
        mfa: signed_in.mfa,
        issued_ms: call.now_ms,
        expires_ms: signed_in.expires_ms,
    };
    call.change(|tx| {
        token::create(tx, &text, &token)?;
        let view = describe(call, tx, &token, &signed_in.user, project.as_ref())?;
        let mut reply =
            Reply::new(json!({"token": view})).about(&token.user_id, &signed_in.user.name);
        reply.headers.push(("X-Subject-Token", text.to_string()));
        Ok(reply.by(signer(tx, &signed_in, &token)?))
    })
}

/// Who has just signed in, for the trace.
fn signer(tx: &mut Tx<'_>, signed_in: &SignedIn, token: &Token) -> Result<Caller, IamError> {
    let user = &signed_in.user;
    let account = account::by_id(tx, &user.account_id)?;
    Ok(Caller {
        account_id: user.account_id.clone(),
        account_name: account.map_or_else(String::new, |account| account.name),
        user_id: user.id.clone(),
        user_name: user.name.clone(),
        is_root: user.is_root,
        project_id: token.project_id.clone(),
        access_key_id: None,
        credential: Credential::Token,
        mfa: token.mfa,
        policies: Arc::new([]),
    })
}

/// Shows what a token stands for, to its own user and to the account's own user.
pub(super) fn show(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let text = call.origin.subject_token.as_str();
    let view = call.db.read(|tx| {
        let gone = || IamError::not_found("token", "the one of X-Subject-Token");
        let token = token::find(tx, text)?.filter(|token| call.now_ms < token.expires_ms);
        let token = token.ok_or_else(gone)?;
        let user = user::by_id(tx, &token.user_id)?.ok_or_else(gone)?;
        let own_account = user.account_id == caller.account_id;
        if !own_account || !(caller.is_root || user.id == caller.user_id) {
            return Err(gone());
        }
        let project = match &token.project_id {
            Some(id) => project::find(tx, &user.account_id, id)?,
            None => None,
        };
        describe(call, tx, &token, &user, project.as_ref())
    })?;
    let mut reply = Reply::new(json!({"token": view}));
    reply.headers.push(("X-Subject-Token", text.to_owned()));
    Ok(reply)
}

/// Shows where the services are.
pub(super) fn catalog(_: &Arc<Iam>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let project_id = match &caller.project_id {
        Some(id) => Some(id.clone()),
        None => {
            let projects = call.db.read(|tx| project::list(tx, &caller.account_id))?;
            let here = projects
                .into_iter()
                .find(|project| project.name == call.region);
            here.map(|project| project.id)
        }
    };
    let catalog = services(call, project_id.as_deref());
    Ok(Reply::new(
        json!({"catalog": catalog, "links": view::links(call)}),
    ))
}

fn describe(
    call: &Call<'_>,
    tx: &mut Tx<'_>,
    token: &Token,
    user: &User,
    project: Option<&Project>,
) -> Result<Value, IamError> {
    let account = account::by_id(tx, &user.account_id)?;
    let account = account.ok_or_else(|| IamError::not_found("domain", &user.account_id))?;
    let domain = json!({"id": account.id, "name": account.name});
    let project_id = project.map(|project| project.id.as_str());
    let mut view = Map::new();
    let methods: Vec<&str> = token.methods.split(',').collect();
    view.insert("methods".to_owned(), json!(methods));
    view.insert("issued_at".to_owned(), view::moment(token.issued_ms).into());
    view.insert(
        "expires_at".to_owned(),
        view::moment(token.expires_ms).into(),
    );
    let hidden = call
        .args
        .text(&NOCATALOG)
        .is_some_and(|text| text != "false");
    let catalog = if hidden {
        Vec::new()
    } else {
        services(call, project_id)
    };
    view.insert("catalog".to_owned(), catalog.into());
    view.insert("roles".to_owned(), roles(tx, user, project_id)?.into());
    let user = json!({
        "id": user.id, "name": user.name, "password_expires_at": "", "domain": domain,
    });
    view.insert("user".to_owned(), user);
    match project {
        Some(project) => {
            let project = json!({"id": project.id, "name": project.name, "domain": domain});
            view.insert("project".to_owned(), project);
        }
        None => {
            view.insert("domain".to_owned(), domain);
        }
    }
    Ok(Value::Object(view))
}

/// The roles that a token carries; free text, as policies are looked up with every call.
fn roles(tx: &mut Tx<'_>, user: &User, project_id: Option<&str>) -> Result<Vec<Value>, IamError> {
    if user.is_root {
        let all = ["te_admin", "secu_admin"];
        return Ok(all
            .iter()
            .map(|name| json!({"id": "0", "name": name}))
            .collect());
    }
    let holds = |scope: &Scope| scope.holds_in(project_id.unwrap_or_default());
    let held = attachment::of_user(tx, &user.id)?;
    let roles = held
        .into_iter()
        .filter(|role| holds(&role.scope))
        .map(|role| {
            let internal = system::by_id(&role.id).map(|role| role.name.to_owned());
            json!({"id": role.id, "name": internal.unwrap_or(role.display_name)})
        });
    Ok(roles.collect())
}

fn services(call: &Call<'_>, project_id: Option<&str>) -> Vec<Value> {
    let base = view::base(call);
    let rows = SERVICES.iter().filter_map(|(name, path)| {
        let path = match project_id {
            Some(project_id) => path.replace('%', project_id),
            None if path.contains('%') => return None,
            None => (*path).to_owned(),
        };
        let endpoint = json!({
            "id": format!("{name}-{}", call.region),
            "interface": "public",
            "region": call.region,
            "region_id": call.region,
            "url": format!("{base}{path}"),
        });
        Some(json!({"type": name, "id": name, "name": name, "endpoints": [endpoint]}))
    });
    rows.collect()
}
