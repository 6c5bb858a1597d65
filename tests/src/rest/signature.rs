//! `SDK-HMAC-SHA256`, written from the contract and apart from the server's own code, so that both are not wrong alike.

use aws_lc_rs::{digest, hmac};
use time::OffsetDateTime;

use crate::Account;

/// A request as it is signed. Path and query are in the canonical form already.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) target: &'a str,
    pub(super) body: &'a [u8],
    /// The headers that are signed: names in lower case, sorted.
    pub(super) signed: &'a [(&'static str, String)],
}

impl Request<'_> {
    /// Writes it as it travels.
    pub(super) fn to_bytes(&self, authorization: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in self.signed {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!(
            "authorization: {authorization}\r\ncontent-length: {}\r\n\r\n",
            self.body.len()
        );
        [head.as_bytes(), self.body].concat()
    }

    fn canonical(&self) -> String {
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        let slash = if path.ends_with('/') { "" } else { "/" };
        let mut text = format!("{}\n{path}{slash}\n{query}\n", self.method);
        for (name, value) in self.signed {
            text += &format!("{name}:{}\n", value.trim());
        }
        text + &format!("\n{}\n{}", self.names(), sha256(self.body))
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.signed.iter().map(|(name, _)| *name).collect();
        names.join(";")
    }

    fn date(&self) -> &str {
        let date = self.signed.iter().find(|(name, _)| *name == "x-sdk-date");
        &date.expect("every request is dated").1
    }
}

/// Writes the value of the `Authorization` header.
pub(super) fn sign(request: &Request<'_>, account: &Account) -> String {
    let hash = sha256(request.canonical().as_bytes());
    let text = format!("SDK-HMAC-SHA256\n{}\n{hash}", request.date());
    let key = hmac::Key::new(hmac::HMAC_SHA256, account.secret.as_bytes());
    let signature = hex::encode(hmac::sign(&key, text.as_bytes()));
    format!(
        "SDK-HMAC-SHA256 Access={}, SignedHeaders={}, Signature={signature}",
        account.access,
        request.names()
    )
}

/// Writes a moment as `20250123T120000Z`.
pub(super) fn date(unix_ms: i64) -> String {
    let when = OffsetDateTime::from_unix_timestamp(unix_ms.div_euclid(1_000))
        .expect("the tests' clock stays in years of four digits");
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        when.year(),
        u8::from(when.month()),
        when.day(),
        when.hour(),
        when.minute(),
        when.second()
    )
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}
