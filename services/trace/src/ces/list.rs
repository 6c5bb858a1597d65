//! Listing the metrics that there are.

use kit::api::{Call, Failure, Given, Method, Operation, Reply, Route};
use serde_json::{Value as Json, json};

use super::fields::{
    DIM, LIMIT, METRIC_NAME, NAMESPACE as NAMESPACE_FIELD, ORDER, OTHER_DIMS, PROJECT_ID, START,
};
use super::meter::{METRICS, Metric};
use super::{Ces, ROW};
use crate::catalogue::NO_RIGHTS;
use crate::choices::{DIMENSION, NAMESPACE};
use crate::permit::permit;

/// The most metrics on a page, unless the request says so itself.
const PAGE: i64 = 1_000;

pub(super) static ROUTES: &[Route<Ces>] = &[Route {
    operation: Operation {
        name: "list-metrics",
        summary: "Lists the metrics of the project's keys.",
        method: Method::Get,
        path: "/V1.0/{project_id}/metrics",
        takes: &[
            PROJECT_ID.path(),
            NAMESPACE_FIELD.query(),
            METRIC_NAME.query(),
            DIM.query(),
            OTHER_DIMS[0].query(),
            OTHER_DIMS[1].query(),
            OTHER_DIMS[2].query(),
            START.query(),
            LIMIT.query(),
            ORDER.query(),
        ],
        gives: &[
            Given::open("metrics", "array"),
            Given::open("meta_data", "object"),
        ],
        actions: &["ces:metrics:list"],
        ..ROW
    },
    run: list,
}];

/// A metric of a key.
struct Listed {
    marker: String,
    key_id: String,
    metric: &'static Metric,
}

impl Listed {
    fn new(metric: &'static Metric, key_id: &str) -> Self {
        Self {
            marker: format!("{NAMESPACE}.{}.{DIMENSION}:{key_id}", metric.name),
            key_id: key_id.to_owned(),
            metric,
        }
    }

    fn describe(&self) -> Json {
        json!({
            "namespace": NAMESPACE,
            "metric_name": self.metric.name,
            "unit": self.metric.unit(),
            "dimensions": [{"name": DIMENSION, "value": self.key_id}],
        })
    }
}

fn list(ces: &Ces, call: &Call<'_>) -> Result<Reply, Failure> {
    permit(call, NO_RIGHTS)?;
    let mut found = find(ces, call)?;
    found.sort_by(|a, b| a.marker.cmp(&b.marker));
    let descends = call.args.text(&ORDER) != Some("asc");
    if descends {
        found.reverse();
    }
    let total = found.len();
    if let Some(start) = call.args.text(&START) {
        found.retain(|one| {
            if descends {
                &*one.marker < start
            } else {
                &*one.marker > start
            }
        });
    }
    let limit = call.args.int(&LIMIT).unwrap_or(PAGE);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let marker = found
        .last()
        .map(|last| last.marker.as_str())
        .unwrap_or_default();
    let metrics: Vec<Json> = found.iter().map(Listed::describe).collect();
    let meta_data = json!({"count": metrics.len(), "total": total, "marker": marker});
    Ok(Reply::new(
        json!({"metrics": metrics, "meta_data": meta_data}),
    ))
}

/// Finds all that the filters let through.
fn find(ces: &Ces, call: &Call<'_>) -> Result<Vec<Listed>, Failure> {
    let is_other = call
        .args
        .text(&NAMESPACE_FIELD)
        .is_some_and(|it| it != NAMESPACE)
        || OTHER_DIMS.iter().any(|dim| call.args.text(dim).is_some());
    let key_id = match call.args.text(&DIM) {
        Some(text) => match key_of(text) {
            Some(key_id) => Some(key_id),
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    if is_other {
        return Ok(Vec::new());
    }
    let name = call.args.text(&METRIC_NAME);
    let keys = call
        .db
        .read(|tx| ces.clock.keys(tx, call.project_id, key_id))?;
    let mut found = Vec::new();
    for key in &keys {
        let wanted = METRICS
            .iter()
            .filter(|metric| metric.is_of(key) && name.is_none_or(|name| name == metric.name));
        found.extend(wanted.map(|metric| Listed::new(metric, &key.key_id)));
    }
    Ok(found)
}

/// Reads the key of a dimension `key_id,<id>`.
pub(super) fn key_of(dimension: &str) -> Option<&str> {
    let (name, key_id) = dimension.split_once(',')?;
    (name == DIMENSION && !key_id.is_empty()).then_some(key_id)
}
