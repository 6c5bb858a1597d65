//! A client's connection: HTTP/1.1, kept open where the other side keeps it open.
//!
//! It costs as little as can be, because client and server share the machine's cores.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a service.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    body: Vec<u8>,
}

/// What the head of an answer says.
struct Head {
    is_success: bool,
    closes: bool,
    length: usize,
}

impl Connection {
    /// Makes one, which connects when it is used.
    pub(crate) const fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            body: Vec::new(),
        }
    }

    /// Sends a request and reads the body of its answer, which must be a success.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<&[u8]> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.address)?,
        };
        stream.get_mut().write_all(request)?;
        let head = read_head(&mut stream)?;
        self.body.resize(head.length, 0);
        stream.read_exact(&mut self.body)?;
        ensure!(
            head.is_success,
            "answered with an error: {}",
            String::from_utf8_lossy(&self.body)
        );
        self.stream = (!head.closes).then_some(stream);
        Ok(&self.body)
    }

    /// Sends a request and reads its answer as JSON.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<Value> {
        serde_json::from_slice(self.send(request)?).context("an answer")
    }
}

fn connect(address: SocketAddr) -> Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address).with_context(|| address.to_string())?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(BufReader::new(stream))
}

fn read_head(stream: &mut BufReader<TcpStream>) -> Result<Head> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).unwrap_or_default();
    let mut head = Head {
        is_success: status.starts_with('2'),
        closes: line.starts_with("HTTP/1.0"),
        length: 0,
    };
    loop {
        line.clear();
        ensure!(stream.read_line(&mut line)? > 0, "the connection broke");
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Ok(head);
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            head.length = value.parse().context("the length of an answer")?;
        } else if name.eq_ignore_ascii_case("connection") {
            head.closes = value.eq_ignore_ascii_case("close");
        }
    }
}
