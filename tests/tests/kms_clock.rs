//! What happens when its time comes, with the server's clock moved: rotation, deletion, expiry, the end of import tokens.

#![forbid(unsafe_code)]

use serde_json::{Value, json};
use tests::{Chain, Client, Partition, Server, SoftHsm, code, text};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Returns how a key rotates.
fn rotation(client: &Client, key: &str) -> Value {
    client.kms_ok("get-key-rotation-status", json!({"key_id": key}))
}

fn rotations(client: &Client, key: &str) -> i64 {
    rotation(client, key)["number_of_rotations"]
        .as_i64()
        .expect("a number")
}

/// Returns the state of a key, or the code of the refusal.
fn state(client: &Client, key: &str) -> String {
    let (_, body) = client.kms("describe-key", json!({"key_id": key}));
    match body["key_info"]["key_state"].as_str() {
        Some(state) => state.to_owned(),
        None => code(&body).to_owned(),
    }
}

#[test]
fn a_key_rotates_when_its_interval_has_passed_and_again_at_the_next() {
    let hsm = SoftHsm::start();
    let server = Server::start(&hsm.token());
    let client = server.client(0);
    let key = client.create_key("rotates", json!({}));
    let first = client.encrypt(&key, "before");
    client.kms_ok("enable-key-rotation", json!({"key_id": key}));
    client.advance(365 * DAY - HOUR);
    assert_eq!(rotations(&client, &key), 0);
    client.advance(HOUR);
    let status = rotation(&client, &key);
    assert_eq!(status["number_of_rotations"], 1);
    assert!(!text(&status["last_rotation_time"]).is_empty(), "{status}");
    let second = client.encrypt(&key, "between");
    // A new interval counts from then on.
    client.kms_ok(
        "update-key-rotation-interval",
        json!({"key_id": key, "rotation_interval": 30}),
    );
    client.advance(30 * DAY - HOUR);
    assert_eq!(rotations(&client, &key), 1);
    client.advance(HOUR);
    assert_eq!(rotations(&client, &key), 2);
    client.advance(30 * DAY);
    assert_eq!(rotations(&client, &key), 3);
    // Every version is kept.
    assert_eq!(client.decrypt(&first), "before");
    assert_eq!(client.decrypt(&second), "between");
    client.kms_ok("disable-key-rotation", json!({"key_id": key}));
    client.advance(400 * DAY);
    assert_eq!(rotations(&client, &key), 3);
}

#[test]
fn a_disabled_key_is_skipped_and_rotates_at_once_when_it_is_enabled() {
    let hsm = SoftHsm::start();
    let server = Server::start(&hsm.token());
    let client = server.client(0);
    let keys = [
        ("disabled", "disable-key"),
        ("doomed", "schedule-key-deletion"),
    ];
    let keys = keys.map(|(name, operation)| {
        let key = client.create_key(name, json!({}));
        client.kms_ok("enable-key-rotation", json!({"key_id": key}));
        client.kms_ok(operation, json!({"key_id": key, "pending_days": "1000"}));
        key
    });
    client.advance(800 * DAY);
    for key in &keys {
        let status = rotation(&client, key);
        assert_eq!(status["number_of_rotations"], 0);
        assert_eq!(status["key_rotation_enabled"], true);
    }
    client.kms_ok("cancel-key-deletion", json!({"key_id": keys[1]}));
    for key in &keys {
        client.advance(0);
        assert_eq!(rotations(&client, key), 0, "it is disabled");
        client.kms_ok("enable-key", json!({"key_id": key}));
        client.advance(0);
        assert_eq!(
            rotations(&client, key),
            1,
            "once, however many intervals have passed"
        );
    }
}

