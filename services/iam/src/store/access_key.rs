//! Permanent access keys.

use kit::db::{Row, Tx};
use kit::id;
use kit::sql;
use zeroize::Zeroizing;

use super::epoch;
use crate::error::IamError;

/// Access keys of a user, as the cloud allows.
pub const MAX_OF_USER: i64 = 2;

/// A permanent access key without its secret.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// Its identifier, the AK.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// Whether it can be used.
    pub active: bool,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created_ms: i64,
}

/// A new pair of an access key and its secret.
pub struct Pair {
    /// The identifier, 20 letters and digits.
    pub id: String,
    /// The secret, 40 letters and digits.
    pub secret: Zeroizing<String>,
}

impl Pair {
    /// Draws a pair.
    #[must_use]
    pub fn draw() -> Self {
        let secret = Zeroizing::new(id::random::<20>());
        Self {
            id: id::hex32()[..20].to_ascii_uppercase(),
            secret: Zeroizing::new(hex::encode(secret.as_slice())),
        }
    }
}

/// What binds a sealed secret to its access key.
#[must_use]
pub fn context(id: &str) -> Vec<u8> {
    format!("iam/access-key/{id}").into_bytes()
}

/// Keeps a new access key, whose secret is sealed already.
///
/// # Errors
/// [`IamError::Conflict`] where the user has as many as allowed.
pub fn create(
    tx: &mut Tx<'_>,
    user_id: &str,
    id: &str,
    sealed: &[u8],
    description: &str,
    now_ms: i64,
) -> Result<(), IamError> {
    if tx.count(sql!("count_access_keys"), &[user_id.into()])? >= MAX_OF_USER {
        let text = format!("A user has at most {MAX_OF_USER} access keys.");
        return Err(IamError::Conflict(text));
    }
    let values = [
        id.into(),
        user_id.into(),
        sealed.into(),
        description.into(),
        now_ms.into(),
    ];
    tx.execute(sql!("insert_access_key"), &values)?;
    epoch::raise(tx)?;
    Ok(())
}

/// Lists the access keys of a user, the oldest first.
///
/// # Errors
/// The database does not answer.
pub fn of_user(tx: &mut Tx<'_>, user_id: &str) -> Result<Vec<AccessKey>, IamError> {
    let rows = tx.rows(sql!("select_access_keys"), &[user_id.into()])?;
    rows.iter().map(read).collect()
}

/// Finds an access key of an account.
///
/// # Errors
/// [`IamError::NotFound`].
pub fn need(tx: &mut Tx<'_>, account_id: &str, id: &str) -> Result<AccessKey, IamError> {
    let row = tx.row(
        sql!("select_access_key_of_account"),
        &[account_id.into(), id.into()],
    )?;
    let row = row.ok_or_else(|| IamError::not_found("credential", id))?;
    read(&row)
}

/// Finds an access key of any account, with its sealed secret.
///
/// # Errors
/// The database does not answer.
pub fn sealed(tx: &mut Tx<'_>, id: &str) -> Result<Option<(AccessKey, Vec<u8>)>, IamError> {
    let row = tx.row(sql!("select_access_key"), &[id.into()])?;
    row.map(|row| Ok((read(&row)?, row.blob("sealed")?)))
        .transpose()
}

/// Changes an access key's state or description.
///
/// # Errors
/// The database does not answer.
pub fn update(tx: &mut Tx<'_>, id: &str, active: bool, description: &str) -> Result<(), IamError> {
    tx.execute(
        sql!("update_access_key"),
        &[id.into(), active.into(), description.into()],
    )?;
    epoch::raise(tx)?;
    Ok(())
}

/// Deletes an access key.
///
/// # Errors
/// The database does not answer.
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<(), IamError> {
    tx.execute(sql!("delete_access_key"), &[id.into()])?;
    epoch::raise(tx)?;
    Ok(())
}

pub(super) fn delete_of_user(tx: &mut Tx<'_>, user_id: &str) -> Result<(), IamError> {
    tx.execute(sql!("delete_access_keys_of_user"), &[user_id.into()])?;
    Ok(())
}

fn read(row: &Row) -> Result<AccessKey, IamError> {
    Ok(AccessKey {
        id: row.text("id")?,
        user_id: row.text("user_id")?,
        active: row.flag("active")?,
        description: row.text("description")?,
        created_ms: row.int("created_ms")?,
    })
}
