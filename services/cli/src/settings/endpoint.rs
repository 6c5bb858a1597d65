//! The address of a service: a scheme, a host, a port, and nothing else.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;
use ureq::http::uri::Scheme;

use crate::error::Error;

/// Says where a service is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Endpoint {
    scheme: &'static str,
    /// The host, and the port where it is not the scheme's own: as it stands in the Host header.
    host: String,
}

impl Endpoint {
    /// Reads an address. One without a scheme is https, as with the SDKs; http is for this machine alone, because a
    /// signature keeps nobody from reading keys and plaintexts on the way.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Usage(format!("the endpoint {text} is wrong: {why}"));
        let full = match text.contains("://") {
            true => text.to_owned(),
            false => format!("https://{text}"),
        };
        let uri: Uri = full
            .parse()
            .map_err(|_| wrong("write https://HOST or https://HOST:PORT"))?;
        let authority = uri.authority().filter(|one| !one.host().is_empty());
        let authority = authority.ok_or_else(|| wrong("it has no host"))?;
        if authority.as_str().contains('@') || uri.query().is_some() || uri.path() != "/" {
            return Err(wrong(
                "it can have a scheme, a host and a port, nothing else",
            ));
        }
        let (scheme, default_port) = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => ("https", 443),
            Some(scheme) if *scheme == Scheme::HTTP => ("http", 80),
            _ => return Err(wrong("the scheme is https, or http on this machine")),
        };
        if scheme == "http" && !is_loopback(authority.host()) {
            return Err(wrong(
                "http is for this machine alone, since others could read what is sent; use https",
            ));
        }
        let host = match authority.port_u16() {
            Some(port) if port != default_port => authority.as_str(),
            _ => authority.host(),
        };
        Ok(Self {
            scheme,
            host: host.to_owned(),
        })
    }

    /// Gives the value of the Host header.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Tells whether it is reached over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.scheme == "https"
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_port() {
        for (text, expected) in [
            ("dew.example", "https://dew.example"),
            ("dew.example:8443", "https://dew.example:8443"),
            ("https://dew.example:443/", "https://dew.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:80", "http://localhost"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_reason() {
        for (text, reason) in [
            ("http://dew.example", "use https"),
            ("http://128.0.0.1", "use https"),
            ("https://dew.example/kms", "nothing else"),
            ("https://me@dew.example", "nothing else"),
            ("https://dew.example?x", "nothing else"),
            ("ftp://dew.example", "the scheme is"),
            ("", "write https://"),
            ("https://", "write https://"),
        ] {
            let error = Endpoint::parse(text).unwrap_err();
            assert!(error.to_string().contains(reason), "{text}: {error}");
            assert_eq!(error.exit_code(), 2);
        }
    }
}
