//! Users of an account.

use kit::db::{Row, Tx};
use kit::id;
use kit::sql;

use super::{access_key, epoch, temporary, token};
use crate::error::IamError;
use crate::password::Hashed;

/// Users of an account: the console's limit is 50 at first, and this much on request.
pub const MAX_USERS: i64 = 1_000;

/// A user.
#[derive(Clone)]
pub struct User {
    /// The identifier.
    pub id: String,
    /// The account.
    pub account_id: String,
    /// The name, unique in the account.
    pub name: String,
    /// What the user is for.
    pub description: String,
    /// The address.
    pub email: String,
    /// Whether the user may come in.
    pub enabled: bool,
    /// Whether it is the account's own user, whom no policy binds.
    pub is_root: bool,
    /// The password, if there is one.
    pub password: Option<Hashed>,
    /// When the user was made.
    pub created_ms: i64,
}

/// What a new user begins with.
#[derive(Default)]
pub struct New<'a> {
    /// The name.
    pub name: &'a str,
    /// What the user is for.
    pub description: &'a str,
    /// The address.
    pub email: &'a str,
    /// The password.
    pub password: Option<&'a Hashed>,
    /// Whether the user is disabled.
    pub disabled: bool,
    /// Whether it is the account's own user.
    pub is_root: bool,
}

/// What is to be changed; the rest stays.
#[derive(Default)]
pub struct Change<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// What the user is for.
    pub description: Option<&'a str>,
    /// The address.
    pub email: Option<&'a str>,
    /// Whether the user may come in.
    pub enabled: Option<bool>,
    /// The password.
    pub password: Option<&'a Hashed>,
}

/// Makes a user.
///
/// # Errors
/// [`IamError::Conflict`] where the name is taken or the account is full.
pub fn create(
    tx: &mut Tx<'_>,
    account_id: &str,
    new: &New<'_>,
    now_ms: i64,
) -> Result<User, IamError> {
    if tx.count(sql!("count_users"), &[account_id.into()])? >= MAX_USERS {
        return Err(IamError::Conflict(format!(
            "An account has at most {MAX_USERS} users."
        )));
    }
    let id = id::hex32();
    let values = [
        id.as_str().into(),
        account_id.into(),
        new.name.into(),
        new.description.into(),
        new.email.into(),
        (!new.disabled).into(),
        new.is_root.into(),
        new.password.map(|password| password.salt.clone()).into(),
        new.password.map(|password| password.hash.clone()).into(),
        now_ms.into(),
    ];
    if tx.execute(sql!("insert_user"), &values)? == 0 {
        return Err(taken(new.name));
    }
    epoch::raise(tx)?;
    need(tx, account_id, &id)
}

/// Lists an account's users by name.
///
/// # Errors
/// The database does not answer.
pub fn list(tx: &mut Tx<'_>, account_id: &str) -> Result<Vec<User>, IamError> {
    let rows = tx.rows(sql!("select_users"), &[account_id.into()])?;
    rows.iter().map(read).collect()
}

/// Finds a user of any account.
///
/// # Errors
/// The database does not answer.
pub fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<User>, IamError> {
    let row = tx.row(sql!("select_user"), &[id.into()])?;
    row.as_ref().map(read).transpose()
}

/// Finds a user of an account by name.
///
/// # Errors
/// The database does not answer.
pub fn by_name(tx: &mut Tx<'_>, account_id: &str, name: &str) -> Result<Option<User>, IamError> {
    let row = tx.row(
        sql!("select_user_by_name"),
        &[account_id.into(), name.into()],
    )?;
    row.as_ref().map(read).transpose()
}

/// Finds a user that must be of an account.
///
/// # Errors
/// [`IamError::NotFound`] where there is none, or it is of another account.
pub fn need(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<User, IamError> {
    let user = by_id(tx, id)?.filter(|user| user.account_id == account_id);
    user.ok_or_else(|| IamError::not_found("user", id))
}

/// Changes a user. With a new password, or disabled, the user's tokens and temporary keys are gone.
///
/// # Errors
/// [`IamError::NotFound`], [`IamError::Conflict`] where the name is taken, [`IamError::Forbidden`] for the root user's
/// name and state.
pub fn update(
    tx: &mut Tx<'_>,
    account_id: &str,
    id: &str,
    change: &Change<'_>,
) -> Result<User, IamError> {
    let old = need(tx, account_id, id)?;
    if old.is_root
        && (change.enabled == Some(false) || change.name.is_some_and(|name| name != old.name))
    {
        let text = "The account's own user can be neither renamed nor disabled.";
        return Err(IamError::Forbidden(text.to_owned()));
    }
    let name = change.name.unwrap_or(&old.name);
    if by_name(tx, account_id, name)?.is_some_and(|other| other.id != id) {
        return Err(taken(name));
    }
    let password = change.password.or(old.password.as_ref());
    let values = [
        id.into(),
        name.into(),
        change.description.unwrap_or(&old.description).into(),
        change.email.unwrap_or(&old.email).into(),
        change.enabled.unwrap_or(old.enabled).into(),
        password.map(|password| password.salt.clone()).into(),
        password.map(|password| password.hash.clone()).into(),
    ];
    tx.execute(sql!("update_user"), &values)?;
    if change.password.is_some() || change.enabled == Some(false) {
        token::delete_of_user(tx, id)?;
        temporary::delete_of_user(tx, id)?;
    }
    epoch::raise(tx)?;
    need(tx, account_id, id)
}

/// Deletes a user with every credential.
///
/// # Errors
/// [`IamError::NotFound`]; [`IamError::Forbidden`] for the root user.
pub fn delete(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<(), IamError> {
    if need(tx, account_id, id)?.is_root {
        let text = "The account's own user cannot be deleted.";
        return Err(IamError::Forbidden(text.to_owned()));
    }
    token::delete_of_user(tx, id)?;
    temporary::delete_of_user(tx, id)?;
    access_key::delete_of_user(tx, id)?;
    tx.execute(sql!("delete_memberships_of_user"), &[id.into()])?;
    tx.execute(sql!("delete_user"), &[id.into()])?;
    epoch::raise(tx)?;
    Ok(())
}

fn taken(name: &str) -> IamError {
    IamError::Conflict(format!("The user {name} exists already."))
}

pub(super) fn read(row: &Row) -> Result<User, IamError> {
    let (salt, hash) = (
        row.maybe_blob("password_salt")?,
        row.maybe_blob("password_hash")?,
    );
    Ok(User {
        id: row.text("id")?,
        account_id: row.text("account_id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        email: row.text("email")?,
        enabled: row.flag("enabled")?,
        is_root: row.flag("is_root")?,
        password: salt.zip(hash).map(|(salt, hash)| Hashed { salt, hash }),
        created_ms: row.int("created_ms")?,
    })
}
