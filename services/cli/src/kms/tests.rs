//! Whole command lines, and the requests that the contract has for them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::error::Error;
use crate::fake::{Fake, PROJECT, Received};

const ID: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
const OTHER: &str = "bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e";

/// An answer with what any operation may be asked for.
fn anything(request: &Received) -> (u16, Value) {
    let reply = json!({
        "key_info": {"key_id": ID, "key_spec": "EC_P256"},
        "key_details": [{"key_id": ID, "key_alias": "app"}, {"key_id": OTHER, "key_alias": "other"}],
        "key_id": ID,
        "keystore": {"keystore_id": "1"},
        "grant_id": "9",
        "cipher_text": "AB",
        "plain_text": "AB",
        "plain_text_base64": "YQ==",
        "data_key": "AB",
        "signature": "YQ==",
        "signature_valid": "true",
        "mac": "ab",
        "mac_valid": true,
        "public_key": "-----BEGIN PUBLIC KEY-----",
        "random_data": "ab",
    });
    match request.method.as_str() {
        "DELETE" => (204, Value::Null),
        _ => (200, reply),
    }
}

/// Checks the last request of a command line: its method, its path below the project, its body.
fn check(line: &str, method: &str, path: &str, body: Value) {
    let fake = Fake::answering(anything);
    fake.run(line)
        .unwrap_or_else(|error| panic!("{line}: {error}"));
    let received = fake.take();
    let last = received.last().unwrap();
    let expected = path.replace("{p}", PROJECT);
    assert_eq!(
        (last.method.as_str(), &last.target),
        (method, &expected),
        "{line}"
    );
    assert_eq!(last.json(), body, "{line}");
}

fn post(line: &str, operation: &str, body: Value) {
    check(line, "POST", &format!("/v1.0/{{p}}/kms/{operation}"), body);
}

#[test]
fn keys_are_made_and_managed() {
    post("kms create app", "create-key", json!({"key_alias": "app"}));
    post(
        "kms create app --spec SM4 --usage ENCRYPT_DECRYPT --description d --external --enterprise-project 0 --keystore 1",
        "create-key",
        json!({
            "key_alias": "app", "key_spec": "SM4", "key_usage": "ENCRYPT_DECRYPT", "key_description": "d",
            "origin": "external", "enterprise_project_id": "0", "keystore_id": "1",
        }),
    );
    post(
        "kms list --state pending-deletion",
        "list-keys",
        json!({"limit": "1000", "key_spec": "ALL", "key_state": "4"}),
    );
    post(
        "kms show alias/a",
        "describe-key",
        json!({"key_id": "alias/a"}),
    );
    post("kms enable app", "enable-key", json!({"key_id": ID}));
    post("kms disable other", "disable-key", json!({"key_id": OTHER}));
    post(
        "kms rename app b",
        "update-key-alias",
        json!({"key_id": ID, "key_alias": "b"}),
    );
    let body = json!({"key_id": ID, "key_description": "d"});
    post("kms describe alias/a d", "update-key-description", body);
    let body = json!({"key_id": ID, "pending_days": "7"});
    post(
        "kms schedule-deletion app --days 7 --yes",
        "schedule-key-deletion",
        body,
    );
    post(
        "kms cancel-deletion app",
        "cancel-key-deletion",
        json!({"key_id": ID}),
    );
    post("kms public-key app", "get-publickey", json!({"key_id": ID}));
    post(
        "kms random --bytes 16",
        "gen-random",
        json!({"random_data_length": "128"}),
    );
    check(
        "kms quotas",
        "GET",
        "/v1.0/{p}/kms/user-quotas",
        Value::Null,
    );
}

