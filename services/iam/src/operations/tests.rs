//! The operations, called as the program around them does, on both databases.

mod administration;
mod signing_in;

use kit::api::{Args, Call, Origin, Rendered, Service, Template, parse_object};
use kit::caller::Caller;
use serde_json::{Value, json};

use super::{flat, keystone};
use crate::signature::SignedRequest;
use crate::testing::{Headers, NOW_MS, World, on_both};

/// What an operation answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
    headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// Returns a text of the body by its path.
    fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("{pointer} in {self:?}"))
            .to_owned()
    }

    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// Somebody who calls.
struct Client<'a> {
    world: &'a World,
    caller: Option<Caller>,
    subject_token: String,
    now_ms: i64,
}

impl World {
    /// The account's own user.
    fn root(&self) -> Client<'_> {
        self.client(self.caller_of(&self.made.root_user_id))
    }

    /// The user with the known access key.
    fn alice(&self) -> Client<'_> {
        let caller = self.iam.authenticate(&Headers::signed().request(), NOW_MS);
        self.client(Some(caller.unwrap()))
    }

    fn nobody(&self) -> Client<'_> {
        self.client(None)
    }

    fn client(&self, caller: Option<Caller>) -> Client<'_> {
        Client {
            world: self,
            caller,
            subject_token: String::new(),
            now_ms: NOW_MS,
        }
    }

    /// Makes somebody of an issued token.
    fn bearer(&self, token: &str) -> Client<'_> {
        let headers = Headers::new(&[("X-Auth-Token", token)]);
        self.client(Some(
            self.iam.authenticate(&headers.request(), NOW_MS).unwrap(),
        ))
    }

    fn caller_of(&self, user_id: &str) -> Option<Caller> {
        let token = crate::store::token::Token {
            user_id: user_id.to_owned(),
            project_id: None,
            methods: "password".to_owned(),
            mfa: false,
            issued_ms: NOW_MS,
            expires_ms: NOW_MS + 1,
        };
        let text = crate::store::token::draw();
        self.write(|tx| crate::store::token::create(tx, &text, &token));
        let headers = Headers::new(&[("X-Auth-Token", &text)]);
        Some(self.iam.authenticate(&headers.request(), NOW_MS).unwrap())
    }
}

impl Client<'_> {
    fn call(&self, method: &str, target: &str, body: Value) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let keystone = keystone(self.world.iam.clone());
        let flat = flat(self.world.iam.clone());
        let services: [&dyn Service; 2] = [&keystone, &flat];
        for service in services {
            for (row, operation) in service.operations().into_iter().enumerate() {
                let matched = Template::new(operation.path).matches(path);
                let Some(matched) = matched.filter(|_| operation.method.name() == method) else {
                    continue;
                };
                let body = parse_object(body.to_string().as_bytes()).unwrap();
                let call = Call {
                    operation,
                    service: service.name(),
                    caller: self.caller.as_ref(),
                    project_id: "",
                    args: Args::gather(operation.takes, body, &pairs, &matched),
                    now_ms: self.now_ms,
                    origin: Origin {
                        host: "iam.test".to_owned(),
                        raw_path: path.to_owned(),
                        scheme: "https",
                        subject_token: self.subject_token.clone(),
                        ..Origin::default()
                    },
                    region: "cn-north-4",
                    db: &self.world.db,
                };
                assert_eq!(call.args.missing(operation.takes), None, "{target}");
                let outcome = call.args.check(operation.takes);
                return match outcome.and_then(|()| service.run(row, &call)) {
                    Ok(reply) => Answer {
                        status: reply.status.unwrap_or(operation.status),
                        body: reply.body,
                        headers: reply.headers,
                    },
                    Err(failure) => {
                        let Rendered { status, body, .. } =
                            service.catalogue().render(&failure, "r");
                        Answer {
                            status,
                            body,
                            headers: Vec::new(),
                        }
                    }
                };
            }
        }
        panic!("no row for {method} {target}");
    }

    fn get(&self, target: &str) -> Answer {
        self.call("GET", target, json!({}))
    }

    fn post(&self, target: &str, body: Value) -> Answer {
        self.call("POST", target, body)
    }

    fn put(&self, target: &str) -> Answer {
        self.call("PUT", target, json!({}))
    }

    fn delete(&self, target: &str) -> Answer {
        self.call("DELETE", target, json!({}))
    }

    fn head(&self, target: &str) -> Answer {
        self.call("HEAD", target, json!({}))
    }
}

#[test]
fn every_row_is_whole() {
    let world = World::new();
    let keystone = keystone(world.iam.clone());
    let flat = flat(world.iam.clone());
    let services: [&dyn Service; 2] = [&keystone, &flat];
    for service in services {
        let mut names: Vec<&str> = service.operations().iter().map(|row| row.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "a name is used twice");
        for row in service.operations() {
            let changes = !matches!(row.method.name(), "GET" | "HEAD");
            assert_eq!(row.audit.is_some(), changes, "{}: traced", row.name);
            for part in row
                .path
                .split('/')
                .filter_map(|part| part.strip_prefix('{'))
            {
                let name = part.trim_end_matches('}');
                let taken = row.takes.iter().any(|member| member.field.name == name);
                assert!(taken, "{}: {name} is not taken", row.name);
            }
        }
    }
}

/// A request signed by a temporary or new access key, as clients sign.
fn signed(access_key: &str, secret: &str, security_token: Option<&str>) -> Headers {
    let date = "20250123T120000Z";
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let canonical =
        format!("GET\n/v3/projects/\nname=cn-north-4\nx-sdk-date:{date}\n\nx-sdk-date\n{empty}");
    let sha256 = &aws_lc_rs::digest::SHA256;
    let hash = hex::encode(aws_lc_rs::digest::digest(sha256, canonical.as_bytes()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let text = format!("SDK-HMAC-SHA256\n{date}\n{hash}");
    let signature = hex::encode(aws_lc_rs::hmac::sign(&key, text.as_bytes()));
    let authorization = format!(
        "SDK-HMAC-SHA256 Access={access_key}, SignedHeaders=x-sdk-date, Signature={signature}"
    );
    let headers = Headers::new(&[("X-Sdk-Date", date), ("Authorization", &authorization)]);
    match security_token {
        Some(token) => headers.with("X-Security-Token", token),
        None => headers,
    }
}

fn caller_of(world: &World, request: &SignedRequest<'_>, now_ms: i64) -> Option<Caller> {
    world.iam.authenticate(request, now_ms).ok()
}
