use super::signature::{Request, date, sign};
use crate::Account;

/// The first known-answer test of the contract, made by an SDK.
#[test]
fn signs_as_the_sdk_does() {
    let project = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
    let request = Request {
        method: "POST",
        target: &format!("/v1.0/{project}/kms/create-key"),
        body: br#"{"key_alias": "kat-key", "key_spec": "AES_256", "key_usage": "ENCRYPT_DECRYPT"}"#,
        signed: &[
            ("content-type", "application/json;charset=utf-8".to_owned()),
            ("host", "127.0.0.1:8080".to_owned()),
            ("user-agent", "huaweicloud-usdk-python/3.0; kat".to_owned()),
            ("x-project-id", project.to_owned()),
            ("x-sdk-date", date(1_737_633_600_000)),
        ],
    };
    let account = Account {
        name: String::new(),
        access: "KATAK000000000EXAMPL".to_owned(),
        secret: "KatSkExample0123456789abcdefghijABCDEFGH".to_owned(),
        domain_id: String::new(),
        project_id: project.to_owned(),
        user_id: String::new(),
    };
    assert_eq!(date(1_737_633_600_000), "20250123T120000Z");
    assert_eq!(
        sign(&request, &account),
        "SDK-HMAC-SHA256 Access=KATAK000000000EXAMPL, \
         SignedHeaders=content-type;host;user-agent;x-project-id;x-sdk-date, \
         Signature=97e82a87c63f098a77e9e5b9901ec07e5a688a5925ae330fe11ffa2adabf3191"
    );
}
