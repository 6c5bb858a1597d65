//! The moments that lie before a key: what monitoring counts down to.

use kit::db::{Error, Tx, Value};
use kit::sql;

/// A key and the moments that lie before it, in milliseconds after 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moments {
    /// The key.
    pub key_id: String,
    /// When it will be deleted, if that is planned.
    pub deletion_ms: Option<i64>,
    /// When its material expires, if it does.
    pub expiration_ms: Option<i64>,
}

/// Reads them for the keys of a project, or for one of them.
///
/// # Errors
/// The database fails.
pub fn moments(
    tx: &mut Tx<'_>,
    project_id: &str,
    key_id: Option<&str>,
) -> Result<Vec<Moments>, Error> {
    let values = [
        Value::from(project_id),
        Value::from(key_id.unwrap_or_default()),
    ];
    tx.rows(sql!("select_moments"), &values)?
        .iter()
        .map(|row| {
            Ok(Moments {
                key_id: row.text("key_id")?,
                deletion_ms: row.maybe_int("deletion_ms")?,
                expiration_ms: row.maybe_int("expiration_ms")?,
            })
        })
        .collect()
}
