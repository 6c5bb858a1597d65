//! Migrations: what brings the tables of a database to the version that the program knows.

use super::{Error, Tx};
use crate::sql;

/// One step of a service's tables, in the SQL that both databases run; it may hold several statements.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The service whose tables it changes.
    pub service: &'static str,
    /// Its number among the service's migrations, from 1.
    pub number: u32,
    /// What it runs.
    pub sql: &'static str,
}

/// Runs what is missing, in the order given, inside the caller's transaction. Two programs that start at once do so one
/// after the other, and the second finds nothing to do.
pub(super) fn run(tx: &mut Tx<'_>, migrations: &[Migration]) -> Result<(), Error> {
    tx.lock_tables()?;
    tx.batch(sql!("create_migrations"))?;
    refuse_newer(tx, migrations)?;
    for migration in migrations {
        if !has_run(tx, migration)? {
            apply(tx, migration)?;
        }
    }
    Ok(())
}

/// Refuses a database in which a service has a migration that this program does not know.
fn refuse_newer(tx: &mut Tx<'_>, migrations: &[Migration]) -> Result<(), Error> {
    for Migration { service, .. } in migrations {
        let known = migrations
            .iter()
            .filter(|other| other.service == *service)
            .map(|other| other.number)
            .max()
            .unwrap_or(0);
        let found = match tx.row(sql!("select_newest_migration"), &[(*service).into()])? {
            Some(row) => row.maybe_int("newest")?.unwrap_or(0),
            None => 0,
        };
        if found > i64::from(known) {
            return Err(Error::NewerSchema {
                service,
                found,
                known,
            });
        }
    }
    Ok(())
}

fn has_run(tx: &mut Tx<'_>, migration: &Migration) -> Result<bool, Error> {
    let key = [migration.service.into(), i64::from(migration.number).into()];
    Ok(tx.row(sql!("select_migration"), &key)?.is_some())
}

fn apply(tx: &mut Tx<'_>, migration: &Migration) -> Result<(), Error> {
    tx.batch(migration.sql).map_err(|error| match error {
        Error::Sql { why, .. } => Error::Migration {
            service: migration.service,
            number: migration.number,
            why,
        },
        other => other,
    })?;
    let key = [migration.service.into(), i64::from(migration.number).into()];
    tx.execute(sql!("insert_migration"), &key)?;
    Ok(())
}
