//! What is refused, and how the interface writes it.

use kit::api::{Catalogue, CatalogueRow, Failure, Form, Standing};
use kit::db;
use thiserror::Error;

use crate::password::HashError;
use crate::sealing::SealError;

/// Why something of IAM was not done.
#[derive(Clone, Debug, Error)]
pub enum IamError {
    /// The database does not do it.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// A secret could not be sealed or opened.
    #[error(transparent)]
    Sealing(#[from] SealError),
    /// A password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashError),
    /// A parameter is not of its form.
    #[error("{0}")]
    Invalid(String),
    /// Who signs in did not prove who they are.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// The caller may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing in the caller's account.
    #[error("could not find {what}: {id}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// What it was looked for by.
        id: String,
    },
    /// There is one already, or something still depends on it, or there is no room for more.
    #[error("{0}")]
    Conflict(String),
}

impl IamError {
    /// Makes the error of something that is not there.
    pub(crate) fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound {
            what,
            id: id.chars().take(64).collect(),
        }
    }
}

/// The numbers of the published errors; the detail says which parameter, which action, which target.
pub(crate) const UNAUTHORIZED: u16 = 1;
pub(crate) const FORBIDDEN: u16 = 2;
pub(crate) const NOT_FOUND: u16 = 4;
pub(crate) const CONFLICT: u16 = 5;
pub(crate) const INTERNAL: u16 = 6;
pub(crate) const INVALID: u16 = 7;
const MISSING: u16 = 1100;
const METHOD: u16 = 9;
const UNAVAILABLE: u16 = 10;
const BODY: u16 = 11;

impl From<IamError> for Failure {
    fn from(error: IamError) -> Self {
        match error {
            IamError::Database(error) => error.into(),
            IamError::Sealing(error) => Self::unavailable(error),
            IamError::Hashing(HashError::Length) => Self::because(INVALID, HashError::Length),
            IamError::Hashing(error) => Self::unavailable(error),
            IamError::Invalid(detail) => Self::because(INVALID, detail),
            IamError::Unauthorized(detail) => Self::because(UNAUTHORIZED, detail),
            IamError::Forbidden(detail) => Self::because(FORBIDDEN, detail),
            IamError::NotFound { what, id } => {
                Self::because(NOT_FOUND, format_args!("Could not find {what}: {id}."))
            }
            IamError::Conflict(detail) => Self::because(CONFLICT, detail),
        }
    }
}

#[rustfmt::skip] // A table reads by its columns.
const ROWS: &[CatalogueRow] = &[
    CatalogueRow(UNAUTHORIZED, 401, "The request you have made requires authentication."),
    CatalogueRow(FORBIDDEN,    403, "You are not authorized to perform the requested action."),
    CatalogueRow(NOT_FOUND,    404, "The resource does not exist."),
    CatalogueRow(CONFLICT,     409, "Conflict occurred when attempting to store the resource."),
    CatalogueRow(INTERNAL,     500, "An unexpected error prevented the server from fulfilling your request."),
    CatalogueRow(INVALID,      400, "The request parameter is invalid."),
    CatalogueRow(METHOD,       405, "The method is not allowed."),
    CatalogueRow(UNAVAILABLE,  503, "The service is temporarily unavailable."),
    CatalogueRow(BODY,         400, "The request body is invalid."),
    CatalogueRow(MISSING,      400, "Mandatory parameters are missing."),
];

const STANDING: Standing = Standing {
    too_long: BODY,
    method: METHOD,
    tokens: [UNAUTHORIZED; 3],
    project: FORBIDDEN,
    json: BODY,
    missing: MISSING,
    action: FORBIDDEN,
    internal: INTERNAL,
    unavailable: UNAVAILABLE,
};

/// The errors of the paths under `/v3`.
pub static KEYSTONE: Catalogue = Catalogue {
    prefix: "IAM",
    form: Form::Keystone,
    rows: ROWS,
    standing: STANDING,
};

/// The errors of the paths under `/v3.0` and `/v5`.
pub static FLAT: Catalogue = Catalogue {
    prefix: "IAM",
    form: Form::Flat,
    rows: ROWS,
    standing: STANDING,
};

#[cfg(test)]
mod tests {
    use kit::testing::catalogue;

    use super::{FLAT, KEYSTONE};

    #[test]
    fn numbers_stand_once_and_in_order() {
        catalogue::check(&KEYSTONE);
        catalogue::check(&FLAT);
    }
}