#[test]
fn rotation_grants_and_material() {
    post("kms rotate app", "rotate-on-demand", json!({"key_id": ID}));
    post(
        "kms rotation enable app",
        "enable-key-rotation",
        json!({"key_id": ID}),
    );
    post(
        "kms rotation disable app",
        "disable-key-rotation",
        json!({"key_id": ID}),
    );
    let body = json!({"key_id": ID, "rotation_interval": 30});
    post(
        "kms rotation set app --days 30",
        "update-key-rotation-interval",
        body,
    );
    post(
        "kms rotation show app",
        "get-key-rotation-status",
        json!({"key_id": ID}),
    );
    post(
        "kms grant create app --to u1 --operation encrypt-data,decrypt-data --operation sign --name n --retiring u2",
        "create-grant",
        json!({
            "key_id": ID, "grantee_principal": "u1", "operations": ["encrypt-data", "decrypt-data", "sign"],
            "name": "n", "retiring_principal": "u2",
        }),
    );
    post(
        "kms grant create app --to d1 --account --operation describe-key",
        "create-grant",
        json!({
            "key_id": ID, "grantee_principal": "d1", "grantee_principal_type": "domain",
            "operations": ["describe-key"],
        }),
    );
    post(
        "kms grant list app",
        "list-grants",
        json!({"key_id": ID, "limit": "100"}),
    );
    post(
        "kms grant list --retirable",
        "list-retirable-grants",
        json!({"limit": "100"}),
    );
    post(
        "kms grant revoke app 9",
        "revoke-grant",
        json!({"key_id": ID, "grant_id": "9"}),
    );
    post(
        "kms grant retire app 9",
        "retire-grant",
        json!({"key_id": ID, "grant_id": "9"}),
    );
    let body = json!({"key_id": ID});
    post(
        "kms delete-material app --yes",
        "delete-imported-key-material",
        body,
    );
}

