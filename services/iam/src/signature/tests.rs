//! The known answers are output of the official SDK's own signer, checked again by an independent verifier.

use super::*;

const SECRET: &[u8] = b"KatSkExample0123456789abcdefghijABCDEFGH";
const DATE: &str = "20250123T120000Z";
const NOW_MS: i64 = 1_737_633_600_000;
const PROJECT: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const KMS_HEADERS: &str = "content-type;host;user-agent;x-project-id;x-sdk-date";

/// A request that can be changed, with its header.
#[derive(Clone)]
struct Case {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    authorization: String,
}

impl Case {
    fn verify_at(&self, secret: &[u8], now_ms: i64) -> Result<(), SignatureError> {
        let request = SignedRequest {
            method: self.method,
            raw_path: &self.path,
            raw_query: &self.query,
            headers: &self.headers,
            body: &self.body,
        };
        Authorization::parse(&self.authorization)?.verify(&request, secret, now_ms)
    }

    fn verify(&self) -> Result<(), SignatureError> {
        self.verify_at(SECRET, NOW_MS)
    }

    fn header(&mut self, name: &str) -> &mut Vec<u8> {
        let found = self.headers.iter_mut().find(|header| header.0 == name);
        &mut found.unwrap().1
    }

    fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }
}

fn authorization(headers: &str, signature: &str) -> String {
    let who = "SDK-HMAC-SHA256 Access=KATAK000000000EXAMPL";
    format!("{who}, SignedHeaders={headers}, Signature={signature}")
}

fn headers(list: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let date = ("X-Sdk-Date", DATE);
    let all = list.iter().chain([&date]);
    all.map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect()
}

/// POST with a JSON body.
fn create_key() -> Case {
    Case {
        method: "POST",
        path: format!("/v1.0/{PROJECT}/kms/create-key"),
        query: String::new(),
        headers: headers(&[
            ("Content-Type", "application/json;charset=utf-8"),
            ("Host", "127.0.0.1:8080"),
            ("User-Agent", "huaweicloud-usdk-python/3.0; kat"),
            ("X-Project-Id", PROJECT),
            ("Accept", "*/*"),
        ]),
        body: br#"{"key_alias": "kat-key", "key_spec": "AES_256", "key_usage": "ENCRYPT_DECRYPT"}"#
            .to_vec(),
        authorization: authorization(
            KMS_HEADERS,
            "97e82a87c63f098a77e9e5b9901ec07e5a688a5925ae330fe11ffa2adabf3191",
        ),
    }
}

/// GET with a query and a security token.
fn list_aliases() -> Case {
    Case {
        method: "GET",
        path: format!("/v1.0/{PROJECT}/kms/aliases"),
        query: "key_id=0d0466b0-e727-4d9c-b35d-f84bb474a37f&limit=50&marker=a%20b%2Fc%2B~%C3%A9"
            .to_owned(),
        headers: headers(&[
            ("content-type", "application/json"),
            ("host", "kms.local:8443"),
            ("user-agent", "huaweicloud-usdk-python/3.0; kat"),
            ("x-project-id", PROJECT),
            ("x-security-token", "tokEN=="),
        ]),
        body: Vec::new(),
        authorization: authorization(
            &format!("{KMS_HEADERS};x-security-token"),
            "21670f8bc2965e1da0a4e4ac24115de9ce293d2b93ce8e23ed463db269d1eb8d",
        ),
    }
}

/// The look-up of a project, without a content type.
fn find_project() -> Case {
    Case {
        method: "GET",
        path: "/v3/projects".to_owned(),
        query: "name=cn-north-4".to_owned(),
        headers: headers(&[("host", "127.0.0.1:8080"), ("user-agent", "kat")]),
        body: Vec::new(),
        authorization: authorization(
            "host;user-agent;x-sdk-date",
            "c33ef2c1a621cf85bab2076e0c482dc98ee1c80bfab49b402d22dd00e74f7b2e",
        ),
    }
}

