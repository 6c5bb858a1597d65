//! Ours: the services over the whole chain, with requests that are signed as the SDKs sign them.

use std::io::Write as _;
use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use iam::signature::{self, SignedRequest};
use serde_json::{Value, json};
use tests::{Account, Chain, Partition, Server};
use time::OffsetDateTime;

use super::connection::Connection;
use super::operation::Operation;
use super::side::Side;

/// The text that is encrypted.
const TEXT: &str = "sixty-four bytes of a text that someone wants to keep a secret!!";

/// An account may have as many keys as a run makes.
const QUOTA: &str = "[quota]\nkeys = 100000000";

/// The headers that are signed, as the SDK for Python does.
const SIGNED: [&str; 3] = ["content-type", "host", "x-sdk-date"];

/// A running service with a key for each operation.
pub(crate) struct Dew {
    server: Server,
    symmetric: String,
    p256: String,
    rsa: String,
    cipher_text: String,
    // Dropped last: the server would miss it.
    _chain: Chain,
}

impl Dew {
    /// Starts an HSM, an agent and the server, and makes the keys.
    pub(crate) fn start() -> Result<Self> {
        let chain = Chain::start();
        let token = chain.token(Partition::Compat);
        let server = Server::start_with(&token, "sqlite:server.db", QUOTA);
        let mut dew = Self {
            server,
            symmetric: String::new(),
            p256: String::new(),
            rsa: String::new(),
            cipher_text: String::new(),
            _chain: chain,
        };
        dew.symmetric = dew.create("symmetric", "AES_256")?;
        dew.p256 = dew.create("p256", "EC_P256")?;
        dew.rsa = dew.create("rsa", "RSA_2048")?;
        let encrypted = dew.ask(Operation::EncryptData)?;
        dew.cipher_text = text(&encrypted["cipher_text"])?;
        Ok(dew)
    }

    fn create(&self, alias: &str, spec: &str) -> Result<String> {
        let usage = match spec {
            "AES_256" => "ENCRYPT_DECRYPT",
            _ => "SIGN_VERIFY",
        };
        let body = json!({"key_alias": alias, "key_spec": spec, "key_usage": usage});
        let request = self.signed("create-key", &body)?;
        let made = Connection::new(self.address()).ask(&request)?;
        text(&made["key_info"]["key_id"])
    }

    fn ask(&self, operation: Operation) -> Result<Value> {
        let request = self
            .request(operation, 0)?
            .context("Dew has every operation")?;
        Connection::new(self.address()).ask(&request)
    }

    fn account(&self) -> &Account {
        &self.server.accounts()[0]
    }

    /// Writes a request of the key service, signed now.
    fn signed(&self, action: &str, body: &Value) -> Result<Vec<u8>> {
        let account = self.account();
        let path = format!("/v1.0/{}/kms/{action}", account.project_id);
        let body = serde_json::to_vec(body)?;
        let host = self.address().to_string();
        let date = signature::date(OffsetDateTime::now_utc());
        let headers = [
            ("content-type", "application/json"),
            ("host", host.as_str()),
            ("x-sdk-date", date.as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        let unsigned = SignedRequest {
            method: "POST",
            raw_path: &path,
            raw_query: "",
            headers: &headers,
            body: &body,
        };
        let secret = account.secret.as_bytes();
        let authorization = signature::sign(&unsigned, &SIGNED, &account.access, secret)?;
        let mut request = Vec::with_capacity(1_024);
        write!(
            request,
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-Sdk-Date: {date}\r\n\
             Authorization: {authorization}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )?;
        request.extend_from_slice(&body);
        Ok(request)
    }
}

impl Side for Dew {
    fn name(&self) -> &'static str {
        "Dew"
    }

    fn address(&self) -> SocketAddr {
        self.server.address()
    }

    fn request(&self, operation: Operation, number: u64) -> Result<Option<Vec<u8>>> {
        let sign = |key: &str, algorithm: &str| {
            json!({
                "key_id": key,
                "message": BASE64.encode([7; 32]),
                "message_type": "RAW",
                "signing_algorithm": algorithm,
            })
        };
        let (action, body) = match operation {
            Operation::EncryptData => (
                "encrypt-data",
                json!({"key_id": self.symmetric, "plain_text": TEXT}),
            ),
            Operation::DecryptData => ("decrypt-data", json!({"cipher_text": self.cipher_text})),
            Operation::CreateDatakey => (
                "create-datakey",
                json!({"key_id": self.symmetric, "datakey_length": "256"}),
            ),
            Operation::SignP256 => ("sign", sign(&self.p256, "ECDSA_SHA_256")),
            Operation::SignRsa => ("sign", sign(&self.rsa, "RSASSA_PKCS1_V1_5_SHA_256")),
            Operation::CreateKey => ("create-key", json!({"key_alias": format!("key-{number}")})),
        };
        self.signed(action, &body).map(Some)
    }
}

fn text(value: &Value) -> Result<String> {
    let text = value.as_str().context("an answer lacks a member")?;
    Ok(text.to_owned())
}
