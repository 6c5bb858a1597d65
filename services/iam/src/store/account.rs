//! Accounts, which the interface calls domains.

use kit::db::Tx;
use kit::id;
use kit::sql;

use super::{epoch, project, user};
use crate::error::IamError;
use crate::password::Hashed;

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its identifier.
    pub id: String,
    /// Its name, unique in the installation.
    pub name: String,
}

/// What a new account begins with.
pub struct NewAccount<'a> {
    /// Its name, also that of its root user.
    pub name: &'a str,
    /// The root user's password; without it there are only access keys.
    pub password: Option<&'a Hashed>,
    /// The name of its first project, that of the region.
    pub project: &'a str,
}

/// An account that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The account.
    pub account: Account,
    /// The root user's identifier.
    pub root_user_id: String,
    /// The first project's identifier.
    pub project_id: String,
}

/// Makes an account with its root user and its first project.
///
/// # Errors
/// [`IamError::Conflict`] where the name is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewAccount<'_>, now_ms: i64) -> Result<Made, IamError> {
    let account = Account {
        id: id::hex32(),
        name: new.name.to_owned(),
    };
    let values = [account.id.as_str().into(), new.name.into(), now_ms.into()];
    if tx.execute(sql!("insert_account"), &values)? == 0 {
        let text = format!("The account {} exists already.", new.name);
        return Err(IamError::Conflict(text));
    }
    let root = user::New {
        name: new.name,
        password: new.password,
        is_root: true,
        ..user::New::default()
    };
    let root = user::create(tx, &account.id, &root, now_ms)?;
    let project = project::create(tx, &account.id, new.project, "", now_ms)?;
    epoch::raise(tx)?;
    Ok(Made {
        account,
        root_user_id: root.id,
        project_id: project.id,
    })
}

/// Finds an account by its identifier.
///
/// # Errors
/// The database does not answer.
pub fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Account>, IamError> {
    find(tx, sql!("select_account"), id)
}

/// Finds an account by its name.
///
/// # Errors
/// The database does not answer.
pub fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Account>, IamError> {
    find(tx, sql!("select_account_by_name"), name)
}

fn find(tx: &mut Tx<'_>, sql: &str, by: &str) -> Result<Option<Account>, IamError> {
    let Some(row) = tx.row(sql, &[by.into()])? else {
        return Ok(None);
    };
    Ok(Some(Account {
        id: row.text("id")?,
        name: row.text("name")?,
    }))
}
