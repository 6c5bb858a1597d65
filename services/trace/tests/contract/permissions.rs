//! Who may do what.

use kit::api::Method;
use kit::caller::Scope;
use serde_json::{Value, json};

use super::house::{HOUR_MS, House, NOON_MS, PROJECT, Request, on_both, user};

/// An operation with the actions that permit it.
type Case = (
    &'static str,
    Method,
    &'static str,
    Value,
    &'static [&'static str],
);

/// The body of a query for several metrics.
fn batch() -> Value {
    json!({
        "metrics": [{
            "namespace": "SYS.KMS",
            "metric_name": "billing_request_count",
            "dimensions": [{"name": "key_id", "value": "k1"}],
        }],
        "period": "60",
        "filter": "sum",
        "from": NOON_MS,
        "to": NOON_MS + HOUR_MS,
    })
}

#[rustfmt::skip] // A table reads by its columns.
fn cases() -> Vec<Case> {
    let tracker = json!({"tracker_type": "system", "tracker_name": "system"});
    vec![
        ("/v3",   Method::Get,  "traces",                  Value::Null, &["cts:trace:list"]),
        ("/v3",   Method::Get,  "traces/export",           Value::Null, &["cts:trace:list"]),
        ("/v3",   Method::Get,  "trackers",                Value::Null, &["cts:tracker:list"]),
        ("/v3",   Method::Put,  "tracker",                 tracker,     &["cts:tracker:update"]),
        ("/v3",   Method::Get,  "operations",              Value::Null, &["cts:operation:list", "cts:trace:list"]),
        ("/V1.0", Method::Get,  "metrics",                 Value::Null, &["ces:metrics:list"]),
        ("/V1.0", Method::Get,  "metric-data",             Value::Null, &["ces:metricData:get", "ces:metricData:list"]),
        ("/V1.0", Method::Post, "batch-query-metric-data", batch(),     &["ces:metricData:list"]),
    ]
}

/// Does a case with a policy of one statement, and returns the code of a refusal.
fn attempt(house: &House, case: &Case, statement: &Value) -> Result<(), String> {
    let (base, method, last, body, _) = case;
    let policy = json!({"Version": "1.1", "Statement": [statement]});
    let caller = user("acct", Scope::Projects, &policy);
    let (from, to) = (NOON_MS.to_string(), (NOON_MS + HOUR_MS).to_string());
    let data = [
        ("namespace", "SYS.KMS"),
        ("metric_name", "billing_request_count"),
        ("dim.0", "key_id,k1"),
        ("filter", "sum"),
        ("period", "60"),
        ("from", &*from),
        ("to", &*to),
    ];
    let text = body.to_string();
    let request = Request {
        method: *method,
        path: &format!("{base}/{PROJECT}/{last}"),
        query: if *last == "metric-data" { &data } else { &[] },
        body: if body.is_null() { "" } else { &text },
        caller: &caller,
        now_ms: NOON_MS,
    };
    let reply = match *base {
        "/v3" => house.cts(&request),
        _ => house.ces(&request),
    };
    reply
        .map(|_| ())
        .map_err(|refused| format!("{} {}", refused.status, refused.code))
}

#[test]
fn every_operation_needs_its_action_and_the_conditions_of_the_policy() {
    const ALL: &[&str] = &[
        "cts:trace:list",
        "cts:tracker:list",
        "cts:tracker:update",
        "cts:operation:list",
        "ces:metrics:list",
        "ces:metricData:get",
        "ces:metricData:list",
    ];
    on_both(|house| {
        for case in &cases() {
            let refused = Err(if case.0 == "/v3" {
                "403 CTS.0002"
            } else {
                "403 ces.0017"
            }
            .to_owned());
            for action in ALL {
                let statement = json!({"Effect": "Allow", "Action": [action]});
                let expected = if case.4.contains(action) {
                    Ok(())
                } else {
                    refused.clone()
                };
                assert_eq!(
                    attempt(house, case, &statement),
                    expected,
                    "{} {action}",
                    case.2
                );
            }
            let elsewhere = json!({
                "Effect": "Allow",
                "Action": ["*:*:*"],
                "Condition": {"StringEquals": {"g:UserName": ["somebody-else"]}},
            });
            assert_eq!(attempt(house, case, &elsewhere), refused, "{}", case.2);
        }
    });
}
