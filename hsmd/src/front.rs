//! The network side: one listener, mutual TLS, frames.
//!
//! Agents and administrators come in by the same port; which of them a peer is follows from its certificate alone.

mod admission;
mod agent;
mod management;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::Config;
use crate::core::{Core, Identity};

/// The most connections at once: the guide's platinum edition allows as many agents.
const CONNECTIONS: usize = 2_048;
/// The most handshakes at once: further peers wait in the listen queue, so that a flood of them cannot take all
/// connections.
const HANDSHAKES: usize = 256;
/// A handshake takes milliseconds; a peer that needs longer is not one of ours.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(5);

/// How often it is looked for applications that have stayed away too long: what they may overstay.
const OVERDUE_LOOK: Duration = Duration::from_secs(1);

/// Serves until `stop` says so, then closes every connection.
pub(crate) async fn serve(
    core: Arc<Core>,
    config: &Config,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let acceptor = TlsAcceptor::from(tls(&core, config)?);
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}: is another hsmd running?",
            config.listen
        )
    })?;
    let address = listener.local_addr()?;
    tracing::info!(%address, state = ?core.state(), "ready");
    tokio::spawn(end_overdue(Arc::clone(&core), stop.clone()));
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let accept = async {
            let handshake = Arc::clone(&handshakes).acquire_owned().await?;
            let connection = Arc::clone(&connections).acquire_owned().await?;
            anyhow::Ok((listener.accept().await, handshake, connection))
        };
        let (accepted, handshake, connection) = tokio::select! {
            accepted = accept => accepted?,
            _ = stop.changed() => break,
        };
        let socket = match accepted {
            Ok((socket, _)) => socket,
            Err(error) => {
                // Out of file descriptors, most likely: give the others time to close theirs.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (core, acceptor, stop) = (Arc::clone(&core), acceptor.clone(), stop.clone());
        tokio::spawn(async move {
            let _connection = connection;
            greet(core, acceptor, socket, handshake, stop).await;
        });
    }
    // All permits come back when all connections are closed.
    let all = u32::try_from(CONNECTIONS)?;
    let _ = timeout(HANDSHAKE_DEADLINE, connections.acquire_many(all)).await;
    Ok(())
}

/// Ends applications that have stayed away too long, for as long as the daemon serves.
async fn end_overdue(core: Arc<Core>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(OVERDUE_LOOK) => {}
            _ = stop.changed() => return,
        }
        let core = Arc::clone(&core);
        // Ending one waits for its running calls.
        let _ = tokio::task::spawn_blocking(move || core.end_overdue()).await;
    }
}

/// The TLS side of the listener.
fn tls(core: &Arc<Core>, config: &Config) -> anyhow::Result<Arc<ServerConfig>> {
    let admission = admission::Admission::new(Arc::clone(core), transport::tls::provider())?;
    let (chain, key) = core.server_certificate(&config.server_name)?;
    Ok(Arc::new(transport::tls::server_config(
        Arc::new(admission),
        chain,
        key,
    )?))
}

/// Does the handshake and hands the peer to whoever serves its kind.
async fn greet(
    core: Arc<Core>,
    acceptor: TlsAcceptor,
    socket: TcpStream,
    handshake: OwnedSemaphorePermit,
    stop: watch::Receiver<bool>,
) {
    let peer = socket
        .peer_addr()
        .map_or_else(|_| "a peer that left".to_owned(), |a| a.to_string());
    let _ = socket.set_nodelay(true);
    let stream = match timeout(HANDSHAKE_DEADLINE, acceptor.accept(socket)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::warn!(peer, %error, "connection refused"),
        Err(_) => return tracing::warn!(peer, "connection refused: no handshake within 5 s"),
    };
    drop(handshake);
    let identity = certificate(&stream).and_then(|certificate| core.identify(certificate));
    let result = match identity {
        Some(Identity::Agent(agent)) => agent::serve(core, stream, agent, stop).await,
        Some(identity) => management::serve(core, stream, identity, stop).await,
        None => Err(anyhow::anyhow!(
            "the certificate was withdrawn during the handshake"
        )),
    };
    if let Err(error) = result {
        tracing::warn!(peer, error = format!("{error:#}"), "connection closed");
    }
}

fn certificate(stream: &TlsStream<TcpStream>) -> Option<&CertificateDer<'static>> {
    stream.get_ref().1.peer_certificates()?.first()
}
