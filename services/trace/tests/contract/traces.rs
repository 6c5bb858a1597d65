//! Listing traces.

use kit::api::TraceKind;
use kit::caller::Scope;
use kit::trail::{self, Record};
use serde_json::{Value, json};

use super::house::{
    DAY_MS, HOUR_MS, House, NOON_MS, OTHER_PROJECT, PROJECT, SECRET, Work, get, on_both, root, user,
};

fn names(listed: &Value) -> Vec<&str> {
    let traces = listed["traces"].as_array().unwrap();
    traces
        .iter()
        .map(|trace| trace["trace_name"].as_str().unwrap())
        .collect()
}

fn count(listed: &Value) -> usize {
    let traces = listed["traces"].as_array().unwrap().len();
    assert_eq!(listed["meta_data"]["count"], traces);
    traces
}

/// Follows the markers to the end and returns all identifiers.
fn walk(house: &House, now_ms: i64, query: &[(&str, &str)]) -> Vec<String> {
    let caller = root("acct", "alice");
    let mut seen = Vec::new();
    let mut marker = None::<String>;
    loop {
        let mut query = query.to_vec();
        if let Some(marker) = &marker {
            query.push(("next", marker));
        }
        let listed = house.list(&caller, now_ms, &query);
        let traces = listed["traces"].as_array().unwrap();
        seen.extend(
            traces
                .iter()
                .map(|it| it["trace_id"].as_str().unwrap().to_owned()),
        );
        match listed["meta_data"]["marker"].as_str() {
            Some(next) => marker = Some(next.to_owned()),
            None => return seen,
        }
    }
}

#[test]
fn a_trace_has_the_members_and_types_of_the_contract() {
    on_both(|house| {
        let alice = root("acct", "alice");
        house.work(&alice, NOON_MS, PROJECT, Work::encrypt("k1"));
        let mut listed = house.list(&alice, NOON_MS, &[("trace_type", "system")]);
        assert_eq!(listed["meta_data"], json!({"count": 1, "marker": null}));
        let trace = listed["traces"][0].as_object_mut().unwrap();
        let id = trace.remove("trace_id").unwrap();
        assert_eq!(id.as_str().unwrap().len(), 36);
        assert_eq!(&id.as_str().unwrap()[14..15], "1", "{id}");
        let request: Value =
            serde_json::from_str(trace.remove("request").unwrap().as_str().unwrap()).unwrap();
        let masked =
            json!({"project_id": PROJECT, "key_id": "k1", "plain_text": "***", "note": ""});
        assert_eq!(request, masked);
        let response: Value =
            serde_json::from_str(trace.remove("response").unwrap().as_str().unwrap()).unwrap();
        assert_eq!(response, json!({"key_id": "k1", "plain_text": "***"}));
        let message = trace.remove("message").unwrap();
        assert!(
            message
                .as_str()
                .unwrap()
                .starts_with("encryptData, Method: POST Url="),
            "{message}"
        );
        let expected = json!({
            "trace_name": "encryptData",
            "trace_type": "ApiCall",
            "trace_rating": "normal",
            "event_type": "system",
            "tracker_name": "system",
            "service_type": "KMS",
            "resource_type": "CMK",
            "resource_id": "k1",
            "resource_name": "k1/name",
            "source_ip": "192.0.2.7",
            "user": {
                "id": "alice-id",
                "name": "alice",
                "user_name": "alice",
                "domain": {"id": "acct", "name": "acct-name"},
                "account_id": "acct",
                "access_key_id": "alice-AK",
                "principal_id": "alice-id",
                "principal_urn": "iam::acct:user:alice",
                "principal_is_root_user": "true",
                "type": "User",
                "invoked_by": [],
                "session_context": {"attributes": {"mfa_authenticated": "false"}},
            },
            "code": "200",
            "api_version": "v1.0",
            "request_id": "0a0b",
            "time": NOON_MS,
            "record_time": NOON_MS,
            "location_info": "",
            "endpoint": "localhost:8443",
            "resource_url": format!("/v1.0/{PROJECT}/kms/encrypt-data"),
            "enterprise_project_id": "0",
            "resource_account_id": "",
            "read_only": true,
            "operation_id": "encrypt-data",
            "project_id": PROJECT,
            "domain_id": "acct",
        });
        assert_eq!(Value::Object(trace.clone()), expected);
    });
}

