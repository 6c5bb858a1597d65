//! Temporary access keys, which work only together with their security token.

use kit::db::Tx;
use kit::sql;

use crate::error::IamError;

/// A temporary access key with its sealed secret.
pub struct Temporary {
    /// Whose it is.
    pub user_id: String,
    /// The project that it is good for; none: every project of the account.
    pub project_id: Option<String>,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// The SHA-256 of its security token.
    pub token_hash: Vec<u8>,
    /// Whether whoever asked for it had shown a second factor.
    pub mfa: bool,
    /// When it ends.
    pub expires_ms: i64,
}

/// What binds a sealed secret to its temporary access key.
#[must_use]
pub fn context(id: &str) -> Vec<u8> {
    format!("iam/temporary-key/{id}").into_bytes()
}

/// Keeps a temporary access key, and forgets those that have ended.
///
/// # Errors
/// The database does not answer.
pub fn create(
    tx: &mut Tx<'_>,
    id: &str,
    temporary: &Temporary,
    now_ms: i64,
) -> Result<(), IamError> {
    tx.execute(sql!("delete_ended_temporary_keys"), &[now_ms.into()])?;
    let values = [
        id.into(),
        temporary.user_id.as_str().into(),
        temporary.project_id.as_deref().into(),
        temporary.sealed.as_slice().into(),
        temporary.token_hash.as_slice().into(),
        temporary.mfa.into(),
        temporary.expires_ms.into(),
    ];
    tx.execute(sql!("insert_temporary_key"), &values)?;
    Ok(())
}

/// Finds a temporary access key.
///
/// # Errors
/// The database does not answer.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Temporary>, IamError> {
    let row = tx.row(sql!("select_temporary_key"), &[id.into()])?;
    let read = |row: kit::db::Row| {
        Ok(Temporary {
            user_id: row.text("user_id")?,
            project_id: row.maybe_text("project_id")?,
            sealed: row.blob("sealed")?,
            token_hash: row.blob("token_hash")?,
            mfa: row.flag("mfa")?,
            expires_ms: row.int("expires_ms")?,
        })
    };
    row.map(read).transpose()
}

pub(super) fn delete_of_user(tx: &mut Tx<'_>, user_id: &str) -> Result<(), IamError> {
    tx.execute(sql!("delete_temporary_keys_of_user"), &[user_id.into()])?;
    Ok(())
}
