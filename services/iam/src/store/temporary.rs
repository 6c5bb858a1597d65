//! Temporary access keys, which work only together with their security token.

use kit::db::Tx;

use crate::error::IamError;

/// A temporary access key with its sealed secret.
pub struct Temporary {
    /// Whose it is.
    pub user_id: String,
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
    const INSERT: &str = "INSERT INTO iam_temporary_keys
        (id, user_id, sealed, token_hash, mfa, expires_ms) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(
        "DELETE FROM iam_temporary_keys WHERE expires_ms <= $1",
        &[now_ms.into()],
    )?;
    let values = [
        id.into(),
        temporary.user_id.as_str().into(),
        temporary.sealed.as_slice().into(),
        temporary.token_hash.as_slice().into(),
        temporary.mfa.into(),
        temporary.expires_ms.into(),
    ];
    tx.execute(INSERT, &values)?;
    Ok(())
}

/// Finds a temporary access key.
///
/// # Errors
/// The database does not answer.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Temporary>, IamError> {
    let row = tx.row(
        "SELECT * FROM iam_temporary_keys WHERE id = $1",
        &[id.into()],
    )?;
    let read = |row: kit::db::Row| {
        Ok(Temporary {
            user_id: row.text("user_id")?,
            sealed: row.blob("sealed")?,
            token_hash: row.blob("token_hash")?,
            mfa: row.flag("mfa")?,
            expires_ms: row.int("expires_ms")?,
        })
    };
    row.map(read).transpose()
}

pub(super) fn delete_of_user(tx: &mut Tx<'_>, user_id: &str) -> Result<(), IamError> {
    tx.execute(
        "DELETE FROM iam_temporary_keys WHERE user_id = $1",
        &[user_id.into()],
    )?;
    Ok(())
}
