//! The certificate of the listener.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;

/// The largest file with a private key, in bytes.
const KEY_BYTES_MAX: usize = 64 * 1024;

/// What is wrong with the certificate or its key.
#[derive(Debug, Error)]
pub(crate) enum TlsError {
    /// A file holds no certificate or key in PEM.
    #[error("{path}: {source}")]
    Pem {
        /// Which file.
        path: String,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// The file with the key cannot be read, or others can read it.
    #[error(transparent)]
    Key(#[from] sys::Error),
    /// They do not belong together, or are of a kind that is not taken.
    #[error("the certificate and key of [tls]: {0}")]
    Pair(#[from] rustls::Error),
}

/// Makes what accepts TLS connections: versions 1.2 and 1.3, since older SDKs know no other.
pub(crate) fn acceptor(config: &Tls) -> Result<TlsAcceptor, TlsError> {
    let pem = |path: &Path, source| TlsError::Pem {
        path: path.display().to_string(),
        source,
    };
    let chain = CertificateDer::pem_file_iter(&config.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|source| pem(&config.certificate, source))?;
    let key = sys::file::read_private(&config.key, KEY_BYTES_MAX)?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|source| pem(&config.key, source))?;
    let mut server = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(server)))
}
