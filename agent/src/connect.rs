//! Connects to an HSM: TCP, TLS 1.3 with both sides certified, hello.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{InvalidDnsNameError, PrivateKeyDer, ServerName};
use thiserror::Error;
use tokio::io::{ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use transport::frames::{self, FrameReader, FrameSender, FrameWriter};
use transport::peer::{self, PeerError};
use transport::tls::{self, TlsError};

use crate::config::HsmConfig;

/// The largest key file that is read: an RSA key of 16,384 bits in PEM stays below.
const KEY_BYTES: usize = 64 << 10;

/// Why there is no connection to an HSM.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The peer speaks TLS, but not this protocol.
    #[error("the peer does not speak dew/1; is `address` that of an hsmd?")]
    Alpn,
    /// A step took too long.
    #[error("{step} took longer than {} s", .limit.as_secs_f32())]
    Deadline {
        /// Which one.
        step: &'static str,
        /// What it may take.
        limit: Duration,
    },
    /// No TLS 1.3 connection came about: most often a certificate was not accepted.
    #[error("the TLS handshake failed")]
    Handshake(#[source] io::Error),
    /// After the handshake, the HSM did not say hello: in TLS 1.3, this is where it refuses our certificate.
    #[error("the HSM did not let us in")]
    Hello(#[source] PeerError),
    /// Certificates or key cannot be used.
    #[error("the agent's credentials cannot be used")]
    Identity(#[source] TlsError),
    /// The key file is missing, or others can read it.
    #[error("the agent's private key cannot be used")]
    Key(#[source] sys::Error),
    /// The key file holds no key.
    #[error("{} holds no private key in PEM", .path.display())]
    KeyContent {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: pem::Error,
    },
    /// The configured name cannot be one.
    #[error("`server_name` is neither a DNS name nor an IP address")]
    ServerName(#[source] InvalidDnsNameError),
    /// No TCP connection.
    #[error("cannot connect")]
    Tcp(#[source] io::Error),
}

/// A connection on which both sides have said hello.
pub(crate) struct Connection {
    pub(crate) reader: FrameReader<ReadHalf<TlsStream<TcpStream>>>,
    pub(crate) sender: FrameSender,
    /// The version of the protocol that both sides speak.
    pub(crate) version: u32,
    /// Held for its end.
    _writing: Writing,
}

/// The task that writes a connection's frames, ended with its owner.
struct Writing(tokio::task::JoinHandle<io::Result<()>>);

impl Writing {
    fn start(writer: FrameWriter<WriteHalf<TlsStream<TcpStream>>>) -> Self {
        Self(tokio::spawn(writer.run()))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Reads the credentials anew, so that renewed ones serve without a restart.
pub(crate) fn credentials(hsm: &HsmConfig) -> Result<TlsConnector, ConnectError> {
    let bytes = sys::file::read_private(&hsm.key, KEY_BYTES).map_err(ConnectError::Key)?;
    let key = PrivateKeyDer::from_pem_slice(&bytes).map_err(|source| ConnectError::KeyContent {
        path: hsm.key.clone(),
        source,
    })?;
    let config =
        tls::client_config(&hsm.ca, &hsm.certificate, key).map_err(ConnectError::Identity)?;
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Connects, each step within `limit`. Only after the HSM's hello is the connection good: TLS 1.3 lets a client write
/// before the server has seen its certificate.
pub(crate) async fn connect(hsm: &HsmConfig, limit: Duration) -> Result<Connection, ConnectError> {
    let connector = credentials(hsm)?;
    let name = ServerName::try_from(hsm.server_name.clone()).map_err(ConnectError::ServerName)?;
    let late = |step| ConnectError::Deadline { step, limit };
    let tcp = timeout(limit, TcpStream::connect(&hsm.address))
        .await
        .map_err(|_| late("connecting"))?
        .map_err(ConnectError::Tcp)?;
    tcp.set_nodelay(true).map_err(ConnectError::Tcp)?;
    let tls = timeout(limit, connector.connect(name, tcp))
        .await
        .map_err(|_| late("the TLS handshake"))?
        .map_err(ConnectError::Handshake)?;
    if tls.get_ref().1.alpn_protocol() != Some(tls::ALPN) {
        return Err(ConnectError::Alpn);
    }
    let (read, write) = tokio::io::split(tls);
    let mut reader = FrameReader::new(read);
    let (sender, writer) = frames::channel(write);
    let writing = Writing::start(writer);
    let version = peer::exchange(&mut reader, &sender, limit)
        .await
        .map_err(ConnectError::Hello)?;
    Ok(Connection {
        reader,
        sender,
        version,
        _writing: writing,
    })
}
