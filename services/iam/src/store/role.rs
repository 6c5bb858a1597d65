//! Custom policies of an account, which the interface calls roles.

use kit::db::{Row, Tx};
use kit::id;
use kit::policy::system;
use kit::sql;

use super::epoch;
use crate::error::IamError;

/// Custom policies of an account, as the console allows.
pub const MAX_ROLES: i64 = 200;

/// A custom policy.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its identifier.
    pub id: String,
    /// Its account.
    pub account_id: String,
    /// Its name, unique in the account.
    pub display_name: String,
    /// `AX` for global services, `XA` for those of a project, `AA` for both.
    pub kind: String,
    /// What it is for.
    pub description: String,
    /// The document, as JSON text.
    pub document: String,
    /// When it was made.
    pub created_ms: i64,
    /// When it was changed last.
    pub updated_ms: i64,
}

/// What a custom policy consists of, checked already.
pub struct Content<'a> {
    /// Its name.
    pub display_name: &'a str,
    /// `AX`, `XA` or `AA`.
    pub kind: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The document, as JSON text.
    pub document: &'a str,
}

/// Makes a custom policy.
///
/// # Errors
/// [`IamError::Conflict`] where the name is taken or the account is full.
pub fn create(
    tx: &mut Tx<'_>,
    account_id: &str,
    content: &Content<'_>,
    now_ms: i64,
) -> Result<Role, IamError> {
    if tx.count(sql!("count_roles"), &[account_id.into()])? >= MAX_ROLES {
        let text = format!("An account has at most {MAX_ROLES} custom policies.");
        return Err(IamError::Conflict(text));
    }
    let id = id::hex32();
    let values = [
        id.as_str().into(),
        account_id.into(),
        content.display_name.into(),
        content.kind.into(),
        content.description.into(),
        content.document.into(),
        now_ms.into(),
    ];
    let is_system = system::by_name(content.display_name).is_some();
    if is_system || tx.execute(sql!("insert_role"), &values)? == 0 {
        return Err(taken(content.display_name));
    }
    need(tx, account_id, &id)
}

/// Lists an account's custom policies by name.
///
/// # Errors
/// The database does not answer.
pub fn list(tx: &mut Tx<'_>, account_id: &str) -> Result<Vec<Role>, IamError> {
    let rows = tx.rows(sql!("select_roles"), &[account_id.into()])?;
    rows.iter().map(read).collect()
}

/// Finds a custom policy that must be of an account.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn need(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<Role, IamError> {
    let row = tx.row(sql!("select_role"), &[account_id.into(), id.into()])?;
    let row = row.ok_or_else(|| IamError::not_found("role", id))?;
    read(&row)
}

/// Replaces a custom policy.
///
/// # Errors
/// [`IamError::NotFound`], or [`IamError::Conflict`] where the name is taken.
pub fn update(
    tx: &mut Tx<'_>,
    account_id: &str,
    id: &str,
    content: &Content<'_>,
    now_ms: i64,
) -> Result<Role, IamError> {
    need(tx, account_id, id)?;
    let name = content.display_name;
    let other = tx.row(
        sql!("select_other_role"),
        &[account_id.into(), name.into(), id.into()],
    )?;
    if other.is_some() || system::by_name(name).is_some() {
        return Err(taken(name));
    }
    let values = [
        id.into(),
        name.into(),
        content.kind.into(),
        content.description.into(),
        content.document.into(),
        now_ms.into(),
    ];
    tx.execute(sql!("update_role"), &values)?;
    epoch::raise(tx)?;
    need(tx, account_id, id)
}

/// Deletes a custom policy that is attached to nobody.
///
/// # Errors
/// [`IamError::NotFound`], or [`IamError::Conflict`] where it is attached.
pub fn delete(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<(), IamError> {
    need(tx, account_id, id)?;
    if tx.count(sql!("count_attachments_of_role"), &[id.into()])? > 0 {
        let text = "The policy is attached to a group: detach it first.";
        return Err(IamError::Conflict(text.to_owned()));
    }
    tx.execute(sql!("delete_role"), &[id.into()])?;
    epoch::raise(tx)?;
    Ok(())
}

fn taken(name: &str) -> IamError {
    IamError::Conflict(format!("The policy {name} exists already."))
}

pub(super) fn read(row: &Row) -> Result<Role, IamError> {
    Ok(Role {
        id: row.text("id")?,
        account_id: row.text("account_id")?,
        display_name: row.text("display_name")?,
        kind: row.text("type")?,
        description: row.text("description")?,
        document: row.text("document")?,
        created_ms: row.int("created_ms")?,
        updated_ms: row.int("updated_ms")?,
    })
}
