//! The tracker, and the names that traces have.

use kit::api::Method;
use serde_json::{Value, json};

use super::house::{House, NOON_MS, OTHER_PROJECT, PROJECT, Request, get, on_both, root};

/// Shows the trackers of a project.
fn show(house: &House, project: &str, query: &[(&str, &str)]) -> Value {
    let alice = root("acct", "alice");
    let path = format!("/v3/{project}/trackers");
    let reply = house.cts(&get(&path, query, &alice, NOON_MS)).unwrap();
    reply.body["trackers"].clone()
}

/// Updates the tracker of the first project, and returns the code of a refusal.
fn put(house: &House, body: &str) -> Result<Value, String> {
    let request = Request {
        method: Method::Put,
        path: &format!("/v3/{PROJECT}/tracker"),
        query: &[],
        body,
        caller: &root("acct", "alice"),
        now_ms: NOON_MS + 1,
    };
    let reply = house.cts(&request);
    reply
        .map(|reply| reply.body)
        .map_err(|refused| refused.code)
}

#[test]
fn the_tracker_keeps_what_it_is_told() {
    on_both(|house| {
        let new = show(house, PROJECT, &[]);
        assert_eq!(
            new[0]["management_event_selector"],
            json!({"exclude_service": []})
        );
        let body = r#"{"tracker_type":"system","tracker_name":"system",
            "management_event_selector":{"exclude_service":["KMS"]}}"#;
        assert_eq!(put(house, body), Ok(json!({})));
        let expected = json!([{
            "id": new[0]["id"],
            "tracker_name": "system",
            "tracker_type": "system",
            "status": "enabled",
            "project_id": PROJECT,
            "domain_id": "acct",
            "create_time": NOON_MS,
            "management_event_selector": {"exclude_service": ["KMS"]},
            "obs_info": {},
        }]);
        let query = [("tracker_name", "system"), ("tracker_type", "system")];
        assert_eq!(show(house, PROJECT, &query), expected);
        assert_eq!(show(house, PROJECT, &[("tracker_type", "data")]), json!([]));
        let other = show(house, OTHER_PROJECT, &[]);
        assert_eq!(
            other[0]["management_event_selector"],
            json!({"exclude_service": []})
        );
        let alice = root("acct", "alice");
        let traced = house.list(&alice, NOON_MS + 1, &[("trace_rating", "normal")]);
        assert_eq!(traced["traces"][0]["trace_name"], "updateTracker");
    });
}

#[test]
fn what_a_tracker_cannot_be_is_refused() {
    const SYSTEM: &str = r#""tracker_type":"system","tracker_name":"system""#;
    on_both(|house| {
        let refused = |body: &str, code: &str| {
            assert_eq!(put(house, body), Err(code.to_owned()), "{body}");
        };
        refused(
            r#"{"tracker_type":"data","tracker_name":"mine"}"#,
            "CTS.0214",
        );
        refused(
            r#"{"tracker_type":"both","tracker_name":"system"}"#,
            "CTS.0202",
        );
        refused(
            r#"{"tracker_type":"system","tracker_name":"mine"}"#,
            "CTS.0204",
        );
        refused(r#"{"tracker_name":"system"}"#, "CTS.0003");
        for (more, code) in [
            (r#""status":"off""#, "CTS.0205"),
            (
                r#""management_event_selector":{"exclude_service":["ECS"]}"#,
                "CTS.0003",
            ),
            (
                r#""management_event_selector":{"exclude_service":["KMS","KMS"]}"#,
                "CTS.0003",
            ),
            (
                r#""management_event_selector":{"exclude_service":"KMS"}"#,
                "CTS.0003",
            ),
            (r#""obs_info":{"bucket_name":"b"}"#, "CTS.0001"),
        ] {
            refused(&format!("{{{SYSTEM},{more}}}"), code);
        }
    });
}

#[test]
fn the_names_come_from_the_tables_of_operations() {
    on_both(|house| {
        let alice = root("acct", "alice");
        let path = format!("/v3/{PROJECT}/operations");
        let ask = |query: &[(&str, &str)]| house.cts(&get(&path, query, &alice, NOON_MS));
        let expected = json!({"operations": [{
            "service_type": "KMS",
            "resource_type": "CMK",
            "operation_list":
                ["deleteKey", "enableKey", "encryptData", "readObject", "sign", "verify"],
        }]});
        assert_eq!(ask(&[("service_type", "KMS")]).unwrap().body, expected);
        let both = [("service_type", "kms"), ("resource_type", "cmk")];
        assert_eq!(ask(&both).unwrap().body, expected);
        let own = ask(&[("service_type", "CTS")]).unwrap().body;
        assert_eq!(
            own["operations"][1]["operation_list"],
            json!(["updateTracker"])
        );
        assert_eq!(
            ask(&[("resource_type", "CMK")]).unwrap_err().code,
            "CTS.0300"
        );
    });
}
