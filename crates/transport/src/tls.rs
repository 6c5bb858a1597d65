//! The one TLS configuration of the house: version 1.3, mutual, one instance CA, nothing resumed.
//!
//! Resumption would skip the check of the client's certificate, so that a revoked client got in again; connections
//! live long and a handshake costs half a millisecond, so nothing is lost without it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, VerifierBuilderError};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use thiserror::Error;

/// The application protocol that both sides must name.
pub const ALPN: &[u8] = b"dew/1";

/// Why there is no TLS configuration.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A PEM file cannot be read.
    #[error("cannot read {what} from {}", .path.display())]
    File {
        /// What was looked for.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        #[source]
        source: pem::Error,
    },
    /// The file of the instance CA holds none that can anchor trust.
    #[error("the certificate in {} cannot serve as the instance CA", .path.display())]
    Anchor {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: rustls::Error,
    },
    /// The anchor gives no verifier.
    #[error("the instance CA gives no verifier")]
    Verifier(#[source] VerifierBuilderError),
    /// Certificate and key do not serve together, or the cryptography offers no TLS 1.3.
    #[error("the certificate and its key do not serve for TLS 1.3")]
    Identity(#[source] rustls::Error),
}

/// Returns the provider of all cryptography in TLS, always named and never taken from the process.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Makes the configuration of the HSM's side. Who may connect is the verifier's to say.
///
/// # Errors
/// [`TlsError::Identity`].
pub fn server_config(
    verifier: Arc<dyn ClientCertVerifier>,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .map_err(TlsError::Identity)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(TlsError::Identity)?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config)
}

/// Makes the configuration of the agent's side: it trusts the instance CA of a PEM file only, and shows the
/// certificate of another with its private key, which the caller read. Which name the server must have is said at each
/// connection.
///
/// # Errors
/// [`TlsError`], which names the file.
pub fn client_config(
    ca: &Path,
    certificate: &Path,
    key: PrivateKeyDer<'static>,
) -> Result<ClientConfig, TlsError> {
    client_config_with(ca, read_chain(certificate)?, key)
}

/// Makes the configuration of a client whose certificate is no file: the management tool shows a UKey's.
///
/// # Errors
/// [`TlsError`], which names the CA's file.
pub fn client_config_with(
    ca: &Path,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ClientConfig, TlsError> {
    let roots = instance_ca(ca)?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(TlsError::Verifier)?;
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .map_err(TlsError::Identity)?
        .with_webpki_verifier(verifier)
        .with_client_auth_cert(chain, key)
        .map_err(TlsError::Identity)?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    Ok(config)
}

/// Reads the instance CA: the first certificate of a file.
fn instance_ca(path: &Path) -> Result<RootCertStore, TlsError> {
    let certificate = CertificateDer::from_pem_file(path).map_err(|source| TlsError::File {
        what: "the instance CA's certificate",
        path: path.to_owned(),
        source,
    })?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate).map_err(|source| TlsError::Anchor {
        path: path.to_owned(),
        source,
    })?;
    Ok(roots)
}

/// Reads a certificate and those that lead from it to the CA.
fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |source| TlsError::File {
        what: "a certificate",
        path: path.to_owned(),
        source,
    };
    let chain = CertificateDer::pem_file_iter(path)
        .map_err(failed)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    if chain.is_empty() {
        return Err(failed(pem::Error::NoItemsFound));
    }
    Ok(chain)
}
