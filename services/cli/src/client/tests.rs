//! Calls, against a server that verifies their signatures.

use serde_json::json;

use super::*;
use crate::fake::{Fake, PROJECT};

fn refused(status: u16, body: &Value) -> Refusal {
    let answer = Answer {
        status,
        request_id: Some("r1".to_owned()),
        body: body.to_string().into_bytes(),
    };
    refusal(&answer, Some(body))
}

#[test]
fn every_form_of_a_refusal_is_read() {
    for (body, code, message) in [
        (
            json!({"error": {"error_code": "KMS.0205", "error_msg": "Invalid key ID."}}),
            "KMS.0205",
            "Invalid key ID.",
        ),
        (
            json!({"error_code": "APIGW.0301", "error_msg": "x", "request_id": "y"}),
            "APIGW.0301",
            "x",
        ),
        (
            json!({"error": {"code": 401, "message": "m", "title": "Unauthorized"}}),
            "401",
            "m",
        ),
        (json!({"errorCode": "a", "errorMsg": "b"}), "a", "b"),
        (json!("?"), "418", "HTTP status 418 without a reason"),
    ] {
        let refusal = refused(418, &body);
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            (code, message)
        );
        assert_eq!(refusal.request_id.as_deref(), Some("r1"));
    }
}

#[test]
fn calls_are_signed_with_their_scope_and_token() {
    let fake = Fake::answering(|_| (200, json!({"ok": true})));
    let settings = fake.settings(&[
        ("HUAWEICLOUD_SDK_PROJECT_ID", PROJECT),
        ("HUAWEICLOUD_SDK_DOMAIN_ID", "d1"),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "tokEN=="),
    ]);
    let client = Client::new(settings).unwrap();
    let path = "/v1.0/{project_id}/kms/x?a=b%20c%2Fd";
    let reply = client.call(Service::Kms, Method::Post, path, Some(&json!({"k": "é"})));
    assert_eq!(reply.unwrap(), json!({"ok": true}));
    client
        .call(Service::Iam, Method::Get, "/v3/users", None)
        .unwrap();
    client
        .call(
            Service::Kms,
            Method::Delete,
            "/a%2Fb",
            Some(&json!({"k": 1})),
        )
        .unwrap();
    client
        .call(Service::Kms, Method::Delete, "/a", None)
        .unwrap();

    let [kms, iam, with_body, without] = &fake.take()[..] else {
        panic!("four requests");
    };
    assert_eq!(kms.target, format!("/v1.0/{PROJECT}/kms/x?a=b%20c%2Fd"));
    assert_eq!(kms.header("x-project-id").as_deref(), Some(PROJECT));
    assert_eq!(kms.header("x-security-token").as_deref(), Some("tokEN=="));
    assert_eq!(kms.json(), json!({"k": "é"}));
    let list =
        "SignedHeaders=content-type;host;user-agent;x-project-id;x-sdk-date;x-security-token,";
    assert!(kms.header("authorization").unwrap().contains(list));
    assert_eq!(iam.header("x-domain-id").as_deref(), Some("d1"));
    assert_eq!(iam.header("x-project-id"), None);
    assert_eq!(
        (with_body.method.as_str(), with_body.json()),
        ("DELETE", json!({"k": 1}))
    );
    assert_eq!(without.body, b"");
}

#[test]
fn the_project_is_looked_up_once() {
    let fake = Fake::answering(|request| match request.target.as_str() {
        "/v3/projects?name=cn-north-4" => (200, json!({"projects": [{"id": "p1"}]})),
        _ => (200, Value::Null),
    });
    let client = Client::new(fake.settings(&[("DEW_REGION", "cn-north-4")])).unwrap();
    let path = "/v1.0/{project_id}/x";
    for _ in 0..2 {
        let reply = client.call(Service::Kms, Method::Get, path, None);
        assert_eq!(reply.unwrap(), json!({}));
    }
    let received = fake.take();
    let targets: Vec<_> = received
        .iter()
        .map(|request| request.target.as_str())
        .collect();
    assert_eq!(
        targets,
        ["/v3/projects?name=cn-north-4", "/v1.0/p1/x", "/v1.0/p1/x"]
    );
    let list = "SignedHeaders=host;user-agent;x-sdk-date,";
    assert!(received[0].header("authorization").unwrap().contains(list));
}

#[test]
fn several_projects_or_none_are_an_error() {
    for (projects, says) in [
        (json!([]), "has no project"),
        (
            json!([{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]),
            "several projects: a, b",
        ),
    ] {
        let fake = Fake::answering(move |_| (200, json!({"projects": projects})));
        let client = Client::new(fake.settings(&[])).unwrap();
        let error = client.project_id().unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn refusals_redirects_and_nobody_are_told_apart() {
    let fake = Fake::answering(|request| match request.target.as_str() {
        "/refused" => (
            404,
            json!({"error": {"error_code": "KMS.0207", "error_msg": "none"}}),
        ),
        "/moved" => (302, Value::Null),
        _ => (200, json!("x")),
    });
    let settings = fake.settings(&[("HUAWEICLOUD_SDK_PROJECT_ID", PROJECT)]);
    let client = Client::new(settings).unwrap();
    let code = |path: &str| {
        let result = client.call(Service::Kms, Method::Get, path, None);
        result.unwrap_err().exit_code()
    };
    assert_eq!(code("/refused"), 1);
    assert_eq!(code("/moved"), 3);

    // A port that was free a moment ago, and that nobody listens on.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let settings = fake.settings(&[
        ("HUAWEICLOUD_SDK_PROJECT_ID", PROJECT),
        ("DEW_ENDPOINT", &nobody),
    ]);
    let client = Client::new(settings).unwrap();
    let error = client
        .call(Service::Kms, Method::Get, "/", None)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot reach http://127.0.0.1"),
        "{error}"
    );
    assert_eq!(error.exit_code(), 3);
}
