//! The tracker, and the names that traces have.

use kit::api::Method;
use serde_json::json;

use super::house::{NOON_MS, OTHER_PROJECT, PROJECT, Request, get, on_both, root};

#[test]
fn the_tracker_keeps_what_it_is_told() {
    on_both(|house| {
        let alice = root("acct", "alice");
        let path = format!("/v3/{PROJECT}/trackers");
        let show = |query: &[(&str, &str)]| {
            house.cts(&get(&path, query, &alice, NOON_MS)).unwrap().body["trackers"].clone()
        };
        let put = |body: &str| {
            let request = Request {
                method: Method::Put,
                path: &format!("/v3/{PROJECT}/tracker"),
                query: &[],
                body,
                caller: &alice,
                now_ms: NOON_MS + 1,
            };
            house
                .cts(&request)
                .map(|reply| reply.body)
                .map_err(|refused| refused.code)
        };
        let new = show(&[]);
        assert_eq!(
            new[0]["management_event_selector"],
            json!({"exclude_service": []})
        );
        let body = r#"{"tracker_type":"system","tracker_name":"system",
            "management_event_selector":{"exclude_service":["KMS"]}}"#;
        assert_eq!(put(body), Ok(json!({})));
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
        assert_eq!(
            show(&[("tracker_name", "system"), ("tracker_type", "system")]),
            expected
        );
        assert_eq!(show(&[("tracker_type", "data")]), json!([]));
        let other = format!("/v3/{OTHER_PROJECT}/trackers");
        let others = house.cts(&get(&other, &[], &alice, NOON_MS)).unwrap().body;
        assert_eq!(
            others["trackers"][0]["management_event_selector"]["exclude_service"],
            json!([])
        );
        for (body, code) in [
            (
                r#"{"tracker_type":"data","tracker_name":"mine"}"#,
                "CTS.0214",
            ),
            (
                r#"{"tracker_type":"both","tracker_name":"system"}"#,
                "CTS.0202",
            ),
            (
                r#"{"tracker_type":"system","tracker_name":"mine"}"#,
                "CTS.0204",
            ),
            (
                r#"{"tracker_type":"system","tracker_name":"system","status":"off"}"#,
                "CTS.0205",
            ),
            (r#"{"tracker_name":"system"}"#, "CTS.0003"),
            (
                r#"{"tracker_type":"system","tracker_name":"system",
                    "management_event_selector":{"exclude_service":["ECS"]}}"#,
                "CTS.0003",
            ),
            (
                r#"{"tracker_type":"system","tracker_name":"system","obs_info":{"bucket_name":"b"}}"#,
                "CTS.0001",
            ),
        ] {
            assert_eq!(put(body), Err(code.to_owned()), "{body}");
        }
        let traced = house.list(&alice, NOON_MS + 1, &[("trace_rating", "normal")]);
        assert_eq!(traced["traces"][0]["trace_name"], "updateTracker");
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
