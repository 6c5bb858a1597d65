//! What reads requests of the services: signatures, paths, bodies, policies, ciphertexts.

use iam::signature::{Authorization, SignatureError, SignedRequest};
use kit::api::{JSON_DEPTH_MAX, Template, parse_object};
use kit::policy::Policy;
use serde_json::Value;

/// 2025-01-23T12:00:00Z, when the samples were signed.
const NOW_MS: i64 = 1_737_633_600_000;

/// The contract's first known-answer test, and one with a scope.
pub(super) fn authorizations() -> Vec<Vec<u8>> {
    [
        "SDK-HMAC-SHA256 Access=KATAK000000000EXAMPL, \
         SignedHeaders=content-type;host;user-agent;x-project-id;x-sdk-date, \
         Signature=97e82a87c63f098a77e9e5b9901ec07e5a688a5925ae330fe11ffa2adabf3191",
        "V11-HMAC-SHA256 Credential=KATAK000000000EXAMPL/20250123/cn-north-4/kms, \
         SignedHeaders=host;x-sdk-date, \
         Signature=ad62d03ddbb5509a586f4a1b05ade3304c8e92f1c763e03f124f831c602feceb",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(super) fn read_authorization(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if let Ok(parsed) = Authorization::parse(text) {
        assert!(!parsed.access_key().is_empty());
        assert!(
            text.contains(parsed.access_key()),
            "it is what the client wrote"
        );
        assert!(text.starts_with(parsed.algorithm().name()));
    }
}

/// A request as lines: method, path, query, then headers, an empty line, and the body.
pub(super) fn requests() -> Vec<Vec<u8>> {
    [
        "POST\n/v1.0/0a1b2c3d4e5f60718293a4b5c6d7e8f9/kms/create-key\n\n\
         content-type:application/json\nhost:127.0.0.1:8080\nx-sdk-date:20250123T120000Z\n\n{\"key_alias\": \"kat-key\"}",
        "GET\n/v1.0/p/kms/k/tags/a%20b%2Fc%3A%E4%B8%AD\nmarker=a%20b%2Fc%2B~%C3%A9&limit=50&a&a=%\n\
         host:h\nx-sdk-date:20250123T120000Z\nx-sdk-content-sha256:e3b0\n\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Whatever the request is, its canonical form is made, and no signature by chance fits.
pub(super) fn read_request(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let (method, raw_path, raw_query) = (next(), next(), next());
    let headers: Vec<(String, Vec<u8>)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .collect();
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let header = format!(
        "SDK-HMAC-SHA256 Access=KATAK000000000EXAMPL, SignedHeaders={}, Signature={}",
        names.join(";"),
        "00".repeat(32)
    );
    let Ok(authorization) = Authorization::parse(&header) else {
        return;
    };
    let request = SignedRequest {
        method,
        raw_path,
        raw_query,
        headers: &headers,
        body: body.as_bytes(),
    };
    let outcome = authorization.verify(
        &request,
        b"KatSkExample0123456789abcdefghijABCDEFGH",
        NOW_MS,
    );
    assert!(outcome.is_err(), "a signature of zeros is accepted");
    assert_ne!(outcome, Err(SignatureError::UnknownAlgorithm));
}

pub(super) fn policies() -> Vec<Vec<u8>> {
    [
        r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["kms:cmk:get","kms:*:*"],
            "Resource":["kms:*:*:KeyId:0d0466b0-e727-4d9c-b35d-f84bb474a37f"],
            "Condition":{"StringEquals":{"g:ResourceTag/team":["a","b"]},"Bool":{"g:MFAPresent":["true"]}}}]}"#,
        r#"{"Version":"5.0","Statement":[{"Sid":"x","Effect":"Deny","Action":["kms:cmk:*Data*"],"Resource":["*"],
            "Condition":{"ForAnyValue:StringLike":{"kms:ResourceAliases":["alias/*"]},
            "DateLessThan":{"g:CurrentTime":["2025-01-23T12:00:00Z"]},"IpAddress":{"g:SourceIp":["10.0.0.0/8"]}}}]}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// What a policy that is accepted says does not depend on how often it is read.
pub(super) fn read_policy(bytes: &[u8]) {
    if Policy::parse_text(bytes).is_ok() {
        assert!(Policy::parse_text(bytes).is_ok());
        assert!(str::from_utf8(bytes).is_ok(), "a policy is text");
    }
}

pub(super) fn bodies() -> Vec<Vec<u8>> {
    [
        r#"{"key_id":"0d0466b0-e727-4d9c-b35d-f84bb474a37f","plain_text":"\u00e9\ud83d\ude00","n":1.5e300}"#,
        r#"{"action":"filter","tags":[{"key":"a","values":["b","c"]}],"matches":[{"key":"resource_name","value":"x"}]}"#,
        r#"{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":{"l":{"m":{"n":null}}}}}}}}}}}}}}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(super) fn read_body(bytes: &[u8]) {
    let Ok(members) = parse_object(bytes) else {
        return;
    };
    let value = Value::Object(members.clone());
    assert!(
        depth(&value) <= JSON_DEPTH_MAX,
        "a body is nested deeper than the limit"
    );
    let again = parse_object(value.to_string().as_bytes());
    assert_eq!(again.as_ref().map(serde_json::Map::len), Ok(members.len()));
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

pub(super) fn paths() -> Vec<Vec<u8>> {
    [
        "/v1.0/0a1b2c3d4e5f60718293a4b5c6d7e8f9/kms/0d0466b0-e727-4d9c-b35d-f84bb474a37f/tags/a%20b%2Fc%3A%E4%B8%AD",
        "/v1.0/p/kms/../tags/%2e%2e",
        "/v1.0//kms/%00/tags/%",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(super) fn read_path(bytes: &[u8]) {
    let Ok(path) = str::from_utf8(bytes) else {
        return;
    };
    let template = Template::new("/v1.0/{project_id}/kms/{key_id}/tags/{key}");
    let Some(matched) = template.matches(path) else {
        return;
    };
    for name in ["project_id", "key_id", "key"] {
        let part = matched
            .get(name)
            .expect("a path that matches has all parts");
        assert!(!["", ".", ".."].contains(&part), "{path}");
        assert!(!part.contains('\0'), "{path}");
    }
    assert!(path.starts_with("/v1.0/"), "{path}");
    assert_eq!(path.matches('/').count(), 6, "{path}");
}

/// Ciphertexts as the contract of the key service lays them out in `kms::header`: a front, an IV, a tag.
pub(super) fn ciphertexts() -> Vec<Vec<u8>> {
    let front = |kind: u8| {
        let mut bytes = b"DW\x01".to_vec();
        bytes.push(kind);
        bytes.extend(7_u32.to_be_bytes());
        bytes.extend(b"0d0466b0-e727-4d9c-b35d-f84bb474a37f");
        bytes.extend(b"0a1b2c3d4e5f60718293a4b5c6d7e8f9");
        bytes.extend([9; 40]);
        bytes
    };
    vec![front(1), front(2)]
}

pub(super) fn read_ciphertext(bytes: &[u8]) {
    if let Some((key_id, version)) = kms::key_of(bytes) {
        assert!(bytes.starts_with(b"DW\x01"));
        assert_eq!(bytes.get(4..8), Some(&version.to_be_bytes()[..]));
        assert_eq!(bytes.get(8..44), Some(key_id.as_bytes()));
        assert!(bytes.len() >= 104, "no room for the IV and the tag");
    }
}
