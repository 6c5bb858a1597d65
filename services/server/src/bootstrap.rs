//! Accounts: the first one and further ones, made by the operator on the server's own machine.

use iam::authentication::NewAdministrator;
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
) -> Result<Value, iam::error::IamError> {
    let new = NewAdministrator {
        account: name,
        password,
        project: region,
    };
    let made = app.iam.make_account(&new, app.clock.now_ms())?;
    Ok(json!({
        "account": name,
        "domain_id": made.account_id,
        "project_id": made.project_id,
        "project": region,
        "user_id": made.user_id,
        "access": made.access_key_id,
        "secret": *made.secret,
    }))
}
