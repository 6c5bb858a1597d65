//! Metrics.

use kit::api::Method;
use serde_json::{Value, json};

use super::house::{
    DAY_MS, HOUR_MS, House, NOON_MS, OTHER_PROJECT, PROJECT, Request, Work, get, on_both, root,
};

const MINUTE_MS: i64 = 60_000;

/// In the hour from noon on: four encryptions, two of them in one minute, a refused signature, another project's request.
fn busy(house: &House) {
    let (alice, eve) = (root("acct", "alice"), root("evil", "eve"));
    for time_ms in [0, 1, MINUTE_MS, 6 * MINUTE_MS] {
        house.work(&alice, NOON_MS + time_ms, PROJECT, Work::encrypt("k1"));
    }
    house.work(
        &alice,
        NOON_MS + 7 * MINUTE_MS,
        PROJECT,
        Work::of("sign", "k1"),
    );
    house.work(
        &alice,
        NOON_MS + 8 * MINUTE_MS,
        PROJECT,
        Work::of("enable-key", "k1"),
    );
    house.work(&alice, NOON_MS, PROJECT, Work::encrypt("k9"));
    house.work(&eve, NOON_MS, OTHER_PROJECT, Work::encrypt("k1"));
}

/// Reads a metric of `k1` over the hour from noon on.
fn data(house: &House, metric: &str, filter: &str, period: &str) -> Value {
    let alice = root("acct", "alice");
    let (from, to) = (NOON_MS.to_string(), (NOON_MS + HOUR_MS).to_string());
    let query = [
        ("namespace", "SYS.KMS"),
        ("metric_name", metric),
        ("dim.0", "key_id,k1"),
        ("filter", filter),
        ("period", period),
        ("from", &from),
        ("to", &to),
    ];
    let path = format!("/V1.0/{PROJECT}/metric-data");
    house
        .ces(&get(&path, &query, &alice, NOON_MS + HOUR_MS))
        .unwrap()
        .body
}

/// The values of the points and their moments, in minutes after noon.
fn points(body: &Value, filter: &str) -> Vec<(i64, f64)> {
    let points = body["datapoints"].as_array().unwrap();
    let read = |point: &Value| {
        let minute = (point["timestamp"].as_i64().unwrap() - NOON_MS) / MINUTE_MS;
        (minute, point[filter].as_f64().unwrap())
    };
    points.iter().map(read).collect()
}

#[test]
fn requests_are_summed_by_period() {
    on_both(|house| {
        busy(house);
        let sums = |metric, period| points(&data(house, metric, "sum", period), "sum");
        assert_eq!(sums("detail_request_count", "3600"), [(0, 6.0)]);
        assert_eq!(sums("detail_request_count", "300"), [(0, 3.0), (5, 3.0)]);
        let minutes = [(0, 2.0), (1, 1.0), (6, 1.0), (7, 1.0), (8, 1.0)];
        assert_eq!(sums("detail_request_count", "60"), minutes);
        assert_eq!(sums("detail_request_count", "1"), minutes);
        // The refused signature and the change are not billed.
        assert_eq!(sums("billing_request_count", "3600"), [(0, 4.0)]);
        assert_eq!(sums("data_request_count", "3600"), [(0, 4.0)]);
        assert_eq!(sums("signature_request_count", "3600"), [(0, 1.0)]);
        assert_eq!(sums("management_request_count", "3600"), [(0, 1.0)]);
        assert_eq!(sums("mac_request_count", "3600"), []);
        assert_eq!(sums("no_such_metric", "3600"), []);
        let body = data(house, "detail_request_count", "sum", "3600");
        assert_eq!(body["datapoints"][0]["unit"], "count");
        assert_eq!(body["metric_name"], "detail_request_count");
    });
}

#[test]
fn filters_look_at_the_minutes_of_a_period() {
    on_both(|house| {
        busy(house);
        let first =
            |filter| points(&data(house, "detail_request_count", filter, "300"), filter)[0].1;
        // The minutes of the first five: 2, 1, 0, 0, 0.
        assert_eq!(first("max"), 2.0);
        assert_eq!(first("min"), 0.0);
        assert_eq!(first("average"), 0.6);
        assert!((first("variance") - 0.64).abs() < 1e-9);
        let minute = points(&data(house, "detail_request_count", "min", "60"), "min");
        assert_eq!(minute[0], (0, 2.0));
    });
}

#[test]
fn what_is_left_of_a_keys_time_is_told_in_hours() {
    on_both(|house| {
        let body = data(house, "matrial_remaing_time", "average", "300");
        assert_eq!(body["datapoints"], json!([]), "now is not before `to`");
        let alice = root("acct", "alice");
        let to = (NOON_MS + 2 * HOUR_MS).to_string();
        let from = NOON_MS.to_string();
        let ask = |metric: &str, key: &str| {
            let query = [
                ("namespace", "SYS.KMS"),
                ("metric_name", metric),
                ("dim.0", key),
                ("filter", "min"),
                ("period", "300"),
                ("from", &*from),
                ("to", &*to),
            ];
            let path = format!("/V1.0/{PROJECT}/metric-data");
            house
                .ces(&get(&path, &query, &alice, NOON_MS + HOUR_MS))
                .unwrap()
                .body["datapoints"]
                .clone()
        };
        let stamp = NOON_MS + HOUR_MS;
        let material = json!([{"min": 35.0, "timestamp": stamp, "unit": "hour"}]);
        assert_eq!(ask("matrial_remaing_time", "key_id,k1"), material);
        let deletion = json!([{"min": 239.0, "timestamp": stamp, "unit": "hour"}]);
        assert_eq!(ask("delkey_remaing_time", "key_id,k2"), deletion);
        assert_eq!(ask("delkey_remaing_time", "key_id,k1"), json!([]));
        assert_eq!(ask("delkey_remaing_time", "instance_id,k2"), json!([]));
    });
}

