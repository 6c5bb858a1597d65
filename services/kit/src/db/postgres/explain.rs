//! What PostgreSQL's errors mean.

use postgres::error::{DbError, SqlState};

use super::super::Error;

/// What an error means for the transaction, beyond that it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The connection is gone, or no longer fits the database.
    Lost,
    /// Another transaction was faster: trying again is the remedy.
    Outrun,
}

/// Says what an error means for whoever ran a statement, and for the transaction.
pub(super) fn explain(sql: &str, error: &postgres::Error) -> (Error, Option<Trouble>) {
    let Some(refusal) = error.as_db_error() else {
        return local(sql, error);
    };
    let code = refusal.code();
    match code.code() {
        "23505" => (conflict(refusal), None),
        "40001" | "40P01" => (Error::Contended, Some(Trouble::Outrun)),
        "53100" => (Error::Full { why: why(refusal) }, None),
        "55P03" | "57014" => (Error::unavailable(why(refusal)), None),
        "0A000" if is_stale(refusal) => (Error::unavailable(why(refusal)), Some(Trouble::Lost)),
        code if code.starts_with("08") || code.starts_with("57P") || code == "40003" => {
            (Error::unavailable(why(refusal)), Some(Trouble::Lost))
        }
        code if code.starts_with("53") || code.starts_with("58") => {
            (Error::unavailable(why(refusal)), None)
        }
        code if code.starts_with("XX") => (Error::Broken { why: why(refusal) }, None),
        _ => (Error::sql(sql, why(refusal)), None),
    }
}

/// Puts an error and its causes into one line.
pub(super) fn chain(error: &postgres::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Says what an error means that the server did not send.
fn local(sql: &str, error: &postgres::Error) -> (Error, Option<Trouble>) {
    let of_network =
        std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>());
    if error.is_closed() || of_network {
        (Error::unavailable(chain(error)), Some(Trouble::Lost))
    } else {
        // Its causes may tell a value.
        (Error::sql(sql, error.to_string()), None)
    }
}

fn conflict(refusal: &DbError) -> Error {
    Error::Conflict {
        constraint: refusal.constraint().unwrap_or("unknown").to_owned(),
    }
}

/// The server's words, which hold no value, save about data that does not fit: there the condition must do.
fn why(refusal: &DbError) -> String {
    let code = refusal.code();
    if code.code().starts_with("22") {
        format!("the data does not fit, SQLSTATE {}", code.code())
    } else {
        format!("{}, SQLSTATE {}", refusal.message(), code.code())
    }
}

/// Tells whether a statement was prepared before a table changed.
fn is_stale(refusal: &DbError) -> bool {
    *refusal.code() == SqlState::FEATURE_NOT_SUPPORTED && refusal.message().contains("cached plan")
}
