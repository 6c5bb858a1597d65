//! What can go wrong with a database, without the values that went into it.

/// The longest part of a statement that an error shows, in characters.
const HEAD_CHARS: usize = 72;

/// What went wrong. It can be cloned: everybody who waited for one commit gets its error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address names no database.
    #[error(
        "the database's address {why}; write sqlite:FILE, sqlite::memory: or postgres://USER@HOST:PORT/NAME"
    )]
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// The database's files are damaged.
    #[error("the database is damaged ({why}): stop the service and restore a backup")]
    Broken {
        /// What the database said.
        why: String,
    },
    /// A column is missing, empty or of another type than the program reads.
    #[error("the column {name} {why}")]
    Column {
        /// The column.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A row with the same key is there already.
    #[error("there is a row with the same key already ({constraint})")]
    Conflict {
        /// The constraint (PostgreSQL) or the columns (SQLite) that must be unique.
        constraint: String,
    },
    /// Other transactions changed the same rows every time this one was tried.
    #[error("other requests kept changing the same rows; try again")]
    Contended,
    /// There is no room left.
    #[error("the database has no room left ({why}): free some space")]
    Full {
        /// What the database said.
        why: String,
    },
    /// A migration cannot run.
    #[error("migration {number} of {service} does not run: {why}")]
    Migration {
        /// The service whose tables it changes.
        service: &'static str,
        /// Its number.
        number: u32,
        /// What the database said.
        why: String,
    },
    /// A work called the database that it runs on, and would have waited for itself.
    #[error("a transaction was begun inside another one of the same database: use the one at hand")]
    Nested,
    /// The database was written by a newer program.
    #[error(
        "the tables of {service} have version {found}, but this program knows only {known}: install the newer program"
    )]
    NewerSchema {
        /// The service whose tables they are.
        service: &'static str,
        /// The version in the database.
        found: i64,
        /// The newest version that this program knows.
        known: u32,
    },
    /// A statement is wrong, or breaks a rule of its table.
    #[error("the statement `{statement}` fails: {why}")]
    Sql {
        /// The statement's head.
        statement: String,
        /// What the database said.
        why: String,
    },
    /// The database is not there or has no time; later it may.
    #[error("the database is not available ({why}); try again later")]
    Unavailable {
        /// What happened.
        why: String,
    },
    /// The answer to a commit was lost: the change may have been kept or not.
    #[error(
        "nobody can tell whether the change was kept ({why}): read it back before trying again"
    )]
    Undecided {
        /// What happened.
        why: String,
    },
}

impl Error {
    /// Tells whether a row with the same key was there already.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Tells whether the same work may succeed later, and nothing of it was kept this time.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Contended | Self::Unavailable { .. })
    }

    /// Makes the error of a statement.
    pub(super) fn sql(statement: &str, why: impl Into<String>) -> Self {
        Self::Sql {
            statement: head(statement),
            why: why.into(),
        }
    }

    /// Makes the error of a database that is not there.
    pub(super) fn unavailable(why: impl Into<String>) -> Self {
        Self::Unavailable { why: why.into() }
    }
}

/// Shortens a statement to what tells it from others, on one line.
fn head(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    words.join(" ").chars().take(HEAD_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_statement_is_shown_by_its_head() {
        let statement = format!("SELECT a,\n    b FROM t WHERE {}", "a = 1 AND ".repeat(20));
        let shown = Error::sql(&statement, "why").to_string();
        assert!(shown.starts_with("the statement `SELECT a, b FROM t WHERE a = 1"));
        assert!(shown.len() < 120, "{shown}");
    }
}
