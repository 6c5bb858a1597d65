//! A client of the services' REST port, for tests in Rust: it signs what it sends and reads what comes back.

mod connection;
mod signature;
#[cfg(test)]
mod tests;
mod wrapped;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use serde_json::{Value, json};

use crate::Account;
use connection::Connection;
pub use wrapped::Wrapping;

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns a header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let line = self.headers.iter().find(|(key, _)| key == name);
        line.map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON; an empty one is null.
    ///
    /// # Panics
    /// If it is something else.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{self}: {error}"))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {body}", self.status)
    }
}

/// Returns the error code of a body, or an empty text.
#[must_use]
pub fn code(body: &Value) -> &str {
    let nested = body["error"]["error_code"].as_str();
    nested
        .or_else(|| body["error_code"].as_str())
        .unwrap_or_default()
}

/// How far the clock of a server is ahead, as its clients must know to date their requests. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Ahead(Arc<AtomicI64>);

impl Ahead {
    /// Notes how far it is, in milliseconds.
    pub fn set(&self, ms: i64) {
        self.0.store(ms, Ordering::SeqCst);
    }

    /// Tells the server's time in milliseconds after 1970.
    ///
    /// # Panics
    /// If the system's clock is before 1970.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "requests are dated for a program that has the system's clock"
    )]
    pub fn now_ms(&self) -> i64 {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let ms = now.expect("it is later than 1970").as_millis();
        i64::try_from(ms).expect("a date of today fits") + self.0.load(Ordering::SeqCst)
    }
}

/// A client with the access key of an account's administrator. It has one connection; clones have one of their own.
pub struct Client {
    address: SocketAddr,
    account: Account,
    ahead: Ahead,
    connection: Mutex<Option<(Connection, Instant)>>,
}

impl Clone for Client {
    fn clone(&self) -> Self {
        Self::new(self.address, self.account.clone(), self.ahead.clone())
    }
}

impl Client {
    /// Makes a client that has not connected yet.
    #[must_use]
    pub const fn new(address: SocketAddr, account: Account, ahead: Ahead) -> Self {
        Self {
            address,
            account,
            ahead,
            connection: Mutex::new(None),
        }
    }

    /// Returns its account.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Tells the server's time in milliseconds after 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.ahead.now_ms()
    }

    /// Tells how far the server's clock is ahead, in milliseconds.
    #[must_use]
    pub fn ahead_ms(&self) -> i64 {
        self.ahead.0.load(Ordering::SeqCst)
    }

    /// Notes how far the server's clock is ahead, for this client and all others of that server.
    pub fn set_ahead(&self, ms: i64) {
        self.ahead.set(ms);
    }

    /// Calls an operation of KMS by POST.
    ///
    /// # Panics
    /// If there is no answer.
    #[must_use]
    pub fn kms(&self, operation: &str, body: Value) -> (u16, Value) {
        self.call("POST", &self.kms_path(operation), &body)
    }

    /// Calls an operation of KMS that must succeed, and returns the body.
    ///
    /// # Panics
    /// If it does not.
    pub fn kms_ok(&self, operation: &str, body: Value) -> Value {
        let (status, answer) = self.kms(operation, body);
        assert!(
            (200..300).contains(&status),
            "{operation}: {status} {answer}"
        );
        answer
    }

    /// Returns the path of something of KMS in the client's project.
    #[must_use]
    pub fn kms_path(&self, rest: &str) -> String {
        format!("/v1.0/{}/kms/{rest}", self.account.project_id)
    }

    /// Makes a key with that name, of the default kind unless `more` says otherwise, and returns its identifier.
    ///
    /// # Panics
    /// If it is not made.
    #[must_use]
    pub fn create_key(&self, name: &str, more: Value) -> String {
        let mut body = json!({"key_alias": name});
        merge(&mut body, more);
        let made = self.kms_ok("create-key", body);
        text(&made["key_info"]["key_id"])
    }

    /// Returns the key object of a key.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn describe(&self, key_id: &str) -> Value {
        self.kms_ok("describe-key", json!({"key_id": key_id}))["key_info"].clone()
    }

    /// Encrypts a text under a key.
    ///
    /// # Panics
    /// If it is refused.
    #[must_use]
    pub fn encrypt(&self, key_id: &str, plain: &str) -> String {
        let body = json!({"key_id": key_id, "plain_text": plain});
        text(&self.kms_ok("encrypt-data", body)["cipher_text"])
    }

    /// Decrypts a text.
    ///
    /// # Panics
    /// If it is refused.
    #[must_use]
    pub fn decrypt(&self, cipher: &str) -> String {
        text(&self.kms_ok("decrypt-data", json!({"cipher_text": cipher}))["plain_text"])
    }

    /// Moves the server's clock forward, has it do what is due, and returns what it says that it did.
    ///
    /// # Panics
    /// If it refuses.
    pub fn advance(&self, seconds: i64) -> Value {
        let (status, answer) = self.call(
            "POST",
            "/dew/v1/clock",
            &json!({"advance_seconds": seconds}),
        );
        assert_eq!(status, 200, "{answer}");
        self.ahead
            .set(answer["ahead_ms"].as_i64().expect("it says so"));
        answer["work"].clone()
    }

    /// Calls any operation, with a body unless it is null.
    ///
    /// # Panics
    /// If there is no answer.
    #[must_use]
    pub fn call(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let answer = self
            .send(method, target, body)
            .unwrap_or_else(|error| panic!("{method} {target}: {error}"));
        (answer.status, answer.json())
    }

    /// Sends a request and returns the answer. After an error it is open whether the server has done what was asked.
    ///
    /// The path and the query must be in the canonical form already.
    ///
    /// # Errors
    /// There is no server, no answer in time, or none that makes sense.
    pub fn send(&self, method: &str, target: &str, body: &Value) -> io::Result<Answer> {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let request = signature::Request {
            method,
            target,
            body: &body,
            signed: &self.signed_headers(),
        };
        let authorization = signature::sign(&request, &self.account);
        let bytes = request.to_bytes(&authorization);
        let mut place = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // One that has been idle for long may be closed by the server in the moment in which it is used.
        let kept = place
            .take()
            .filter(|(_, used)| used.elapsed() < connection::IDLE);
        let mut connection = match kept {
            Some((connection, _)) => connection,
            None => Connection::open(self.address)?,
        };
        let answer = connection.exchange(&bytes)?;
        *place = Some((connection, Instant::now()));
        Ok(answer)
    }

    fn signed_headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("content-type", "application/json".to_owned()),
            ("host", self.address.to_string()),
            ("x-project-id", self.account.project_id.clone()),
            ("x-sdk-date", signature::date(self.now_ms())),
        ]
    }
}

/// Adds the members of an object to another.
fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// Takes the text out of a JSON string.
///
/// # Panics
/// If it is something else.
#[must_use]
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}