#[test]
fn metrics_are_listed_in_pages() {
    on_both(|house| {
        let alice = root("acct", "alice");
        let list = |project: &str, query: &[(&str, &str)]| {
            let path = format!("/V1.0/{project}/metrics");
            house.ces(&get(&path, query, &alice, NOON_MS)).unwrap().body
        };
        // Nine counts and the time of its material for `k1`; only the time to its deletion for `k2`.
        let all = list(PROJECT, &[("order", "asc")]);
        assert_eq!(all["meta_data"]["count"], 11);
        assert_eq!(all["meta_data"]["total"], 11);
        let one = list(
            PROJECT,
            &[
                ("metric_name", "billing_request_count"),
                ("dim.0", "key_id,k1"),
            ],
        );
        let expected = json!({
            "metrics": [{
                "namespace": "SYS.KMS",
                "metric_name": "billing_request_count",
                "unit": "count",
                "dimensions": [{"name": "key_id", "value": "k1"}],
            }],
            "meta_data": {
                "count": 1,
                "total": 1,
                "marker": "SYS.KMS.billing_request_count.key_id:k1",
            },
        });
        assert_eq!(one, expected);
        let mut paged = Vec::new();
        let mut start = String::new();
        loop {
            let mut query = vec![("order", "asc"), ("limit", "4")];
            if !start.is_empty() {
                query.push(("start", &*start));
            }
            let page = list(PROJECT, &query);
            let metrics = page["metrics"].as_array().unwrap().clone();
            if metrics.is_empty() {
                break;
            }
            paged.extend(metrics);
            start = page["meta_data"]["marker"].as_str().unwrap().to_owned();
        }
        assert_eq!(Value::Array(paged), all["metrics"]);
        for query in [
            &[("namespace", "SYS.ECS")][..],
            &[("dim.0", "key_id,k7")],
            &[("dim.0", "k1")],
            &[("dim.1", "key_id,k1")],
        ] {
            assert_eq!(list(PROJECT, query)["metrics"], json!([]), "{query:?}");
        }
        assert_eq!(list(OTHER_PROJECT, &[])["metrics"], json!([]));
    });
}

fn batch(house: &House, body: &Value) -> Result<Value, String> {
    let request = Request {
        method: Method::Post,
        path: &format!("/V1.0/{PROJECT}/batch-query-metric-data"),
        query: &[],
        body: &body.to_string(),
        caller: &root("acct", "alice"),
        now_ms: NOON_MS + HOUR_MS,
    };
    let reply = house.ces(&request);
    reply
        .map(|reply| reply.body)
        .map_err(|refused| refused.body["code"].as_str().unwrap().to_owned())
}

fn wanted(metric: &str, key: &str) -> Value {
    let dimensions = json!([{"name": "key_id", "value": key}]);
    json!({"namespace": "SYS.KMS", "metric_name": metric, "dimensions": dimensions})
}

#[test]
fn a_batch_answers_every_metric_in_its_order() {
    on_both(|house| {
        busy(house);
        let body = json!({
            "metrics": [
                wanted("billing_request_count", "k1"),
                wanted("detail_request_count", "k9"),
                wanted("unknown", "k1"),
            ],
            "period": "3600",
            "filter": "sum",
            "from": NOON_MS,
            "to": NOON_MS + HOUR_MS,
        });
        let answer = batch(house, &body).unwrap();
        let metrics = answer["metrics"].as_array().unwrap();
        assert_eq!(metrics.len(), 3);
        assert_eq!(
            metrics[0]["datapoints"],
            json!([{"sum": 4.0, "timestamp": NOON_MS}])
        );
        assert_eq!(metrics[0]["unit"], "count");
        assert_eq!(
            metrics[1]["datapoints"],
            json!([{"sum": 1.0, "timestamp": NOON_MS}])
        );
        assert_eq!(
            metrics[1]["dimensions"],
            json!([{"name": "key_id", "value": "k9"}])
        );
        assert_eq!(metrics[2]["datapoints"], json!([]));
        for (name, value) in [
            ("period", json!("61")),
            ("filter", json!("median")),
            ("to", json!(NOON_MS)),
            ("metrics", json!([])),
            (
                "metrics",
                json!([{"namespace": "SYS.KMS", "metric_name": "m", "dimensions": []}]),
            ),
            ("metrics", json!(vec![wanted("m", "k1"); 501])),
        ] {
            let mut wrong = body.clone();
            wrong[name] = value;
            assert_eq!(batch(house, &wrong), Err("ces.0014".to_owned()), "{name}");
        }
        // Many metrics over many periods would be a very long answer.
        let mut long = body;
        long["metrics"] = json!(vec![wanted("m", "k1"); 500]);
        long["period"] = json!("60");
        long["from"] = json!(NOON_MS - 6 * DAY_MS);
        assert_eq!(batch(house, &long), Err("ces.0014".to_owned()));
    });
}