/// DELETE with an encoded slash in the path.
fn delete_tag() -> Case {
    let key = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
    Case {
        method: "DELETE",
        path: format!("/v1.0/{PROJECT}/kms/{key}/tags/a%20b%2Fc%3A%E4%B8%AD"),
        query: String::new(),
        headers: headers(&[
            ("content-type", "application/json"),
            ("host", "127.0.0.1:8080"),
            ("user-agent", "kat"),
            ("x-project-id", PROJECT),
        ]),
        body: Vec::new(),
        authorization: authorization(
            KMS_HEADERS,
            "812ac8dc7cf4ab1dbea5d1fcf39224604c1fcc2093af83301efe3eaa92ed8ffa",
        ),
    }
}

/// A derived key.
fn derived() -> Case {
    let signature = "ad62d03ddbb5509a586f4a1b05ade3304c8e92f1c763e03f124f831c602feceb";
    let who = "V11-HMAC-SHA256 Credential=KATAK000000000EXAMPL/20250123/cn-north-4/kms";
    let mut case = create_key();
    case.body = br#"{"key_alias": "kat-key"}"#.to_vec();
    *case.header("User-Agent") = b"kat".to_vec();
    case.authorization = format!("{who}, SignedHeaders={KMS_HEADERS}, Signature={signature}");
    case
}

fn all() -> [Case; 5] {
    [
        create_key(),
        list_aliases(),
        find_project(),
        delete_tag(),
        derived(),
    ]
}

