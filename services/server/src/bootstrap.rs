//! Accounts: the first one and further ones, made by the operator on the server's own machine.

use iam::error::IamError;
use iam::password::{Cost, Hasher};
use iam::store::access_key::{self, Pair};
use iam::store::account::{self, NewAccount};
use serde_json::{Value, json};

use crate::app::App;

/// Makes an account with a project of the region's name, its administrator, and an access key, and tells all of it.
///
/// # Errors
/// The name is taken, or the database or the HSM fails.
pub(crate) fn make_account(
    app: &App,
    name: &str,
    password: Option<&str>,
    region: &str,
) -> Result<Value, IamError> {
    let hashed = match password {
        None => None,
        Some(password) => Some(Hasher::new(Cost::STANDARD).hash(password)?),
    };
    let new = NewAccount {
        name,
        password: hashed.as_ref(),
        project: region,
    };
    let pair = Pair::draw();
    let context = access_key::context(&pair.id);
    let sealed = app.sealer.seal(&context, pair.secret.as_bytes())?;
    let now_ms = app.clock.now_ms();
    let made = app.db.write(|tx| {
        let made = account::create(tx, &new, now_ms)?;
        access_key::create(tx, &made.root_user_id, &pair.id, &sealed, "", now_ms)?;
        Ok::<_, IamError>(made)
    })?;
    Ok(json!({
        "account": name,
        "domain_id": made.account.id,
        "project_id": made.project_id,
        "project": region,
        "user_id": made.root_user_id,
        "access": pair.id,
        "secret": *pair.secret,
    }))
}
