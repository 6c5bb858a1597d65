//! Where a server is, and whether it is spoken to through TLS.
//!
//! With `sslmode=require` the server must show a certificate for its name that one of the authorities in the file
//! `sslrootcert` has signed. There is no mode that encrypts without looking at the certificate.

use std::path::Path;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::Error;
use super::explain::chain;

/// The parameter of the address that names the file of the authorities. The driver does not know it.
const AUTHORITIES: &str = "sslrootcert=";

/// An address that was read.
pub(super) struct Address {
    /// What the driver knows of it.
    pub(super) config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// Reads an address, and the file of the authorities if it names one.
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        let (url, authorities) = split(url);
        let mut config: Config = url.parse().map_err(|error| wrong(chain(&error)))?;
        let tls = match (config.get_ssl_mode(), authorities) {
            (SslMode::Require, None) => {
                return Err(wrong(
                    "asks for TLS but not whom to trust: add sslrootcert=FILE".to_owned(),
                ));
            }
            (_, None) => None,
            (SslMode::Disable, Some(_)) => {
                return Err(wrong("has sslrootcert but disables TLS".to_owned()));
            }
            (_, Some(file)) => {
                config.ssl_mode(SslMode::Require);
                Some(MakeRustlsConnect::new(trusting(Path::new(&file))?))
            }
        };
        Ok(Self { config, tls })
    }

    /// Opens a connection.
    pub(super) fn connect(&self) -> Result<Client, postgres::Error> {
        match &self.tls {
            None => self.config.connect(NoTls),
            Some(tls) => self.config.connect(tls.clone()),
        }
    }
}

/// Takes the file of the authorities out of an address.
fn split(url: &str) -> (String, Option<String>) {
    let Some((place, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let (ours, theirs): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .partition(|parameter| parameter.starts_with(AUTHORITIES));
    let file = ours.last().map(|parameter| {
        let file = parameter.trim_start_matches(AUTHORITIES);
        percent_decode_str(file).decode_utf8_lossy().into_owned()
    });
    (format!("{place}?{}", theirs.join("&")), file)
}

/// Makes the settings of TLS with the authorities in a file.
fn trusting(file: &Path) -> Result<ClientConfig, Error> {
    let explain = |why: String| wrong(format!("names sslrootcert {}: {why}", file.display()));
    let mut roots = RootCertStore::empty();
    for certificate in
        CertificateDer::pem_file_iter(file).map_err(|error| explain(error.to_string()))?
    {
        let certificate = certificate.map_err(|error| explain(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| explain(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(explain("there is no certificate in it".to_owned()));
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let settings = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| explain(error.to_string()))?;
    Ok(settings.with_root_certificates(roots).with_no_client_auth())
}

fn wrong(why: String) -> Error {
    Error::Address { why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: &str) {
        let error = Address::parse(url).err().unwrap().to_string();
        assert!(error.contains(expected), "{url}: {error}");
    }

    #[test]
    fn tls_names_whom_it_trusts() {
        let host = "postgres://dew@db/dew";
        assert!(Address::parse(host).unwrap().tls.is_none());
        check(&format!("{host}?sslmode=require"), "whom to trust");
        check(
            &format!("{host}?sslrootcert=ca.pem&sslmode=disable"),
            "disables TLS",
        );
        check(
            &format!("{host}?sslrootcert=no%20such.pem"),
            "no such.pem: ",
        );
        check(&format!("{host}?sslmode=verify-full"), "invalid");
        let empty = tempfile::NamedTempFile::new().unwrap();
        let empty = empty.path().display();
        check(
            &format!("{host}?connect_timeout=3&sslrootcert={empty}"),
            "no certificate",
        );
    }
}
