//! What is attached to groups: a role or policy, and where it holds.

use std::sync::Arc;

use kit::caller::{Attached, Scope};
use kit::db::{Tx, Value};
use kit::policy::{Named, Policy, system};
use kit::sql;

use super::{epoch, group, project, role};
use crate::error::IamError;

/// A role that is attached, by identifier and name.
#[derive(Clone, Debug)]
pub struct RoleName {
    /// The role's identifier.
    pub id: String,
    /// The name that people know it by.
    pub display_name: String,
    /// Where it holds.
    pub scope: Scope,
}

/// Attaches a role to a group; one that is attached already stays.
///
/// # Errors
/// [`IamError::NotFound`] for the group, the role or the project.
pub fn attach(
    tx: &mut Tx<'_>,
    account_id: &str,
    group_id: &str,
    role_id: &str,
    scope: &Scope,
) -> Result<(), IamError> {
    check(tx, account_id, group_id, role_id, scope)?;
    tx.execute(sql!("insert_attachment"), &key(group_id, role_id, scope))?;
    epoch::raise(tx)?;
    Ok(())
}

/// Detaches a role from a group.
///
/// # Errors
/// [`IamError::NotFound`], also where it is not attached.
pub fn detach(
    tx: &mut Tx<'_>,
    account_id: &str,
    group_id: &str,
    role_id: &str,
    scope: &Scope,
) -> Result<(), IamError> {
    check(tx, account_id, group_id, role_id, scope)?;
    if tx.execute(sql!("delete_attachment"), &key(group_id, role_id, scope))? == 0 {
        return Err(IamError::not_found("role of the group", role_id));
    }
    epoch::raise(tx)?;
    Ok(())
}

/// Tells whether a role is attached to a group.
///
/// # Errors
/// [`IamError::NotFound`] for the group, the role or the project.
pub fn is_attached(
    tx: &mut Tx<'_>,
    account_id: &str,
    group_id: &str,
    role_id: &str,
    scope: &Scope,
) -> Result<bool, IamError> {
    check(tx, account_id, group_id, role_id, scope)?;
    Ok(tx
        .row(sql!("select_attachment"), &key(group_id, role_id, scope))?
        .is_some())
}

/// Lists the roles of a group in one scope.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn of_group(
    tx: &mut Tx<'_>,
    account_id: &str,
    group_id: &str,
    scope: &Scope,
) -> Result<Vec<RoleName>, IamError> {
    group::need(tx, account_id, group_id)?;
    check_project(tx, account_id, scope)?;
    let (word, project_id) = written(scope);
    names(
        tx,
        sql!("select_roles_of_group"),
        &[group_id.into(), word.into(), project_id.into()],
    )
}

/// Lists the roles that a user has through groups.
///
/// # Errors
/// The database does not answer.
pub fn of_user(tx: &mut Tx<'_>, user_id: &str) -> Result<Vec<RoleName>, IamError> {
    names(tx, sql!("select_roles_of_user"), &[user_id.into()])
}

/// Reads the policies that a user has through groups.
///
/// A custom policy that cannot be read any more is an error: to skip it would skip its denials.
///
/// # Errors
/// The database does not answer, or holds what is no policy.
pub fn policies_of_user(tx: &mut Tx<'_>, user_id: &str) -> Result<Vec<Attached>, IamError> {
    let mut custom = Vec::new();
    for row in tx.rows(sql!("select_policies_of_user"), &[user_id.into()])? {
        let role = role::read(&row)?;
        let policy = Policy::parse_text(role.document.as_bytes()).map_err(|error| {
            IamError::Invalid(format!("the stored policy {} is damaged: {error}", role.id))
        })?;
        let policy = Named {
            name: role.display_name,
            value: policy,
        };
        custom.push((role.id, Arc::new(policy)));
    }
    let mut attached = Vec::new();
    for role in of_user(tx, user_id)? {
        let own = custom.iter().find(|one| one.0 == role.id);
        let policy = own.map(|one| Arc::clone(&one.1));
        if let Some(policy) = policy.or_else(|| system::policy(&role.id)) {
            let scope = role.scope;
            attached.push(Attached { scope, policy });
        }
    }
    Ok(attached)
}

fn check(
    tx: &mut Tx<'_>,
    account_id: &str,
    group_id: &str,
    role_id: &str,
    scope: &Scope,
) -> Result<(), IamError> {
    group::need(tx, account_id, group_id)?;
    if system::by_id(role_id).is_none() {
        role::need(tx, account_id, role_id)?;
    }
    check_project(tx, account_id, scope)
}

fn check_project(tx: &mut Tx<'_>, account_id: &str, scope: &Scope) -> Result<(), IamError> {
    let Scope::Project(id) = scope else {
        return Ok(());
    };
    let found = project::find(tx, account_id, id)?;
    found
        .map(|_| ())
        .ok_or_else(|| IamError::not_found("project", id))
}

/// Writes a scope as the table does: a word, and the project or an empty text.
fn written(scope: &Scope) -> (&'static str, &str) {
    match scope {
        Scope::Account => ("account", ""),
        Scope::Project(id) => ("project", id),
        Scope::Projects => ("projects", ""),
    }
}

fn key(group_id: &str, role_id: &str, scope: &Scope) -> [Value; 4] {
    let (word, project_id) = written(scope);
    [
        group_id.into(),
        role_id.into(),
        word.into(),
        project_id.into(),
    ]
}

fn names(tx: &mut Tx<'_>, sql: &str, values: &[Value]) -> Result<Vec<RoleName>, IamError> {
    let mut roles = Vec::new();
    for row in tx.rows(sql, values)? {
        let id = row.text("role_id")?;
        let known = system::by_id(&id).map(|role| role.display_name.to_owned());
        let scope = match row.text("scope")?.as_str() {
            "account" => Scope::Account,
            "project" => Scope::Project(row.text("project_id")?),
            _ => Scope::Projects,
        };
        // What is neither a system role nor a custom one was a system role of another version of this program.
        let Some(display_name) = row.maybe_text("display_name")?.or(known) else {
            continue;
        };
        roles.push(RoleName {
            id,
            display_name,
            scope,
        });
    }
    Ok(roles)
}
