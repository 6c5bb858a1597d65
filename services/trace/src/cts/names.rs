//! The names that traces have, by service and type of resource.

use std::collections::{BTreeMap, BTreeSet};

use kit::api::{Call, Failure, Given, Method, Operation, Reply, Route, Service};
use serde_json::{Value as Json, json};

use super::{Cts, ROW};
use crate::catalogue::{NO_PERMISSION, QUERY};
use crate::filter::{PROJECT_ID, RESOURCE_TYPE, SERVICE_TYPE};
use crate::permit::permit;

pub(super) static ROUTES: &[Route<Cts>] = &[Route {
    operation: Operation {
        name: "list-operations",
        summary: "Lists the names that traces of a service have.",
        method: Method::Get,
        path: "/v3/{project_id}/operations",
        takes: &[
            PROJECT_ID.path(),
            SERVICE_TYPE.query(),
            RESOURCE_TYPE.query(),
        ],
        gives: &[Given::open("operations", "array")],
        actions: &["cts:operation:list", "cts:trace:list"],
        ..ROW
    },
    run: list,
}];

/// The names that traces have.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<(&'static str, &'static str), BTreeSet<&'static str>>);

impl Names {
    /// Adds those of a service's operations.
    #[must_use]
    pub fn with_service(mut self, service: &dyn Service) -> Self {
        let name = service.name();
        for audit in service.operations().iter().filter_map(|row| row.audit) {
            self = self.with(name, audit.resource, audit.name);
        }
        self
    }

    /// Adds the name of something that no operation does, such as the deletion of a key whose date has come.
    #[must_use]
    pub fn with(
        mut self,
        service: &'static str,
        resource_type: &'static str,
        name: &'static str,
    ) -> Self {
        self.0
            .entry((service, resource_type))
            .or_default()
            .insert(name);
        self
    }
}

fn list(cts: &Cts, call: &Call<'_>) -> Result<Reply, Failure> {
    permit(call, NO_PERMISSION)?;
    let service = call.args.text(&SERVICE_TYPE);
    let resource = call.args.text(&RESOURCE_TYPE);
    if resource.is_some() && service.is_none() {
        return Err(Failure::because(QUERY, "resource_type needs service_type."));
    }
    let is = |asked: Option<&str>, name: &str| asked.is_none_or(|it| it.eq_ignore_ascii_case(name));
    let operations: Vec<Json> = cts
        .names
        .0
        .iter()
        .filter(|((of, on), _)| is(service, of) && is(resource, on))
        .map(|((of, on), names)| {
            json!({"service_type": of, "resource_type": on, "operation_list": names})
        })
        .collect();
    Ok(Reply::new(json!({"operations": operations})))
}
