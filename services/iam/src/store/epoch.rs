//! A number that grows with every change of what callers are made of.

use kit::db::{Error, Tx};
use kit::sql;

/// Reads the epoch.
///
/// # Errors
/// The database does not answer.
pub fn current(tx: &mut Tx<'_>) -> Result<i64, Error> {
    match tx.row(sql!("select_epoch"), &[])? {
        Some(row) => row.int("value"),
        None => Ok(0),
    }
}

/// Raises the epoch: every server forgets the callers that it has resolved.
pub(super) fn raise(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute(sql!("raise_epoch"), &[])?;
    Ok(())
}
