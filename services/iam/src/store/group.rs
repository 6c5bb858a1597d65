//! Groups of users: what policies are attached to.

use kit::db::{Row, Tx};
use kit::id;

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
    const COUNT: &str = "SELECT COUNT(*) AS n FROM iam_groups WHERE account_id = $1";
    const INSERT: &str = "INSERT INTO iam_groups (id, account_id, name, description, created_ms)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, name) DO NOTHING";
    let count = tx.row(COUNT, &[account_id.into()])?;
    if count.map_or(Ok(0), |row| row.int("n"))? >= MAX_GROUPS {
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
    if tx.execute(INSERT, &values)? == 0 {
        return Err(taken(name));
    }
    need(tx, account_id, &id)
}

/// Lists an account's groups by name.
///
/// # Errors
/// The database does not answer.
pub fn list(tx: &mut Tx<'_>, account_id: &str) -> Result<Vec<Group>, IamError> {
    const SELECT: &str = "SELECT * FROM iam_groups WHERE account_id = $1 ORDER BY name";
    let rows = tx.rows(SELECT, &[account_id.into()])?;
    rows.iter().map(read).collect()
}

/// Finds a group that must be of an account.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn need(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<Group, IamError> {
    const SELECT: &str = "SELECT * FROM iam_groups WHERE account_id = $1 AND id = $2";
    let row = tx.row(SELECT, &[account_id.into(), id.into()])?;
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
    const OTHER: &str =
        "SELECT id FROM iam_groups WHERE account_id = $1 AND name = $2 AND id <> $3";
    const UPDATE: &str = "UPDATE iam_groups SET name = $2, description = $3 WHERE id = $1";
    let old = need(tx, account_id, id)?;
    let name = name.unwrap_or(&old.name);
    let other = tx.row(OTHER, &[account_id.into(), name.into(), id.into()])?;
    if other.is_some() {
        return Err(taken(name));
    }
    let description = description.unwrap_or(&old.description);
    tx.execute(UPDATE, &[id.into(), name.into(), description.into()])?;
    need(tx, account_id, id)
}

/// Deletes a group, its memberships and what is attached to it.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn delete(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<(), IamError> {
    need(tx, account_id, id)?;
    tx.execute("DELETE FROM iam_members WHERE group_id = $1", &[id.into()])?;
    tx.execute(
        "DELETE FROM iam_attachments WHERE group_id = $1",
        &[id.into()],
    )?;
    tx.execute("DELETE FROM iam_groups WHERE id = $1", &[id.into()])?;
    epoch::raise(tx)?;
    Ok(())
}

/// Lists the users of a group by name.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn members(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<Vec<User>, IamError> {
    const SELECT: &str = "SELECT u.* FROM iam_users u JOIN iam_members m ON m.user_id = u.id
        WHERE m.group_id = $1 ORDER BY u.name";
    need(tx, account_id, id)?;
    let rows = tx.rows(SELECT, &[id.into()])?;
    rows.iter().map(user::read).collect()
}

/// Lists the groups of a user by name.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn of_user(tx: &mut Tx<'_>, account_id: &str, user_id: &str) -> Result<Vec<Group>, IamError> {
    const SELECT: &str = "SELECT g.* FROM iam_groups g JOIN iam_members m ON m.group_id = g.id
        WHERE m.user_id = $1 ORDER BY g.name";
    user::need(tx, account_id, user_id)?;
    let rows = tx.rows(SELECT, &[user_id.into()])?;
    rows.iter().map(read).collect()
}

/// Tells whether a user is in a group.
///
/// # Errors
/// [`IamError::NotFound`] for either.
pub fn has(tx: &mut Tx<'_>, account_id: &str, id: &str, user_id: &str) -> Result<bool, IamError> {
    const SELECT: &str = "SELECT user_id FROM iam_members WHERE group_id = $1 AND user_id = $2";
    need(tx, account_id, id)?;
    user::need(tx, account_id, user_id)?;
    Ok(tx.row(SELECT, &[id.into(), user_id.into()])?.is_some())
}

/// Puts a user into a group; one who is there stays there.
///
/// # Errors
/// [`IamError::NotFound`] for either.
pub fn add(tx: &mut Tx<'_>, account_id: &str, id: &str, user_id: &str) -> Result<(), IamError> {
    const INSERT: &str = "INSERT INTO iam_members (group_id, user_id) VALUES ($1, $2)
        ON CONFLICT (group_id, user_id) DO NOTHING";
    need(tx, account_id, id)?;
    user::need(tx, account_id, user_id)?;
    tx.execute(INSERT, &[id.into(), user_id.into()])?;
    epoch::raise(tx)?;
    Ok(())
}

/// Takes a user out of a group.
///
/// # Errors
/// [`IamError::NotFound`] for either, or where the user is not in the group.
pub fn remove(tx: &mut Tx<'_>, account_id: &str, id: &str, user_id: &str) -> Result<(), IamError> {
    const DELETE: &str = "DELETE FROM iam_members WHERE group_id = $1 AND user_id = $2";
    need(tx, account_id, id)?;
    if tx.execute(DELETE, &[id.into(), user_id.into()])? == 0 {
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
