//! The operations of KMS: a file per group, and the table of all.

mod aliases;
mod data;
mod datakeys;
pub(crate) mod defaults;
mod grants;
mod imports;
mod keystores;
mod lifecycle;
mod listing;
mod pairs;
mod random;
mod rotation;
mod signing;
pub(crate) mod tags;
mod versions;

use std::sync::Arc;

use kit::api::{Audit, Field, Given, Operation, Route, Service, Table, TraceKind};

use crate::{CATALOGUE, Kms, choices, fields};

/// The rows of all groups.
fn routes() -> impl Iterator<Item = &'static Route<Arc<Kms>>> {
    let groups: [&'static [Route<Arc<Kms>>]; 14] = [
        lifecycle::ROUTES,
        listing::ROUTES,
        random::ROUTES,
        datakeys::ROUTES,
        pairs::ROUTES,
        data::ROUTES,
        signing::ROUTES,
        imports::ROUTES,
        rotation::ROUTES,
        grants::ROUTES,
        aliases::ROUTES,
        tags::ROUTES,
        keystores::ROUTES,
        versions::ROUTES,
    ];
    groups.into_iter().flatten()
}

/// The operations without their code.
#[must_use]
pub fn operations() -> Vec<&'static Operation> {
    routes().map(|route| &route.operation).collect()
}

/// The service: its table over its state.
#[must_use]
pub fn service(state: Arc<Kms>) -> impl Service {
    Table {
        name: "KMS",
        catalogue: &CATALOGUE,
        body_bytes_max: choices::BODY_BYTES_MAX,
        routes: routes().collect(),
        state,
    }
}

/// The resource type of keys in traces.
const CMK: &str = "CMK";

/// A trace of management, about the key that the request names.
const fn management(name: &'static str) -> Option<Audit> {
    traced(name, fields::KEY_ID, TraceKind::Management)
}

/// A trace of a use of the key that the request names.
const fn data(name: &'static str) -> Option<Audit> {
    traced(name, fields::KEY, TraceKind::Management)
}

const fn traced(name: &'static str, about: Field, kind: TraceKind) -> Option<Audit> {
    Some(Audit {
        name,
        resource: CMK,
        about: Some(about.name),
        kind,
    })
}

/// A member of an answer that is a text.
const fn text(name: &'static str) -> Given {
    Given::open(name, "string")
}

/// A member of an answer that traces mask.
const fn secret(name: &'static str) -> Given {
    Given::secret(name, "string")
}

/// A member of an answer of another form.
const fn given(name: &'static str, form: &'static str) -> Given {
    Given::open(name, form)
}

/// What the rows of KMS have in common.
const ROW: Operation = Operation::BLANK;
