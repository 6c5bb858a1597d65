//! Reading what metrics told over time.

use kit::api::{Args, Call, Failure, Field, Given, Method, Operation, Reply, Route};
use serde_json::{Value as Json, json};

use super::fields::{
    BODY_FILTER, BODY_FROM, BODY_PERIOD, BODY_TO, DIM, FILTER, FROM, METRIC_NAME, METRICS,
    NAMESPACE as NAMESPACE_FIELD, PERIOD, PROJECT_ID, TO, needed,
};
use super::list::key_of;
use super::meter::Metric;
use super::points::{Asked, Span, points};
use super::{Ces, ROW};
use crate::catalogue::{CONTENT, NO_RIGHTS, PARAMETER};
use crate::choices::{DIMENSION, NAMESPACE, PERIODS_S, POINTS_MAX};
use crate::permit::permit;

pub(super) static ROUTES: &[Route<Ces>] = &[
    Route {
        operation: Operation {
            name: "show-metric-data",
            summary: "Shows what a metric told over time.",
            method: Method::Get,
            path: "/V1.0/{project_id}/metric-data",
            takes: &[
                PROJECT_ID.path(),
                needed(NAMESPACE_FIELD),
                needed(METRIC_NAME),
                needed(DIM),
                needed(FILTER),
                needed(PERIOD),
                needed(FROM),
                needed(TO),
            ],
            checks: &[|args| span(args, &PERIOD, &FROM, &TO).map(|_| ())],
            gives: &[
                Given::open("datapoints", "array"),
                Given::open("metric_name", "string"),
            ],
            actions: &["ces:metricData:get", "ces:metricData:list"],
            ..ROW
        },
        run: show,
    },
    Route {
        operation: Operation {
            name: "batch-query-metric-data",
            summary: "Shows what several metrics told over time.",
            path: "/V1.0/{project_id}/batch-query-metric-data",
            takes: &[
                PROJECT_ID.path(),
                METRICS.required(),
                BODY_PERIOD.required(),
                BODY_FILTER.required(),
                BODY_FROM.required(),
                BODY_TO.required(),
            ],
            checks: &[|args| span(args, &BODY_PERIOD, &BODY_FROM, &BODY_TO).map(|_| ())],
            gives: &[Given::open("metrics", "array")],
            actions: &["ces:metricData:list"],
            read_only: true,
            ..ROW
        },
        run: batch,
    },
];

/// Reads the time that is asked about.
fn span(args: &Args, period: &Field, from: &Field, to: &Field) -> Result<Span, Failure> {
    let int = |field: &Field| {
        args.int(field)
            .ok_or_else(|| Failure::field(field.code, field.name))
    };
    let period_s = int(period)?;
    if !PERIODS_S.contains(&period_s) {
        return Err(Failure::field(period.code, period.name));
    }
    let (from_ms, to_ms) = (int(from)?, int(to)?);
    if from_ms >= to_ms {
        return Err(Failure::because(from.code, "from must be earlier than to."));
    }
    Ok(Span::new(period_s, from_ms, to_ms))
}

fn show(ces: &Ces, call: &Call<'_>) -> Result<Reply, Failure> {
    permit(call, NO_RIGHTS)?;
    let span = span(&call.args, &PERIOD, &FROM, &TO)?.within_window(call.now_ms);
    let name = call.args.need(&METRIC_NAME)?;
    bound(&span, 1, PARAMETER)?;
    let mut datapoints = Vec::new();
    let is_ours = call.args.need(&NAMESPACE_FIELD)? == NAMESPACE;
    if let (true, Some(metric), Some(key_id)) = (
        is_ours,
        Metric::by_name(name),
        key_of(call.args.need(&DIM)?),
    ) {
        let filter = call.args.need(&FILTER)?;
        let asked = Asked {
            metric,
            key_id,
            filter,
        };
        datapoints = points(ces, call, &asked, &span)?;
        for point in &mut datapoints {
            point["unit"] = metric.unit().into();
        }
    }
    Ok(Reply::new(
        json!({"datapoints": datapoints, "metric_name": name}),
    ))
}

fn batch(ces: &Ces, call: &Call<'_>) -> Result<Reply, Failure> {
    permit(call, NO_RIGHTS)?;
    let span = span(&call.args, &BODY_PERIOD, &BODY_FROM, &BODY_TO)?.within_window(call.now_ms);
    let metrics = call.args.list(&METRICS);
    bound(&span, metrics.len(), CONTENT)?;
    let filter = call.args.need(&BODY_FILTER)?;
    let mut answered = Vec::new();
    for metric in metrics {
        let (namespace, name, dimensions) = parts(metric)?;
        let known = Metric::by_name(name).filter(|_| namespace == NAMESPACE);
        let datapoints = match (known, only_key(dimensions)) {
            (Some(metric), Some(key_id)) => {
                let asked = Asked {
                    metric,
                    key_id,
                    filter,
                };
                points(ces, call, &asked, &span)?
            }
            _ => Vec::new(),
        };
        answered.push(json!({
            "namespace": namespace,
            "metric_name": name,
            "unit": known.map(Metric::unit).unwrap_or_default(),
            "dimensions": dimensions,
            "datapoints": datapoints,
        }));
    }
    Ok(Reply::new(json!({"metrics": answered})))
}

/// Refuses what would be a very long answer.
fn bound(span: &Span, metrics: usize, code: u16) -> Result<(), Failure> {
    let metrics = i64::try_from(metrics).unwrap_or(i64::MAX);
    if span.periods().saturating_mul(metrics) > POINTS_MAX {
        let why = format!("At most {POINTS_MAX} periods over all metrics can be asked for.");
        return Err(Failure::because(code, why));
    }
    Ok(())
}

/// Takes a metric of a batch apart.
fn parts(metric: &Json) -> Result<(&str, &str, &[Json]), Failure> {
    let text = |name: &str| {
        metric
            .get(name)
            .and_then(Json::as_str)
            .ok_or_else(|| Failure::field(CONTENT, name))
    };
    let dimensions = metric
        .get("dimensions")
        .and_then(Json::as_array)
        .filter(|list| (1..=4).contains(&list.len()))
        .ok_or_else(|| Failure::field(CONTENT, "dimensions"))?;
    let is_pair = |one: &Json| {
        let is_text = |name| one.get(name).is_some_and(Json::is_string);
        is_text("name") && is_text("value")
    };
    if !dimensions.iter().all(is_pair) {
        return Err(Failure::field(CONTENT, "dimensions"));
    }
    Ok((text("namespace")?, text("metric_name")?, dimensions))
}

/// The key of dimensions that name nothing else.
fn only_key(dimensions: &[Json]) -> Option<&str> {
    match dimensions {
        [one] if one["name"] == DIMENSION => one["value"].as_str(),
        _ => None,
    }
}
