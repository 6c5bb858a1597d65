//! The peer: moto's mock of a key service, in a Python environment of its own.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tests::{Daemon, Python};

use super::connection::Connection;
use super::operation::Operation;
use super::side::Side;

/// What the environment holds.
const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/requirements.txt");

/// What an account would sign; moto reads the service's name out of it and verifies nothing.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/kms/aws4_request, \
                             SignedHeaders=host, Signature=0";

/// A running moto with a key for each operation.
pub(crate) struct Moto {
    address: SocketAddr,
    symmetric: String,
    p256: String,
    rsa: String,
    cipher_text: String,
    _daemon: Daemon,
}

impl Moto {
    /// Installs it if that was not done before, starts it, and makes the keys.
    pub(crate) fn start() -> Result<Self> {
        let python = Python::with(Path::new(REQUIREMENTS));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        drop(listener);
        let mut command = Command::new(python.program("moto_server"));
        command
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .env("PYTHONUNBUFFERED", "1");
        let (daemon, _) = Daemon::start_until("moto", command, "Running on");
        let mut moto = Self {
            address,
            symmetric: String::new(),
            p256: String::new(),
            rsa: String::new(),
            cipher_text: String::new(),
            _daemon: daemon,
        };
        moto.symmetric = moto.create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")?;
        moto.p256 = moto.create("ECC_NIST_P256", "SIGN_VERIFY")?;
        moto.rsa = moto.create("RSA_2048", "SIGN_VERIFY")?;
        let body = moto.body(Operation::EncryptData);
        let encrypted = Connection::new(address).ask(&moto.plain("Encrypt", &body)?)?;
        moto.cipher_text = text(&encrypted["CiphertextBlob"])?;
        Ok(moto)
    }

    fn create(&self, spec: &str, usage: &str) -> Result<String> {
        let request = self.plain("CreateKey", &json!({"KeySpec": spec, "KeyUsage": usage}))?;
        let made = Connection::new(self.address).ask(&request)?;
        text(&made["KeyMetadata"]["KeyId"])
    }

    /// Writes a request.
    fn plain(&self, action: &str, body: &Value) -> Result<Vec<u8>> {
        let body = serde_json::to_vec(body)?;
        let mut request = Vec::with_capacity(1_024);
        write!(
            request,
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Target: TrentService.{action}\r\nAuthorization: {AUTHORIZATION}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        )?;
        request.extend_from_slice(&body);
        Ok(request)
    }

    fn body(&self, operation: Operation) -> Value {
        let sign = |key: &str, algorithm: &str| {
            json!({
                "KeyId": key,
                "Message": BASE64.encode([7; 32]),
                "MessageType": "RAW",
                "SigningAlgorithm": algorithm,
            })
        };
        match operation {
            Operation::EncryptData => {
                json!({"KeyId": self.symmetric, "Plaintext": BASE64.encode([7; 64])})
            }
            Operation::DecryptData => json!({"CiphertextBlob": self.cipher_text}),
            Operation::CreateDatakey => json!({"KeyId": self.symmetric, "KeySpec": "AES_256"}),
            Operation::SignP256 => sign(&self.p256, "ECDSA_SHA_256"),
            Operation::SignRsa => sign(&self.rsa, "RSASSA_PKCS1_V1_5_SHA_256"),
            Operation::CreateKey => json!({}),
        }
    }
}

impl Side for Moto {
    fn name(&self) -> &'static str {
        "moto"
    }

    fn address(&self) -> SocketAddr {
        self.address
    }

    fn request(&self, operation: Operation, _number: u64) -> Result<Option<Vec<u8>>> {
        let action = match operation {
            Operation::EncryptData => "Encrypt",
            Operation::DecryptData => "Decrypt",
            Operation::CreateDatakey => "GenerateDataKey",
            Operation::SignP256 | Operation::SignRsa => "Sign",
            Operation::CreateKey => "CreateKey",
        };
        self.plain(action, &self.body(operation)).map(Some)
    }
}

fn text(value: &Value) -> Result<String> {
    let text = value.as_str().context("an answer lacks a member")?;
    Ok(text.to_owned())
}