#[test]
fn ratings_follow_the_status_and_nothing_secret_is_shown() {
    on_both(|house| {
        let alice = root("acct", "alice");
        for operation in ["enable-key", "sign", "verify"] {
            house.work(&alice, NOON_MS, PROJECT, Work::of(operation, "k1"));
        }
        for (rating, name, code) in [
            ("normal", "enableKey", "200"),
            ("warning", "sign", "400"),
            ("incident", "verify", "500"),
        ] {
            let listed = house.list(&alice, NOON_MS, &[("trace_rating", rating)]);
            assert_eq!(names(&listed), [name]);
            assert_eq!(listed["traces"][0]["code"], code);
            assert_eq!(listed["traces"][0]["read_only"], false);
            assert!(!listed.to_string().contains(SECRET));
        }
        let refused = house.list(&alice, NOON_MS, &[("trace_name", "sign")]);
        let response = refused["traces"][0]["response"].as_str().unwrap();
        assert!(response.contains("KMS.0002"), "{response}");
        let message = refused["traces"][0]["message"].as_str().unwrap();
        assert!(message.ends_with("Reason:KMS.0002"), "{message}");
        // What broke is for the log alone.
        let broken = house.list(&alice, NOON_MS, &[("trace_name", "verify")]);
        let response = broken["traces"][0]["response"].as_str().unwrap();
        assert!(
            response.contains("Broken.") && !response.contains("broken"),
            "{response}"
        );
    });
}

#[test]
fn every_filter_is_exact_and_types_ignore_case() {
    on_both(|house| {
        let (alice, bob) = (root("acct", "alice"), root("acct", "bob"));
        house.work(&alice, NOON_MS, PROJECT, Work::encrypt("k1"));
        house.work(&bob, NOON_MS, PROJECT, Work::of("enable-key", "k2"));
        house.work(&bob, NOON_MS, PROJECT, Work::of("read-object", "k3"));
        let only = |query: &[(&str, &str)], expected: &[&str]| {
            let listed = house.list(&alice, NOON_MS, query);
            assert_eq!(names(&listed), expected, "{query:?}");
        };
        only(&[("user", "alice")], &["encryptData"]);
        only(&[("user", "ALICE")], &[]);
        only(&[("user", "ali")], &[]);
        only(&[("access_key_id", "bob-AK")], &["enableKey"]);
        only(&[("resource_id", "k2")], &["enableKey"]);
        only(&[("resource_name", "k2/name")], &["enableKey"]);
        only(&[("trace_name", "encryptData")], &["encryptData"]);
        only(&[("trace_name", "encryptdata")], &[]);
        only(&[("enterprise_project_id", "ep2")], &["enableKey"]);
        only(
            &[
                ("service_type", "kms"),
                ("resource_type", "cmk"),
                ("user", "bob"),
            ],
            &["enableKey"],
        );
        only(&[("service_type", "ECS")], &[]);
        only(&[("trace_type", "data")], &["readObject"]);
        only(
            &[("tracker_name", "system"), ("user", "bob")],
            &["enableKey"],
        );
        only(&[("tracker_name", "mine")], &[]);
        let both = house.list(&alice, NOON_MS, &[]);
        assert_eq!(count(&both), 2);
        // The identifier alone counts, whatever else is asked.
        let id = house.list(&alice, NOON_MS, &[("user", "bob")])["traces"][0]["trace_id"].clone();
        only(
            &[("trace_id", id.as_str().unwrap()), ("user", "alice")],
            &["enableKey"],
        );
        only(&[("trace_id", "c232ab00-9414-11ec-b3c8-9f6bdeced846")], &[]);
    });
}

#[test]
fn bounds_are_exclusive_and_the_window_is_seven_days() {
    on_both(|house| {
        let alice = root("acct", "alice");
        let start_ms = NOON_MS - 7 * DAY_MS;
        for time_ms in [
            start_ms - 1,
            start_ms,
            NOON_MS - HOUR_MS,
            NOON_MS - 1,
            NOON_MS,
        ] {
            house.work(&alice, time_ms, PROJECT, Work::encrypt("k1"));
        }
        let times = |query: &[(&str, &str)]| -> Vec<i64> {
            let listed = house.list(&alice, NOON_MS, query);
            let traces = listed["traces"].as_array().unwrap();
            traces
                .iter()
                .map(|it| it["time"].as_i64().unwrap())
                .collect()
        };
        let text = |ms: i64| ms.to_string();
        // By default the last hour up to now.
        assert_eq!(times(&[]), [NOON_MS, NOON_MS - 1]);
        let hour = [("from", &*text(NOON_MS - HOUR_MS)), ("to", &*text(NOON_MS))];
        assert_eq!(times(&hour), [NOON_MS - 1]);
        let wider = [
            ("from", &*text(NOON_MS - HOUR_MS - 1)),
            ("to", &*text(NOON_MS + 1)),
        ];
        assert_eq!(times(&wider), [NOON_MS, NOON_MS - 1, NOON_MS - HOUR_MS]);
        let all = [
            ("from", &*text(start_ms - DAY_MS)),
            ("to", &*text(NOON_MS + 1)),
        ];
        assert_eq!(
            times(&all),
            [NOON_MS, NOON_MS - 1, NOON_MS - HOUR_MS, start_ms]
        );
    });
}

