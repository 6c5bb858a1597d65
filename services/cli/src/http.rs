//! Sends one request and reads one answer: no redirects, no retries, TLS by rustls.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, RequestBuilder};

use crate::error::Error;
use crate::settings::{Endpoint, Settings};

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a request may take as a whole: making an RSA_4096 key in an HSM takes its time.
const TIMEOUT: Duration = Duration::from_secs(120);
/// The most bytes of an answer: a page of a thousand keys is less than one megabyte.
const MAX_ANSWER: u64 = 16 * 1024 * 1024;
/// Where systems keep the CA certificates that they trust.
const SYSTEM_CAS: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// How a request acts on what it names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Method {
    /// Removes it.
    Delete,
    /// Reads it.
    Get,
    /// Does something with it.
    Post,
}

impl Method {
    /// Gives its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// By which the service's operators find the request.
    pub(crate) request_id: Option<String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// Speaks HTTP.
pub(crate) struct Http {
    agent: Agent,
}

impl Http {
    /// Prepares for the settings' endpoints.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(TIMEOUT));
        if settings.endpoint.is_https() || settings.iam_endpoint.is_https() {
            config = config.tls_config(tls(settings.ca.as_deref())?);
        } else {
            // This machine is not reached through a proxy.
            config = config.proxy(None);
        }
        Ok(Self {
            agent: config.build().new_agent(),
        })
    }

    /// Sends a request. `target` is the path and the query, percent-encoded.
    pub(crate) fn send(
        &self,
        endpoint: &Endpoint,
        method: Method,
        target: &str,
        headers: &[(String, Vec<u8>)],
        body: &[u8],
    ) -> Result<Answer, Error> {
        let url = format!("{endpoint}{target}");
        let agent = &self.agent;
        let sent = match method {
            Method::Get => with(agent.get(url), headers).call(),
            Method::Delete if body.is_empty() => with(agent.delete(url), headers).call(),
            Method::Delete => with(agent.delete(url), headers)
                .force_send_body()
                .send(body),
            Method::Post => with(agent.post(url), headers).send(body),
        };
        let mut response = sent.map_err(|source| failure(endpoint, source))?;
        let request_id = response.headers().get("x-request-id");
        Ok(Answer {
            status: response.status().as_u16(),
            request_id: request_id.and_then(|id| Some(id.to_str().ok()?.to_owned())),
            body: read(response.body_mut()).map_err(|source| failure(endpoint, source))?,
        })
    }
}

fn with<B>(request: RequestBuilder<B>, headers: &[(String, Vec<u8>)]) -> RequestBuilder<B> {
    headers.iter().fold(request, |request, (name, value)| {
        request.header(name.as_str(), value.as_slice())
    })
}

fn read(body: &mut Body) -> Result<Vec<u8>, ureq::Error> {
    body.with_config().limit(MAX_ANSWER).read_to_vec()
}

fn failure(endpoint: &Endpoint, source: ureq::Error) -> Error {
    let endpoint = endpoint.to_string();
    let is_tls = match &source {
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => true,
        ureq::Error::Io(error) => error
            .get_ref()
            .is_some_and(|inner| inner.is::<rustls::Error>()),
        _ => false,
    };
    if is_tls {
        Error::Untrusted { endpoint, source }
    } else {
        Error::Unreachable { endpoint, source }
    }
}

fn tls(ca: Option<&Path>) -> Result<TlsConfig, Error> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let certificates = certificates(ca)?;
    Ok(TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(provider))
        .root_certs(RootCerts::new_with_certs(&certificates))
        .build())
}

/// Reads the CA certificates that were named, or this machine's.
fn certificates(ca: Option<&Path>) -> Result<Vec<Certificate<'static>>, Error> {
    let system = || {
        let mut places = SYSTEM_CAS.iter().map(PathBuf::from);
        places.find(|path| path.exists())
    };
    let path = ca.map(Path::to_owned).or_else(system).ok_or(Error::Missing {
        what: "the CA",
        remedy: "--ca FILE, or set it in DEW_CA: this machine has no CA certificates of its own",
    })?;
    let pem = fs::read(&path).map_err(Error::file("read the CA certificates in", &path))?;
    let found: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() {
        let reason = "it holds no certificate in PEM".to_owned();
        return Err(Error::Ca { path, reason });
    }
    Ok(found)
}
