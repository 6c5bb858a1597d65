//! What a client asks for when it signs in: the body of POST /v3/auth/tokens.

use kit::api::Call;
use serde_json::Value;
use zeroize::Zeroizing;

use super::fields::Object;
use crate::authentication::{Iam, Who};
use crate::error::IamError;
use crate::store::user::{self, User};
use crate::store::{project, token};

/// Who signed in, and how.
pub(super) struct SignedIn {
    pub(super) user: User,
    /// The project that a token is good for if it comes from one that is good for this project alone.
    pub(super) bound_to: Option<String>,
    pub(super) method: &'static str,
    /// When the token ends: a token that comes from another one ends with it.
    pub(super) expires_ms: i64,
    pub(super) mfa: bool,
}

const WRONG_TOKEN: IamError = IamError::Unauthorized("The token is not valid or has expired.");

/// Finds out who signs in.
pub(super) fn identify(
    iam: &Iam,
    call: &Call<'_>,
    auth: &Object<'_>,
) -> Result<SignedIn, IamError> {
    let identity = auth.need_object("identity")?;
    let methods = identity.value("methods").and_then(Value::as_array);
    let methods: Vec<&str> = methods
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    match methods.as_slice() {
        ["password"] => by_password(iam, call, &identity.need_object("password")?),
        ["token"] => by_token(call, identity.need_object("token")?.need("id")?),
        _ => Err(identity.invalid("methods", "must be [\"password\"] or [\"token\"]")),
    }
}

fn by_password(iam: &Iam, call: &Call<'_>, password: &Object<'_>) -> Result<SignedIn, IamError> {
    let user = password.need_object("user")?;
    let domain = user.object("domain")?;
    let who = match (user.text("id")?, domain) {
        (Some(id), _) => Who::Id(id),
        (None, None) => return Err(user.invalid("domain", "is missing")),
        (None, Some(domain)) => match domain.text("id")? {
            Some(account_id) => Who::NameIn {
                name: user.need("name")?,
                account_id,
            },
            None => Who::NameInNamed {
                name: user.need("name")?,
                account: domain.need("name")?,
            },
        },
    };
    let secret = Zeroizing::new(user.need("password")?.to_owned());
    Ok(SignedIn {
        user: iam.sign_in(who, &secret, call.now_ms)?,
        bound_to: None,
        method: "password",
        expires_ms: call.now_ms + token::LIFE_MS,
        mfa: false,
    })
}

fn by_token(call: &Call<'_>, text: &str) -> Result<SignedIn, IamError> {
    let found = call.db.read(|tx| {
        let token = token::find(tx, text)?;
        let Some(token) = token.filter(|token| call.now_ms < token.expires_ms) else {
            return Ok(None);
        };
        let user = user::by_id(tx, &token.user_id)?;
        Ok::<_, IamError>(user.map(|user| (user, token)))
    })?;
    let (user, token) = found.filter(|found| found.0.enabled).ok_or(WRONG_TOKEN)?;
    Ok(SignedIn {
        user,
        bound_to: token.project_id,
        method: "token",
        expires_ms: token.expires_ms,
        mfa: token.mfa,
    })
}

/// Finds the project that a token is to be good for; none: the account. One that comes from a project's token is good for
/// that project only.
pub(super) fn project_of(
    call: &Call<'_>,
    auth: &Object<'_>,
    signed_in: &SignedIn,
) -> Result<Option<project::Project>, IamError> {
    let project = wanted_project(call, auth, &signed_in.user)?;
    let id = project.as_ref().map(|project| &project.id);
    match &signed_in.bound_to {
        Some(bound_to) if id != Some(bound_to) => Err(IamError::Unauthorized(
            "The token is good for one project, and gives tokens for that one only.",
        )),
        _ => Ok(project),
    }
}

fn wanted_project(
    call: &Call<'_>,
    auth: &Object<'_>,
    user: &User,
) -> Result<Option<project::Project>, IamError> {
    let Some(scope) = auth.object("scope")? else {
        return Ok(None);
    };
    if let Some(wanted) = scope.object("project")? {
        let projects = call.db.read(|tx| project::list(tx, &user.account_id))?;
        let (id, name) = (wanted.text("id")?, wanted.text("name")?);
        let mut named = projects.into_iter().filter(|project| project.enabled);
        let found = match (id, name) {
            (Some(id), _) => named.find(|project| project.id == id),
            (None, Some(name)) => named.find(|project| project.name == name),
            (None, None) => return Err(wanted.invalid("id", "is missing, and so is the name")),
        };
        let found = found.ok_or(IamError::Unauthorized("The project is not the user's."))?;
        return Ok(Some(found));
    }
    let Some(wanted) = scope.object("domain")? else {
        return Err(scope.invalid("project", "is missing, and so is the domain"));
    };
    let by_id = wanted.text("id")?.map(|id| id == user.account_id);
    let own = match by_id {
        Some(own) => own,
        None => {
            let name = wanted.need("name")?;
            let found = call
                .db
                .read(|tx| crate::store::account::by_name(tx, name))?;
            found.is_some_and(|account| account.id == user.account_id)
        }
    };
    match own {
        true => Ok(None),
        false => Err(IamError::Unauthorized("The account is not the user's.")),
    }
}
