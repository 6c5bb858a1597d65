//! The agent as a whole: starts, serves, stops.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::UnixStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::access::Access;
use crate::application::{Serving, serve};
use crate::applications::{APPLICATIONS, Applications};
use crate::config::Config;
use crate::connect::{ConnectError, credentials};
use crate::hsm;
use crate::router::Router;
use crate::socket::{Socket, SocketError};
use crate::timing::Timing;

/// How long to wait when the system accepts no connection, most likely for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why an agent does not start.
#[derive(Debug, Error)]
pub enum AgentError {
    /// The credentials for an HSM cannot be used.
    #[error("HSM {address}")]
    Credentials {
        /// Which HSM.
        address: String,
        /// Why not.
        #[source]
        source: ConnectError,
    },
    /// The socket cannot be had.
    #[error("no socket for applications")]
    Socket(#[source] SocketError),
}

/// An agent at work.
pub struct Agent {
    serving: Arc<Serving>,
    socket: PathBuf,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    places: Arc<Semaphore>,
    /// Ended when dropped.
    _hsms: JoinSet<()>,
}

impl Agent {
    /// Checks what only a running agent would notice: certificates and keys.
    ///
    /// # Errors
    /// [`AgentError::Credentials`].
    pub fn check(config: &Config) -> Result<(), AgentError> {
        for hsm in &config.hsm {
            credentials(hsm).map_err(|source| AgentError::Credentials {
                address: hsm.address.clone(),
                source,
            })?;
        }
        Ok(())
    }

    /// Starts an agent. It accepts applications from here on; the HSMs are being connected.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn start(config: Config, timing: Timing) -> Result<Self, AgentError> {
        Self::check(&config)?;
        let socket = Socket::bind(&config.socket, config.socket_mode)
            .await
            .map_err(AgentError::Socket)?;
        let (stop, stopped) = watch::channel(false);
        let serving = Arc::new(Serving {
            applications: Applications::default(),
            router: Router::new(config.hsm.len()),
            timing,
            stop: stopped,
        });
        let access = Access::new(&config);
        let mut hsms = JoinSet::new();
        for (index, hsm) in config.hsm.into_iter().enumerate() {
            hsms.spawn(hsm::keep(Arc::clone(&serving), index, hsm));
        }
        let places = Arc::new(Semaphore::new(APPLICATIONS));
        let accepting = accept(socket, access, Arc::clone(&places), Arc::clone(&serving));
        Ok(Self {
            serving,
            socket: config.socket,
            stop,
            accepting: tokio::spawn(accepting),
            places,
            _hsms: hsms,
        })
    }

    /// Returns where applications connect.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Waits until an HSM is connected.
    pub async fn hsm_up(&self) {
        self.serving.router.until_up().await;
    }

    /// Stops: accepts no application and no call any more, lets calls in flight finish, and removes the socket.
    pub async fn stop(self) {
        self.serving.router.close();
        self.stop.send_replace(true);
        // The task ends by itself, and the socket file with it.
        let _ = self.accepting.await;
        let drain = self.serving.timing.drain;
        let all = u32::try_from(APPLICATIONS).unwrap_or(u32::MAX);
        // Twice: for the calls, and then for the replies.
        let _ = timeout(2 * drain, self.places.acquire_many(all)).await;
        for link in self.serving.router.links() {
            link.sender.close();
            let _ = timeout(drain, link.sender.ended()).await;
        }
    }
}

/// Accepts applications until the agent stops.
async fn accept(socket: Socket, access: Access, places: Arc<Semaphore>, serving: Arc<Serving>) {
    let mut stop = serving.stop.clone();
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let admitted = match accepted {
            Ok(stream) => admit(stream, &access, &places),
            Err(error) => {
                tracing::warn!(%error, "cannot accept an application");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if let Some((stream, place)) = admitted {
            tokio::spawn(serve_logged(Arc::clone(&serving), stream, place));
        }
    }
}

/// Checks who connected and whether there is a place. Whoever is refused is disconnected.
fn admit(
    stream: UnixStream,
    access: &Access,
    places: &Arc<Semaphore>,
) -> Option<(UnixStream, OwnedSemaphorePermit)> {
    let peer = match stream.peer_cred() {
        Ok(peer) => peer,
        Err(error) => {
            tracing::warn!(%error, "application refused: the kernel does not say who it is");
            return None;
        }
    };
    if !access.allows(&peer) {
        let (uid, gid, pid) = (peer.uid(), peer.gid(), peer.pid());
        tracing::warn!(
            uid,
            gid,
            pid,
            "application refused: not in allowed_uids or allowed_gids"
        );
        return None;
    }
    let Ok(place) = Arc::clone(places).try_acquire_owned() else {
        tracing::warn!(
            pid = peer.pid(),
            "application refused: {APPLICATIONS} are connected"
        );
        return None;
    };
    Some((stream, place))
}

async fn serve_logged(serving: Arc<Serving>, stream: UnixStream, place: OwnedSemaphorePermit) {
    let pid = stream.peer_cred().ok().and_then(|peer| peer.pid());
    if let Err(error) = serve(&serving, stream).await {
        let reason = format!("{:#}", anyhow::Error::from(error));
        tracing::warn!(pid, reason, "application cut off");
    }
    drop(place);
}