/// Signs as section 1.1 of the contract says, for a request whose canonical form the test writes out.
fn sign(canonical: &str) -> String {
    let hash = hex::encode(digest::digest(&digest::SHA256, canonical.as_bytes()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    let tag = hmac::sign(&key, format!("SDK-HMAC-SHA256\n{DATE}\n{hash}").as_bytes());
    hex::encode(tag)
}

#[test]
fn the_known_answers_are_verified() {
    for case in all() {
        assert_eq!(case.verify(), Ok(()), "{} {}", case.method, case.path);
    }
}

#[test]
fn the_known_answers_are_signed() {
    for case in all() {
        let header = Authorization::parse(&case.authorization).unwrap();
        if header.algorithm() != Algorithm::SdkHmacSha256 {
            continue;
        }
        let request = SignedRequest {
            method: case.method,
            raw_path: &case.path,
            raw_query: &case.query,
            headers: &case.headers,
            body: &case.body,
        };
        // Backwards and in upper case: the order and the case are the signer's to put right.
        let list = header.signed_headers().to_ascii_uppercase();
        let names: Vec<&str> = list.rsplit(';').collect();
        let signed = super::sign(&request, &names, header.access_key(), SECRET);
        assert_eq!(
            signed,
            Ok(case.authorization),
            "{} {}",
            case.method,
            case.path
        );
    }
}

#[test]
fn signing_needs_every_header_and_a_date() {
    let case = find_project();
    let sign = |headers: &[(String, Vec<u8>)], names: &[&str]| {
        let request = SignedRequest {
            method: case.method,
            raw_path: &case.path,
            raw_query: &case.query,
            headers,
            body: &case.body,
        };
        super::sign(&request, names, "AK", SECRET)
    };
    let missing = Err(SignatureError::HeaderMissing);
    assert_eq!(
        sign(&case.headers, &["x-sdk-date", "x-project-id"]),
        missing
    );
    let unsigned = Err(SignatureError::DateUnsigned);
    assert_eq!(sign(&case.headers, &["host"]), unsigned);
    let wrong = [("X-Sdk-Date".to_owned(), b"today".to_vec())];
    let malformed = Err(SignatureError::DateMalformed);
    assert_eq!(sign(&wrong, &["x-sdk-date"]), malformed);
}

#[test]
fn the_canonical_request_is_the_published_text() {
    let expected = "POST\n/v1.0/0a1b2c3d4e5f60718293a4b5c6d7e8f9/kms/create-key/\n\n\
        content-type:application/json;charset=utf-8\nhost:127.0.0.1:8080\n\
        user-agent:huaweicloud-usdk-python/3.0; kat\nx-project-id:0a1b2c3d4e5f60718293a4b5c6d7e8f9\n\
        x-sdk-date:20250123T120000Z\n\ncontent-type;host;user-agent;x-project-id;x-sdk-date\n\
        b2432a204423f2bb24610cf0a496cf81b2121a99b96f4bca378bced7da18ea77";
    let case = create_key();
    let request = SignedRequest {
        method: case.method,
        raw_path: &case.path,
        raw_query: &case.query,
        headers: &case.headers,
        body: &case.body,
    };
    let headers = canonical::Headers::collect(&request, KMS_HEADERS).unwrap();
    let body = canonical::body_digest(&request).unwrap();
    let text = canonical::request(&request, &headers, KMS_HEADERS, &body);
    assert_eq!(String::from_utf8(text).unwrap(), expected);
}

#[test]
fn any_change_of_what_is_signed_is_noticed() {
    for case in all() {
        let mut changed = Vec::new();
        let mut change = |how: &dyn Fn(&mut Case)| {
            let mut other = case.clone();
            how(&mut other);
            changed.push(other);
        };
        change(&|case| case.method = "PUT");
        change(&|case| case.path.push('x'));
        change(&|case| case.path.make_ascii_uppercase());
        change(&|case| case.query.push_str("&a=b"));
        change(&|case| case.body.push(b' '));
        let list = case.authorization.split("SignedHeaders=").nth(1).unwrap();
        for name in list.split(',').next().unwrap().split(';') {
            let place = case
                .headers
                .iter()
                .position(|header| header.0.eq_ignore_ascii_case(name));
            if name != "x-sdk-date" {
                change(&|case| case.headers[place.unwrap()].1.push(b'x'));
            }
        }
        for other in &changed {
            assert_eq!(
                other.verify(),
                Err(SignatureError::Mismatch),
                "{}",
                other.path
            );
        }
        let mut later = case.clone();
        let place = later
            .headers
            .iter()
            .position(|header| header.0 == "X-Sdk-Date")
            .unwrap();
        later.headers[place].1 = b"20250123T120001Z".to_vec();
        assert_eq!(later.verify(), Err(SignatureError::Mismatch));
        assert_eq!(
            case.verify_at(b"another secret", NOW_MS),
            Err(SignatureError::Mismatch)
        );
    }
}

#[test]
fn any_changed_digit_of_the_signature_is_noticed() {
    let case = create_key();
    let start = case.authorization.len() - 64;
    for place in start..case.authorization.len() {
        let mut other = case.clone();
        let old = &case.authorization[place..=place];
        let new = if old == "0" { "1" } else { "0" };
        other.authorization.replace_range(place..=place, new);
        assert_eq!(
            other.verify(),
            Err(SignatureError::Mismatch),
            "digit {}",
            place - start
        );
    }
}

#[test]
fn what_is_not_signed_may_change_on_the_way() {
    let mut case = create_key();
    *case.header("Accept") = b"other".to_vec();
    case.headers.reverse();
    let case = case
        .with_header("Connection", "close")
        .with_header("accept", "twice");
    assert_eq!(case.verify(), Ok(()));
}

#[test]
fn space_around_a_value_and_the_case_of_a_name_do_not_count() {
    let mut case = create_key();
    *case.header("Host") = b" \t127.0.0.1:8080 ".to_vec();
    case.headers[0].0 = "CONTENT-TYPE".to_owned();
    assert_eq!(case.verify(), Ok(()));
}

#[test]
fn a_date_is_good_for_fifteen_minutes_either_way() {
    let case = create_key();
    let quarter_ms = 900_000;
    let cases = [
        (NOW_MS + quarter_ms, Ok(())),
        (NOW_MS - quarter_ms, Ok(())),
        (NOW_MS + quarter_ms + 1, Err(SignatureError::Expired)),
        (NOW_MS - quarter_ms - 1, Err(SignatureError::Expired)),
        (i64::MIN, Err(SignatureError::Expired)),
    ];
    for (now_ms, expected) in cases {
        assert_eq!(case.verify_at(SECRET, now_ms), expected, "{now_ms}");
    }
    assert_eq!(SignatureError::Expired.tail(), "signature expired");
    assert_eq!(
        SignatureError::Mismatch.tail(),
        "verify aksk signature fail"
    );
}

#[test]
fn the_date_must_be_signed_and_a_date() {
    let mut case = find_project();
    case.authorization = authorization("host;user-agent", &"0".repeat(64));
    assert_eq!(case.verify(), Err(SignatureError::DateUnsigned));
    for date in ["", "2025-01-23T12:00:00Z", "é"] {
        let mut case = find_project();
        *case.header("X-Sdk-Date") = date.as_bytes().to_vec();
        assert_eq!(case.verify(), Err(SignatureError::DateMalformed), "{date}");
    }
    // The day of a derived key's scope is the day of the request.
    let mut case = derived();
    case.authorization = case.authorization.replace("/20250123/", "/20250124/");
    assert_eq!(case.verify(), Err(SignatureError::DateMalformed));
}

#[test]
fn a_signed_header_arrives_once() {
    for name in ["Host", "x-sdk-date", "X-PROJECT-ID"] {
        let case = create_key().with_header(name, "x");
        assert_eq!(case.verify(), Err(SignatureError::HeaderRepeated), "{name}");
        let mut case = create_key();
        case.headers
            .retain(|header| !header.0.eq_ignore_ascii_case(name));
        assert_eq!(case.verify(), Err(SignatureError::HeaderMissing), "{name}");
    }
}

#[test]
fn a_stated_digest_of_the_body_must_be_true() {
    let digest = "b2432a204423f2bb24610cf0a496cf81b2121a99b96f4bca378bced7da18ea77";
    let name = "X-Sdk-Content-Sha256";
    assert_eq!(create_key().with_header(name, digest).verify(), Ok(()));
    for stated in ["UNSIGNED-PAYLOAD", "", &"0".repeat(64)] {
        let case = create_key().with_header(name, stated);
        assert_eq!(
            case.verify(),
            Err(SignatureError::ContentDigest),
            "{stated}"
        );
    }
    let twice = create_key()
        .with_header(name, digest)
        .with_header(name, digest);
    assert_eq!(twice.verify(), Err(SignatureError::HeaderRepeated));
}

#[test]
fn every_clients_own_list_of_headers_is_followed() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let lists: &[&[(&str, &str)]] = &[
        // Go: neither host nor content type.
        &[
            ("user-agent", "huaweicloud-usdk-go/3.0"),
            ("x-project-id", PROJECT),
        ],
        // Python for global services.
        &[
            ("content-type", "application/json"),
            ("host", "127.0.0.1:8080"),
            ("user-agent", "x"),
            ("x-domain-id", PROJECT),
        ],
        // Terraform: the project's header is added after signing.
        &[
            ("content-type", "application/json"),
            ("host", "127.0.0.1:8080"),
        ],
    ];
    for list in lists {
        let names: Vec<&str> = list.iter().map(|header| header.0).collect();
        let names = format!("{};x-sdk-date", names.join(";"));
        let lines: String = list
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let canonical =
            format!("GET\n/v3/projects/\n\n{lines}x-sdk-date:{DATE}\n\n{names}\n{empty}");
        let case = Case {
            method: "GET",
            path: "/v3/projects".to_owned(),
            query: String::new(),
            headers: headers(list),
            body: Vec::new(),
            authorization: authorization(&names, &sign(&canonical)),
        };
        assert_eq!(
            case.clone().with_header("Accept", "*/*").verify(),
            Ok(()),
            "{names}"
        );
        let signed = Authorization::parse(&case.authorization).unwrap();
        assert_eq!(
            signed.signs("X-Project-Id"),
            names.contains("x-project-id"),
            "{names}"
        );
    }
}

#[test]
fn malformed_headers_are_refused() {
    let good = "a".repeat(64);
    let long = format!("{};x-sdk-date", "x".repeat(4_096));
    let many: Vec<String> = (0..65).map(|number| format!("h{number}")).collect();
    #[rustfmt::skip] // A table reads by its columns.
    let cases = [
        (String::new(),                                                              SignatureError::Malformed),
        ("SDK-HMAC-SHA256".to_owned(),                                               SignatureError::Malformed),
        ("Bearer abc".to_owned(),                                                    SignatureError::UnknownAlgorithm),
        ("SDK-HMAC-SM3 Access=a, SignedHeaders=b, Signature=c".to_owned(),           SignatureError::UnknownAlgorithm),
        ("sdk-hmac-sha256 Access=a".to_owned(),                                      SignatureError::UnknownAlgorithm),
        ("SDK-HMAC-SHA256 Access=a".to_owned(),                                      SignatureError::Malformed),
        (authorization("x-sdk-date", &good) + ", Signature=" + &good,                SignatureError::Malformed),
        (authorization("x-sdk-date", &good) + ",",                                   SignatureError::Malformed),
        (authorization("x-sdk-date", &good) + ", Realm=x",                           SignatureError::Malformed),
        (authorization("x-sdk-date", &good.to_uppercase()),                          SignatureError::Malformed),
        (authorization("x-sdk-date", &good[1..]),                                    SignatureError::Malformed),
        (authorization("x-sdk-date", &format!("{good}aa")),                          SignatureError::Malformed),
        (authorization("x-sdk-date", &good.replace('a', "g")),                       SignatureError::Malformed),
        (authorization("", &good),                                                   SignatureError::Malformed),
        (authorization("host;;x-sdk-date", &good),                                   SignatureError::Malformed),
        (authorization("x-sdk-date;X-Sdk-Date", &good),                              SignatureError::Malformed),
        (authorization("ho st;x-sdk-date", &good),                                   SignatureError::Malformed),
        (authorization("hôst;x-sdk-date", &good),                                    SignatureError::Malformed),
        (authorization(&many.join(";"), &good),                                      SignatureError::Malformed),
        (authorization(&long, &good),                                                SignatureError::Malformed),
        (format!("SDK-HMAC-SHA256 Access=, SignedHeaders=a, Signature={good}"),      SignatureError::Malformed),
        (format!("SDK-HMAC-SHA256 Access=a/b, SignedHeaders=a, Signature={good}"),   SignatureError::Malformed),
        (format!("V11-HMAC-SHA256 Credential=a, SignedHeaders=a, Signature={good}"), SignatureError::Malformed),
        (format!("V11-HMAC-SHA256 Credential=a/20250123/r, SignedHeaders=a, Signature={good}"),     SignatureError::Malformed),
        (format!("V11-HMAC-SHA256 Credential=a/2025012x/r/s, SignedHeaders=a, Signature={good}"),   SignatureError::Malformed),
        (format!("V11-HMAC-SHA256 Credential=a/20250123/r/s/t, SignedHeaders=a, Signature={good}"), SignatureError::Malformed),
    ];
    for (header, expected) in cases {
        let error = Authorization::parse(&header).expect_err(&header);
        assert_eq!(error, expected, "{header}");
    }
    let parsed = Authorization::parse(&create_key().authorization).unwrap();
    assert_eq!(parsed.access_key(), "KATAK000000000EXAMPL");
    assert_eq!(parsed.algorithm(), Algorithm::SdkHmacSha256);
}
