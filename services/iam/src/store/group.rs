//! Groups of users: what policies are attached to.

use kit::db::{Row, Tx};
use kit::id;
use kit::sql;

use super::epoch;
use super::user::{self, User};
use crate::error::IamError;

/// Groups of an account: the console's limit is 20 at first, and this much on request.
pub const MAX_GROUPS: i64 = 200;

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its identifier.
    pub id: String,
    /// Its account.
    pub account_id: String,
    /// Its name, unique in the account.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created_ms: i64,
}

/// Makes a group.
///
/// # Errors
/// [`IamError::Conflict`] where the name is taken or the account is full.
pub fn create(
    tx: &mut Tx<'_>,
    account_id: &str,
    name: &str,
    description: &str,
    now_ms: i64,
) -> Result<Group, IamError> {
    if tx.count(sql!("count_groups"), &[account_id.into()])? >= MAX_GROUPS {
        return Err(IamError::Conflict(format!(
            "An account has at most {MAX_GROUPS} groups."
        )));
    }
    let id = id::hex32();
    let values = [
        id.as_str().into(),
        account_id.into(),
        name.into(),
        description.into(),
        now_ms.into(),
    ];
    if tx.execute(sql!("insert_group"), &values)? == 0 {
        return Err(taken(name));
    }
    need(tx, account_id, &id)
}

/// Lists an account's groups by name.
///
/// # Errors
/// The database does not answer.
pub fn list(tx: &mut Tx<'_>, account_id: &str) -> Result<Vec<Group>, IamError> {
    let rows = tx.rows(sql!("select_groups"), &[account_id.into()])?;
    rows.iter().map(read).collect()
}

/// Finds a group that must be of an account.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn need(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<Group, IamError> {
    let row = tx.row(sql!("select_group"), &[account_id.into(), id.into()])?;
    let row = row.ok_or_else(|| IamError::not_found("group", id))?;
    read(&row)
}

/// Changes a group's name or description.
///
/// # Errors
/// [`IamError::NotFound`], or [`IamError::Conflict`] where the name is taken.
pub fn update(
    tx: &mut Tx<'_>,
    account_id: &str,
    id: &str,
    name: Option<&str>,
    description: Option<&str>,
) -> Result<Group, IamError> {
    let old = need(tx, account_id, id)?;
    let name = name.unwrap_or(&old.name);
    let other = tx.row(
        sql!("select_other_group"),
        &[account_id.into(), name.into(), id.into()],
    )?;
    if other.is_some() {
        return Err(taken(name));
    }
    let description = description.unwrap_or(&old.description);
    tx.execute(
        sql!("update_group"),
        &[id.into(), name.into(), description.into()],
    )?;
    need(tx, account_id, id)
}

/// Deletes a group, its memberships and what is attached to it.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn delete(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<(), IamError> {
    need(tx, account_id, id)?;
    tx.execute(sql!("delete_members_of_group"), &[id.into()])?;
    tx.execute(sql!("delete_attachments_of_group"), &[id.into()])?;
    tx.execute(sql!("delete_group"), &[id.into()])?;
    epoch::raise(tx)?;
    Ok(())
}

/// Lists the users of a group by name.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn members(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<Vec<User>, IamError> {
    need(tx, account_id, id)?;
    let rows = tx.rows(sql!("select_members"), &[id.into()])?;
    rows.iter().map(user::read).collect()
}

/// Lists the groups of a user by name.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn of_user(tx: &mut Tx<'_>, account_id: &str, user_id: &str) -> Result<Vec<Group>, IamError> {
    user::need(tx, account_id, user_id)?;
    let rows = tx.rows(sql!("select_groups_of_user"), &[user_id.into()])?;
    rows.iter().map(read).collect()
}

/// Tells whether a user is in a group.
///
/// # Errors
/// [`IamError::NotFound`] for either.
pub fn has(tx: &mut Tx<'_>, account_id: &str, id: &str, user_id: &str) -> Result<bool, IamError> {
    need(tx, account_id, id)?;
    user::need(tx, account_id, user_id)?;
    Ok(tx
        .row(sql!("select_member"), &[id.into(), user_id.into()])?
        .is_some())
}

/// Puts a user into a group; one who is there stays there.
///
/// # Errors
/// [`IamError::NotFound`] for either.
pub fn add(tx: &mut Tx<'_>, account_id: &str, id: &str, user_id: &str) -> Result<(), IamError> {
    need(tx, account_id, id)?;
    user::need(tx, account_id, user_id)?;
    tx.execute(sql!("insert_member"), &[id.into(), user_id.into()])?;
    epoch::raise(tx)?;
    Ok(())
}

/// Takes a user out of a group.
///
/// # Errors
/// [`IamError::NotFound`] for either, or where the user is not in the group.
pub fn remove(tx: &mut Tx<'_>, account_id: &str, id: &str, user_id: &str) -> Result<(), IamError> {
    need(tx, account_id, id)?;
    if tx.execute(sql!("delete_member"), &[id.into(), user_id.into()])? == 0 {
        return Err(IamError::not_found("user in the group", user_id));
    }
    epoch::raise(tx)?;
    Ok(())
}

fn taken(name: &str) -> IamError {
    IamError::Conflict(format!("The group {name} exists already."))
}

fn read(row: &Row) -> Result<Group, IamError> {
    Ok(Group {
        id: row.text("id")?,
        account_id: row.text("account_id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        created_ms: row.int("created_ms")?,
    })
}
