//! The errors of CTS and CES, as published: number, HTTP status, text.

use kit::api::{Catalogue, CatalogueRow as Row, Form, Standing};

/// CTS: the permissions or the user are not right.
pub(crate) const NO_PERMISSION: u16 = 2;
/// CTS: the body is not right.
pub(crate) const BODY: u16 = 3;
/// CTS: the type of the tracker is none.
pub(crate) const TRACKER_TYPE: u16 = 202;
/// CTS: the management tracker has one name.
pub(crate) const TRACKER_NAME: u16 = 204;
/// CTS: the status of the tracker is none.
pub(crate) const TRACKER_STATUS: u16 = 205;
/// CTS: no such tracker.
pub(crate) const NO_TRACKER: u16 = 214;
/// CTS: a filter is not right.
pub(crate) const QUERY: u16 = 300;
/// CTS: the storage that files of traces go to is away.
pub(crate) const STORAGE: u16 = 1;

/// All errors of CTS that this server gives.
pub static CTS_CATALOGUE: Catalogue = Catalogue {
    prefix: "CTS",
    form: Form::Flat,
    rows: CTS,
    standing: Standing {
        too_long: BODY,
        method: QUERY,
        tokens: [NO_PERMISSION; 3],
        project: 12,
        json: BODY,
        missing: BODY,
        action: NO_PERMISSION,
        internal: 5,
        unavailable: 5,
    },
};

#[rustfmt::skip] // A table reads by its columns.
static CTS: &[Row] = &[
    Row(1,   400, "The IAM or OBS service is abnormal."),
    Row(2,   403, "The user fails the authentication or does not have permission to this operation."),
    Row(3,   400, "The message body is empty or invalid."),
    Row(5,   500, "Data read exception."),
    Row(12,  403, "Invalid project ID. Check whether the project ID is correct."),
    Row(202, 400, "The value of the tracker_type parameter is incorrect."),
    Row(204, 400, "The tracker_name parameter of a management tracker can only be set to system."),
    Row(205, 400, "The status parameter can only be set to enabled or disabled."),
    Row(214, 404, "The tracker does not exist."),
    Row(300, 400, "Query data failed."),
];

/// CES: the permissions or the user are not right.
pub(crate) const NO_RIGHTS: u16 = 17;
/// CES: a parameter of the query is not right.
pub(crate) const PARAMETER: u16 = 13;
/// CES: the body is not right.
pub(crate) const CONTENT: u16 = 14;

/// All errors of CES that this server gives.
pub static CES_CATALOGUE: Catalogue = Catalogue {
    prefix: "ces",
    form: Form::Message,
    rows: CES,
    standing: Standing {
        too_long: CONTENT,
        method: 16,
        tokens: [NO_RIGHTS; 3],
        project: 3,
        json: CONTENT,
        missing: 11,
        action: NO_RIGHTS,
        internal: 7,
        unavailable: 8,
    },
};

#[rustfmt::skip] // A table reads by its columns.
static CES: &[Row] = &[
    Row(3,  400, "The tenant ID is left blank or incorrect."),
    Row(7,  500, "Internal service error."),
    Row(8,  500, "Database error."),
    Row(11, 400, "The request is invalid."),
    Row(13, 400, "The URL parameter is invalid or does not exist."),
    Row(14, 400, "Some content in message body is not correct."),
    Row(16, 404, "The requested resource does not exist."),
    Row(17, 403, "The authentication information is incorrect or the service invoker does not have sufficient rights."),
];

#[cfg(test)]
mod tests {
    use kit::testing::catalogue;

    use super::{CES_CATALOGUE, CTS_CATALOGUE};

    #[test]
    fn numbers_stand_once_and_in_order() {
        catalogue::check(&CTS_CATALOGUE);
        catalogue::check(&CES_CATALOGUE);
    }
}
