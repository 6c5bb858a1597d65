//! The service of audit traces.

mod export;
mod names;
mod traces;
mod trackers;

use kit::api::{Operation, Route, Service, Table};

pub use names::Names;

use crate::catalogue::CTS_CATALOGUE;
use crate::choices::BODY_BYTES_MAX;

/// What the operations work on.
pub(crate) struct Cts {
    names: Names,
}

/// What the rows have in common.
const ROW: Operation = Operation::BLANK;

/// Makes the service. `names` are those that the traces of the other services have.
#[must_use]
pub fn cts_service(names: Names) -> impl Service {
    let groups: [&'static [Route<Cts>]; 4] = [
        traces::ROUTES,
        export::ROUTES,
        trackers::ROUTES,
        names::ROUTES,
    ];
    let mut table = Table {
        name: "CTS",
        catalogue: &CTS_CATALOGUE,
        body_bytes_max: BODY_BYTES_MAX,
        routes: groups.into_iter().flatten().collect(),
        state: Cts { names },
    };
    table.state.names = std::mem::take(&mut table.state.names).with_service(&table);
    table
}