#[test]
fn pages_have_no_gaps_and_no_repeats_under_equal_times() {
    on_both(|house| {
        let alice = root("acct", "alice");
        for _ in 0..23 {
            house.work(&alice, NOON_MS - 5, PROJECT, Work::encrypt("k1"));
        }
        house.work(&alice, NOON_MS - 6, PROJECT, Work::of("enable-key", "k1"));
        house.work(&alice, NOON_MS - 4, PROJECT, Work::of("enable-key", "k1"));
        for limit in ["1", "4", "5", "25", "200"] {
            let mut seen = walk(house, NOON_MS, &[("limit", limit)]);
            assert_eq!(seen.len(), 25, "limit {limit}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 25, "limit {limit}");
        }
        // Ten is the usual page; a new trace changes nothing on the pages after it.
        let first = house.list(&alice, NOON_MS, &[]);
        assert_eq!(count(&first), 10);
        assert_eq!(first["traces"][0]["time"], NOON_MS - 4);
        let marker = first["meta_data"]["marker"].as_str().unwrap();
        assert_eq!(first["traces"][9]["trace_id"], marker);
        house.work(&alice, NOON_MS, PROJECT, Work::encrypt("k1"));
        let before = house.list(&alice, NOON_MS, &[("next", marker), ("limit", "200")]);
        assert_eq!(count(&before), 15);
        // The marker narrows further.
        let to = (NOON_MS - 5).to_string();
        let from = (NOON_MS - HOUR_MS).to_string();
        let narrow = [("next", marker), ("from", &*from), ("to", &*to)];
        assert_eq!(names(&house.list(&alice, NOON_MS, &narrow)), ["enableKey"]);
    });
}

#[test]
fn another_projects_traces_are_not_seen() {
    on_both(|house| {
        let (alice, eve) = (root("acct", "alice"), root("evil", "eve"));
        house.work(&alice, NOON_MS, PROJECT, Work::encrypt("k1"));
        house.work(&eve, NOON_MS, OTHER_PROJECT, Work::encrypt("k1"));
        let mine = house.list(&alice, NOON_MS, &[("resource_id", "k1")]);
        assert_eq!(count(&mine), 1);
        assert_eq!(mine["traces"][0]["user"]["user_name"], "alice");
        let path = format!("/v3/{OTHER_PROJECT}/traces");
        let id = mine["traces"][0]["trace_id"].as_str().unwrap();
        for query in [
            &[("trace_id", id)][..],
            &[("user", "alice")],
            &[("next", id)],
        ] {
            let theirs = house.cts(&get(&path, query, &eve, NOON_MS)).unwrap().body;
            assert!(!theirs.to_string().contains("alice"), "{query:?}");
        }
    });
}

#[test]
fn what_belongs_to_no_project_is_seen_by_who_may_see_the_account() {
    on_both(|house| {
        let owner = ("acct", "");
        let record = Record::of_system("IAM", "createUser", "user", NOON_MS, owner, ("u1", "bob"));
        assert_eq!(record.kind, TraceKind::Management);
        house.db.append(|tx| trail::append(tx, &record)).unwrap();
        let alice = root("acct", "alice");
        house.work(&alice, NOON_MS - 1, PROJECT, Work::encrypt("k1"));
        let listed = house.list(&alice, NOON_MS, &[]);
        assert_eq!(names(&listed), ["createUser", "encryptData"]);
        assert_eq!(listed["traces"][0]["project_id"], "");
        assert_eq!(listed["traces"][0]["trace_type"], "SystemAction");
        assert_eq!(walk(house, NOON_MS, &[("limit", "1")]).len(), 2);
        let policy = json!({
            "Version": "1.1",
            "Statement": [{"Effect": "Allow", "Action": ["cts:*:list"]}],
        });
        let clerk = user("acct", Scope::Project(PROJECT.to_owned()), &policy);
        assert_eq!(names(&house.list(&clerk, NOON_MS, &[])), ["encryptData"]);
        let stranger = root("evil", "eve");
        let path = format!("/v3/{OTHER_PROJECT}/traces");
        let theirs = house
            .cts(&get(&path, &[], &stranger, NOON_MS))
            .unwrap()
            .body;
        assert_eq!(count(&theirs), 0);
    });
}

#[test]
fn filters_of_another_form_are_refused() {
    let house = |house: &House| {
        let alice = root("acct", "alice");
        let path = format!("/v3/{PROJECT}/traces");
        let (now, earlier) = (NOON_MS.to_string(), (NOON_MS - 1).to_string());
        for query in [
            &[("limit", "0")][..],
            &[("limit", "201")],
            &[("limit", "ten")],
            &[("trace_type", "both")],
            &[("trace_rating", "fine")],
            &[("from", "1737633600"), ("to", &*now)],
            &[("from", &*now), ("to", &*now)],
            &[("from", &*now), ("to", &*earlier)],
            &[("next", "not-a-marker")],
            &[("next", "0d0466b0-e727-4d9c-b35d-f84bb474a37f")],
        ] {
            let refused = house.cts(&get(&path, query, &alice, NOON_MS)).unwrap_err();
            assert_eq!(
                (refused.status, &*refused.code),
                (400, "CTS.0300"),
                "{query:?}"
            );
            assert_eq!(refused.body["error_code"], "CTS.0300");
        }
    };
    on_both(house);
}
