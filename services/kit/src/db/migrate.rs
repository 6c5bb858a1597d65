//! Migrations: what brings the tables of a database to the version that the program knows.

use super::{Error, Tx};

/// Where the database remembers what ran.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (
    service TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (service, number)
)";

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
    tx.batch(TABLE)?;
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
        let newest = "SELECT MAX(number) AS newest FROM migrations WHERE service = $1";
        let found = match tx.row(newest, &[(*service).into()])? {
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
    let found = "SELECT number FROM migrations WHERE service = $1 AND number = $2";
    let key = [migration.service.into(), i64::from(migration.number).into()];
    Ok(tx.row(found, &key)?.is_some())
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
    tx.execute(
        "INSERT INTO migrations (service, number) VALUES ($1, $2)",
        &key,
    )?;
    Ok(())
}
