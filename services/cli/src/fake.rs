//! A server for tests: it verifies every signature, keeps what it received, and answers as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use clap::Parser;
use iam::signature::{Authorization, SignedRequest};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::Context;
use crate::args::{Cli, Globals};
use crate::client::Client;
use crate::error::Error;
use crate::output::Output;
use crate::settings::{Settings, Sources};

/// The project of these tests.
pub(crate) const PROJECT: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const SECRET: &str = "KatSkExample0123456789abcdefghijABCDEFGH";

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// The path and the query, as they came.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// Gives the body's JSON; null, where there is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Finds a header.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|header| header.0 == name)?;
        Some(String::from_utf8(found.1.clone()).unwrap())
    }

    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader
            .read_line(&mut line)
            .ok()
            .filter(|length| *length > 0)?;
        let mut words = line.split(' ').map(str::to_owned);
        let (method, target) = (words.next()?, words.next()?);
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.as_bytes().to_vec()));
        }
        let mut received = Self {
            method,
            target,
            headers,
            body: Vec::new(),
        };
        let length = received.header("content-length").unwrap_or_default();
        received.body = vec![0; length.parse().unwrap_or(0)];
        reader.read_exact(&mut received.body).ok()?;
        Some(received)
    }

    fn is_signed(&self) -> bool {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let request = SignedRequest {
            method: &self.method,
            raw_path: path,
            raw_query: query,
            headers: &self.headers,
            body: &self.body,
        };
        let now_ms = OffsetDateTime::now_utc().unix_timestamp() * 1_000;
        let header = self.header("authorization").unwrap_or_default();
        let verified = Authorization::parse(&header)
            .and_then(|header| header.verify(&request, SECRET.as_bytes(), now_ms));
        verified.is_ok()
    }
}

/// The server.
pub(crate) struct Fake {
    pub(crate) endpoint: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Fake {
    /// Starts it with what it shall answer.
    pub(crate) fn answering(answer: impl Fn(&Received) -> (u16, Value) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = Received::read(&stream) else {
                    continue;
                };
                let (status, body) = match request.is_signed() {
                    true => answer(&request),
                    false => (
                        401,
                        json!({"error_code": "APIGW.0301", "error_msg": "unsigned"}),
                    ),
                };
                kept.lock().unwrap().push(request);
                let body = if body.is_null() {
                    String::new()
                } else {
                    body.to_string()
                };
                let head = format!(
                    "HTTP/1.1 {status} X\r\nX-Request-Id: r1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                stream
                    .write_all(format!("{head}{body}").as_bytes())
                    .unwrap();
            }
        });
        Self { endpoint, received }
    }

    /// Gives what came, and forgets it.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }

    /// Makes a client's settings with further variables of the environment.
    pub(crate) fn settings(&self, more: &[(&str, &str)]) -> Settings {
        let mut environment = vec![
            ("DEW_ENDPOINT".to_owned(), self.endpoint.clone()),
            (
                "HUAWEICLOUD_SDK_AK".to_owned(),
                "KATAK000000000EXAMPL".to_owned(),
            ),
            ("HUAWEICLOUD_SDK_SK".to_owned(), SECRET.to_owned()),
        ];
        let more = more
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        environment.extend(more);
        Settings::new(&Sources::of_test(Globals::default(), environment))
            .ok()
            .unwrap()
    }

    /// Runs a command line, split at spaces, in the tests' project.
    pub(crate) fn run(&self, line: &str) -> Result<(), Error> {
        let words = ["dew"].into_iter().chain(line.split(' '));
        let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
        let settings = self.settings(&[("HUAWEICLOUD_SDK_PROJECT_ID", PROJECT)]);
        let context = Context {
            client: Client::new(settings)?,
            output: Output::new(cli.globals.json),
        };
        crate::dispatch(cli.command, &context)
    }
}