#[test]
fn aliases_and_tags() {
    let body = json!({"key_id": ID, "alias": "alias/a"});
    post("kms alias create app a", "aliases", body.clone());
    post("kms alias create app alias/a", "aliases", body);
    let body = json!({"key_id": ID, "aliases": ["alias/a", "alias/b"]});
    check(
        "kms alias delete app a alias/b",
        "DELETE",
        "/v1.0/{p}/kms/aliases",
        body,
    );
    let body = json!({"alias": "alias/a", "target_key_id": OTHER});
    post("kms alias move a other", "alias/associate", body);
    let path = format!("/v1.0/{{p}}/kms/aliases?key_id={ID}&limit=100");
    check("kms alias list app", "GET", &path, Value::Null);
    check(
        "kms alias list",
        "GET",
        "/v1.0/{p}/kms/aliases?limit=100",
        Value::Null,
    );

    let body = json!({"tag": {"key": "a", "value": "1=2"}});
    post("kms tag set app a=1=2", &format!("{ID}/tags"), body);
    let body = json!({"action": "create", "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]});
    post("kms tag set app a=1 b=", &format!("{ID}/tags/action"), body);
    let path = format!("/v1.0/{{p}}/kms/{ID}/tags/a%2Fb%3A%E4%B8%AD");
    check("kms tag unset app a/b:中", "DELETE", &path, Value::Null);
    let body = json!({"action": "delete", "tags": [{"key": "a"}, {"key": "b"}]});
    post("kms tag unset app a b", &format!("{ID}/tags/action"), body);
    check(
        "kms tag list app",
        "GET",
        &format!("/v1.0/{{p}}/kms/{ID}/tags"),
        Value::Null,
    );
    check("kms tag list", "GET", "/v1.0/{p}/kms/tags", Value::Null);
    let body = json!({
        "action": "filter", "limit": "1000", "offset": "0", "tags": [{"key": "a", "values": ["1"]}],
    });
    post("kms tag search a=1", "resource_instances/action", body);
}

#[test]
fn key_stores() {
    let path = "/v1.0/{p}/keystores";
    let body = json!({"keystore_alias": "n", "hsm_cluster_id": "c"});
    check("kms keystore create n --cluster c", "POST", path, body);
    check(
        "kms keystore list",
        "GET",
        &format!("{path}?limit=100&offset=0"),
        Value::Null,
    );
    check(
        "kms keystore show 1",
        "GET",
        &format!("{path}/1"),
        Value::Null,
    );
    check(
        "kms keystore enable 1",
        "POST",
        &format!("{path}/1/enable"),
        Value::Null,
    );
    check(
        "kms keystore disable 1",
        "POST",
        &format!("{path}/1/disable"),
        Value::Null,
    );
    check(
        "kms keystore delete 1 --yes",
        "DELETE",
        &format!("{path}/1"),
        Value::Null,
    );
}

#[test]
fn data_and_data_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let text = file("text", "grüß\n".as_bytes());
    let body =
        json!({"key_id": "alias/a", "plain_text": "grüß\n", "additional_authenticated_data": "x"});
    post(
        &format!("kms encrypt alias/a {text} --aad x"),
        "encrypt-data",
        body,
    );
    let cipher = file("cipher", b" QUJD \n");
    post(
        &format!("kms decrypt {cipher}"),
        "decrypt-data",
        json!({"cipher_text": "QUJD"}),
    );
    let body =
        json!({"cipher_text": "QUJD", "key_id": ID, "encryption_algorithm": "RSAES_OAEP_SHA_256"});
    let line = format!("kms decrypt {cipher} --key app --algorithm RSAES_OAEP_SHA_256");
    post(&line, "decrypt-data", body);
    let body = json!({"cipher_text": "QUJD", "destination_key_id": OTHER});
    post(
        &format!("kms re-encrypt {cipher} --to other"),
        "re-encrypt",
        body,
    );

    let body = json!({"key_id": ID, "key_spec": "AES_128"});
    post(
        "kms create-datakey app --spec AES_128",
        "create-datakey",
        body,
    );
    let body = json!({"key_id": ID, "datakey_length": "512"});
    let line = "kms create-datakey app --bytes 64 --without-plaintext";
    post(line, "create-datakey-without-plaintext", body);
    let body = json!({"key_id": ID, "key_spec": "RSA_2048", "with_plain_text": false});
    let line = "kms create-datakey-pair app --spec RSA_2048 --without-plaintext";
    post(line, "create-rsa-datakey-pair", body);
    let datakey = file("datakey", b"abc");
    // SHA-256 of "abc", FIPS 180-4, example B.1.
    let plain = "616263BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
    let body = json!({"key_id": ID, "plain_text": plain, "datakey_plain_length": "3"});
    post(
        &format!("kms encrypt-datakey app {datakey}"),
        "encrypt-datakey",
        body,
    );
    let body = json!({"key_id": ID, "cipher_text": "QUJD", "datakey_cipher_length": "3"});
    post(
        &format!("kms decrypt-datakey app {cipher} --bytes 3"),
        "decrypt-datakey",
        body,
    );
}

#[test]
fn signatures_and_macs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("abc");
    std::fs::write(&path, b"abc").unwrap();
    let path = path.display();
    // SHA-256 of "abc", FIPS 180-4, example B.1; the fake's key is EC_P256, which signs with it.
    let digest = hex::decode("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let digest = BASE64.encode(digest.unwrap());
    let signed = json!({
        "key_id": ID, "message": digest, "message_type": "DIGEST", "signing_algorithm": "ECDSA_SHA_256",
    });
    post(&format!("kms sign app {path}"), "sign", signed.clone());
    let raw = json!({
        "key_id": ID, "message": "YWJj", "message_type": "RAW", "signing_algorithm": "ED25519_SHA_512",
    });
    post(
        &format!("kms sign app {path} --algorithm ED25519_SHA_512"),
        "sign",
        raw,
    );
    let signature = folder.path().join("signature");
    std::fs::write(&signature, [0xff]).unwrap();
    let mut verified = signed;
    verified["signature"] = json!("/w==");
    let line = format!("kms verify app {path} --signature {}", signature.display());
    post(&line, "verify", verified);
    let mut mac = json!({"key_id": ID, "message": "YWJj", "mac_algorithm": "HMAC_SHA_256"});
    let line = format!("kms mac generate app {path} --algorithm HMAC_SHA_256");
    post(&line, "generate-mac", mac.clone());
    mac["mac"] = json!("ab");
    let line = format!("kms mac verify app {path} --algorithm HMAC_SHA_256 --mac ab");
    post(&line, "verify-mac", mac);
}

#[test]
fn what_is_not_genuine_is_no_success() {
    let fake = Fake::answering(|_| (200, json!({"signature_valid": "false", "mac_valid": false})));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("abc");
    std::fs::write(&path, b"abc").unwrap();
    let path = path.display();
    for line in [
        format!("kms verify {ID} {path} --algorithm ECDSA_SHA_256 --signature {path}"),
        format!("kms mac verify {ID} {path} --algorithm HMAC_SHA_256 --mac ab"),
    ] {
        let error = fake.run(&line).unwrap_err();
        assert!(matches!(error, Error::NotGenuine(_)), "{error}");
        assert_eq!(error.exit_code(), 1);
    }
}

#[test]
fn what_cannot_be_sent_is_refused_with_a_way_out() {
    let fake = Fake::answering(anything);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let (long, binary, empty) = (file("l", &[b'a'; 4097]), file("b", &[0xff]), file("e", b""));
    for (line, says) in [
        (format!("kms encrypt app {long}"), "encrypt-file"),
        (format!("kms encrypt app {binary}"), "encrypt-file"),
        (format!("kms encrypt app {empty}"), "nothing to encrypt"),
        (
            format!("kms decrypt-file {long} {empty}.x"),
            "no file that `dew kms encrypt-file` made",
        ),
        (
            "kms show nobody".to_owned(),
            "no key of this project is named nobody",
        ),
    ] {
        let error = fake.run(&line).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
}

/// Answers with a data key, and opens the same one again.
fn datakeys(request: &Received) -> (u16, Value) {
    let reply = json!({
        "key_id": ID, "cipher_text": "0A0B", "plain_text": "07".repeat(32), "data_key": "07".repeat(32),
    });
    match request.json()["cipher_text"].as_str() {
        Some(other) if other != "0A0B" => (
            400,
            json!({"error": {"error_code": "KMS.2201", "error_msg": "x"}}),
        ),
        _ => (200, reply),
    }
}

#[test]
fn a_file_is_encrypted_and_decrypted_whole_or_not_at_all() {
    let fake = Fake::answering(datakeys);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let plain: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    std::fs::write(path("plain"), &plain).unwrap();
    let run = |line: &str| fake.run(&line.replace("DIR", &folder.path().display().to_string()));
    run("kms encrypt-file alias/a DIR/plain DIR/sealed").unwrap();
    run("kms decrypt-file DIR/sealed DIR/opened").unwrap();
    assert_eq!(std::fs::read(path("opened")).unwrap(), plain);
    let received = fake.take();
    assert_eq!(
        received[0].json(),
        json!({"key_id": "alias/a", "key_spec": "AES_256"})
    );
    let opened = json!({"key_id": ID, "cipher_text": "0A0B", "datakey_cipher_length": "32"});
    assert_eq!(received[1].json(), opened);

    let exists = run("kms decrypt-file DIR/sealed DIR/opened").unwrap_err();
    assert!(matches!(exists, Error::Exists(_)), "{exists}");
    run("kms decrypt-file DIR/sealed DIR/opened --force").unwrap();

    // The last chunk is cut: all before it would decrypt.
    let sealed = std::fs::read(path("sealed")).unwrap();
    std::fs::write(path("cut"), &sealed[..sealed.len() - 1]).unwrap();
    let broken = run("kms decrypt-file DIR/cut DIR/never").unwrap_err();
    assert_eq!(broken.exit_code(), 1);
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["cut", "opened", "plain", "sealed"]);
}
