//! Failed attempts in a row, and the lock that they end in.

use kit::db::{Error, Tx};
use kit::sql;

/// More failures in a row than this lock the subject.
pub const MAX_FAILURES: i64 = 5;
/// How long a lock lasts.
pub const LOCK_MS: i64 = 5 * 60 * 1_000;

/// What is counted for one subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many there were in a row.
    pub count: i64,
    /// Until when the subject is locked; 0: it is not.
    pub locked_until_ms: i64,
}

impl Failures {
    /// Tells whether the subject is locked.
    #[must_use]
    pub fn is_locked(&self, now_ms: i64) -> bool {
        now_ms < self.locked_until_ms
    }

    /// Counts one more; after a lock has ended, counting starts again.
    #[must_use]
    pub fn and_one(self, now_ms: i64) -> Self {
        let count = if self.locked_until_ms == 0 {
            self.count + 1
        } else {
            1
        };
        let locked_until_ms = if count > MAX_FAILURES {
            now_ms + LOCK_MS
        } else {
            0
        };
        Self {
            count,
            locked_until_ms,
        }
    }
}

/// The subject of an access key.
#[must_use]
pub fn of_access_key(id: &str) -> String {
    format!("ak:{id}")
}

/// The subject of a user.
#[must_use]
pub fn of_user(id: &str) -> String {
    format!("user:{id}")
}

/// Reads what is counted for a subject.
///
/// # Errors
/// The database does not answer.
pub fn of(tx: &mut Tx<'_>, subject: &str) -> Result<Failures, Error> {
    let Some(row) = tx.row(sql!("select_failures"), &[subject.into()])? else {
        return Ok(Failures::default());
    };
    Ok(Failures {
        count: row.int("count")?,
        locked_until_ms: row.int("locked_until_ms")?,
    })
}

/// Reads what is counted for a subject, and the epoch, in one statement: both are asked for with every request.
///
/// # Errors
/// The database does not answer.
pub fn with_epoch(tx: &mut Tx<'_>, subject: &str) -> Result<(i64, Failures), Error> {
    let Some(row) = tx.row(sql!("select_epoch_and_failures"), &[subject.into()])? else {
        return Ok((0, Failures::default()));
    };
    let failures = Failures {
        count: row.maybe_int("count")?.unwrap_or(0),
        locked_until_ms: row.maybe_int("locked_until_ms")?.unwrap_or(0),
    };
    Ok((row.maybe_int("epoch")?.unwrap_or(0), failures))
}

/// Counts a failure. One that comes while the subject is locked does not make the lock longer, but is written as well, so
/// that it takes as long.
///
/// # Errors
/// The database does not answer.
pub fn count(tx: &mut Tx<'_>, subject: &str, now_ms: i64) -> Result<(), Error> {
    let before = of(tx, subject)?;
    let after = match before.is_locked(now_ms) {
        true => before,
        false => before.and_one(now_ms),
    };
    let values = [
        subject.into(),
        after.count.into(),
        after.locked_until_ms.into(),
    ];
    tx.execute(sql!("put_failures"), &values)?;
    Ok(())
}

/// Forgets the failures of a subject that has succeeded.
///
/// # Errors
/// The database does not answer.
pub fn forget(tx: &mut Tx<'_>, subject: &str) -> Result<(), Error> {
    tx.execute(sql!("delete_failures"), &[subject.into()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_failure_in_a_row_locks_for_five_minutes() {
        let mut failures = Failures::default();
        for _ in 0..5 {
            failures = failures.and_one(1_000);
            assert!(!failures.is_locked(1_000));
        }
        failures = failures.and_one(1_000);
        assert!(failures.is_locked(1_000));
        assert!(failures.is_locked(300_999));
        assert!(!failures.is_locked(301_000));
        // After the lock, five more are free again.
        assert_eq!(
            failures.and_one(301_000),
            Failures {
                count: 1,
                locked_until_ms: 0
            }
        );
    }
}
