//! Projects: one for each region, at first.

use kit::db::{Row, Tx};
use kit::id;
use kit::sql;

use super::epoch;
use crate::error::IamError;

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its identifier.
    pub id: String,
    /// The account that it belongs to.
    pub account_id: String,
    /// Its name, unique in the account.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it can be used.
    pub enabled: bool,
}

/// Makes a project.
///
/// # Errors
/// [`IamError::Conflict`] where the account has one of that name.
pub fn create(
    tx: &mut Tx<'_>,
    account_id: &str,
    name: &str,
    description: &str,
    now_ms: i64,
) -> Result<Project, IamError> {
    let project = Project {
        id: id::hex32(),
        account_id: account_id.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        enabled: true,
    };
    let values = [
        project.id.as_str().into(),
        account_id.into(),
        name.into(),
        description.into(),
        now_ms.into(),
    ];
    if tx.execute(sql!("insert_project"), &values)? == 0 {
        return Err(IamError::Conflict(format!(
            "The project {name} exists already."
        )));
    }
    epoch::raise(tx)?;
    Ok(project)
}

/// Lists an account's projects by name.
///
/// # Errors
/// The database does not answer.
pub fn list(tx: &mut Tx<'_>, account_id: &str) -> Result<Vec<Project>, IamError> {
    let rows = tx.rows(sql!("select_projects"), &[account_id.into()])?;
    rows.iter().map(read).collect()
}

/// Finds a project of an account.
///
/// # Errors
/// The database does not answer.
pub fn find(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<Option<Project>, IamError> {
    let row = tx.row(sql!("select_project"), &[account_id.into(), id.into()])?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Project, IamError> {
    Ok(Project {
        id: row.text("id")?,
        account_id: row.text("account_id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        enabled: row.flag("enabled")?,
    })
}
