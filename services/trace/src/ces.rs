//! The service of metrics.

mod fields;
mod list;
mod meter;
mod points;
mod query;

use kit::api::{Operation, Route, Service, Table};
use kit::db::{Error, Tx};

use crate::catalogue::CES_CATALOGUE;
use crate::choices::BODY_BYTES_MAX;

/// What metrics need to know of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTime {
    /// The key.
    pub key_id: String,
    /// When it will be deleted, if that is planned.
    pub deletion_ms: Option<i64>,
    /// When its material expires, if it does.
    pub expiration_ms: Option<i64>,
}

/// Who knows the keys.
pub trait KeyClock: Send + Sync {
    /// Finds the keys of a project, or one of them.
    ///
    /// # Errors
    /// The database fails.
    fn keys(
        &self,
        tx: &mut Tx<'_>,
        project_id: &str,
        key_id: Option<&str>,
    ) -> Result<Vec<KeyTime>, Error>;
}

/// What the operations work on.
pub(crate) struct Ces {
    clock: Box<dyn KeyClock>,
}

/// What the rows have in common.
const ROW: Operation = Operation::BLANK;

/// Makes the service over the keys that somebody knows.
#[must_use]
pub fn ces_service(clock: Box<dyn KeyClock>) -> impl Service {
    let groups: [&'static [Route<Ces>]; 2] = [list::ROUTES, query::ROUTES];
    Table {
        name: "CES",
        catalogue: &CES_CATALOGUE,
        body_bytes_max: BODY_BYTES_MAX,
        routes: groups.into_iter().flatten().collect(),
        state: Ces { clock },
    }
}