/// The shortest and the longest time to a deletion.
#[test]
fn a_key_is_deleted_on_its_day_and_not_before() {
    for days in [7, 1_096] {
        let hsm = SoftHsm::start();
        let server = Server::start(&hsm.token());
        let client = server.client(0);
        let key = client.create_key("doomed", json!({}));
        let cipher = client.encrypt(&key, "gone with it");
        let alias = json!({"key_id": key, "alias": "alias/doomed"});
        client.kms_ok("aliases", alias.clone());
        client.kms_ok(
            "schedule-key-deletion",
            json!({"key_id": key, "pending_days": days.to_string()}),
        );
        let date: i64 = text(&client.describe(&key)["scheduled_deletion_date"])
            .parse()
            .expect("milliseconds");
        assert!(
            (date - client.now_ms() - days * DAY * 1_000).abs() < 60_000,
            "{date}"
        );
        client.advance(days * DAY - HOUR);
        assert_eq!(state(&client, &key), "4");
        client.advance(HOUR);
        assert_eq!(state(&client, &key), "KMS.0207");
        let (status, body) = client.kms("decrypt-data", json!({"cipher_text": cipher}));
        assert_eq!((status, code(&body)), (404, "KMS.0207"));
        let (status, body) = client.kms("cancel-key-deletion", json!({"key_id": key}));
        assert_eq!((status, code(&body)), (404, "KMS.0207"));
        // Its names are free again.
        let again = client.create_key("doomed", json!({}));
        client.kms_ok("aliases", json!({"key_id": again, "alias": "alias/doomed"}));
    }
}

#[test]
fn imported_material_expires_and_the_same_may_come_back() {
    let chain = Chain::start();
    let server = Server::start(&chain.token(Partition::Compat));
    let client = server.client(0);
    let key = client.create_key("external", json!({"origin": "external"}));
    let import = |material: &[u8], expires_s: i64| {
        let mut body = client
            .wrapping(&key)
            .expect("it waits for material")
            .body(material);
        body["expiration_time"] = expires_s.into();
        client.kms("import-key-material", body)
    };
    let expires_s = client.now_ms() / 1_000 + DAY;
    assert_eq!(import(&[7; 32], expires_s).0, 200);
    let cipher = client.encrypt(&key, "for a day");
    assert_eq!(
        text(&client.describe(&key)["expiration_time"]),
        (expires_s * 1_000).to_string()
    );
    client.advance(DAY - HOUR);
    assert_eq!(client.decrypt(&cipher), "for a day");
    client.advance(HOUR + 1);
    assert_eq!(state(&client, &key), "5");
    let (_, body) = client.kms("decrypt-data", json!({"cipher_text": cipher}));
    assert_eq!(code(&body), "KMS.1301");
    let (_, body) = import(&[8; 32], 0);
    assert_eq!(code(&body), "KMS.2606");
    let (_, body) = import(&[7; 32], client.now_ms() / 1_000 - 1);
    assert_eq!(code(&body), "KMS.2602");
    assert_eq!(import(&[7; 32], 0).0, 200);
    assert_eq!(client.decrypt(&cipher), "for a day");
    client.advance(1_000 * DAY);
    assert_eq!(
        client.decrypt(&cipher),
        "for a day",
        "without a date it stays"
    );
}

#[test]
fn an_import_token_is_good_for_a_day() {
    let chain = Chain::start();
    let server = Server::start(&chain.token(Partition::Compat));
    let client = server.client(0);
    let key = client.create_key("external", json!({"origin": "external"}));
    let late = client.wrapping(&key).expect("it waits for material");
    client.advance(DAY);
    let (status, body) = client.kms("import-key-material", late.body(&[1; 32]));
    assert_eq!((status, code(&body)), (400, "KMS.2601"));
    let in_time = client.wrapping(&key).expect("it waits for material");
    client.advance(DAY - HOUR);
    let (status, body) = client.kms("import-key-material", late.body(&[1; 32]));
    assert_eq!((status, code(&body)), (400, "KMS.2605"), "it was replaced");
    let (status, body) = client.kms("import-key-material", in_time.body(&[1; 32]));
    assert_eq!(status, 200, "{body}");
    let (_, body) = client.kms("import-key-material", in_time.body(&[1; 32]));
    assert_eq!(code(&body), "KMS.0310");
}
