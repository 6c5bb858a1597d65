//! Connections: reading requests within limits, handing each to a blocking thread, and ending without losing one.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use hyper::body::{Body as _, Incoming as HyperBody};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use kit::id;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower_service::Service as _;

use crate::gate::{self, Gate, Incoming, Outgoing};
use crate::peers::{Peers, Seat};
use crate::stall::StallGuard;

/// Connections at once; each costs a few tens of kilobytes.
const CONNECTIONS_MAX: usize = 4_096;
/// Requests that are worked on at once: as many as there are sessions with the HSM.
const REQUESTS_MAX: usize = 128;
/// Header lines of a request: the SDKs send about ten.
const HEADERS_MAX: usize = 64;
/// Bytes of a request's line and headers together; a token has a few kilobytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// How long a request's headers may take.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a request's body may take, and before it the wait for memory to read it into.
const BODY_PATIENCE: Duration = Duration::from_secs(30);
/// How long a client may take none of what is written to it: as long as a body may take.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// How long a TLS handshake may take.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(5);
/// How long requests that are being worked on may take when the server stops.
const STOP_PATIENCE: Duration = Duration::from_secs(20);
/// How long to wait after an error of `accept`, such as a full table of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Health checks that are answered at once: nobody vouches for them, so they get no threads of requests.
const HEALTH_CHECKS_MAX: usize = 4;

/// What every request is handled with.
struct Shared {
    gate: Arc<Gate>,
    working: Arc<Semaphore>,
    checking: Semaphore,
}

/// Serves until `stop` resolves, then lets the requests that are being worked on end.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    gate: Arc<Gate>,
    stop: impl Future<Output = ()>,
) {
    let shared = Arc::new(Shared {
        gate,
        working: Arc::new(Semaphore::new(REQUESTS_MAX)),
        checking: Semaphore::new(HEALTH_CHECKS_MAX),
    });
    let router = Router::new()
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
        .fallback(handle)
        .with_state(shared);
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let peers = Arc::new(Peers::new());
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let next = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (permit, listener.accept().await)
        };
        // A server whose connections are all taken must stop, too.
        let (permit, accepted) = tokio::select! {
            (Ok(permit), accepted) = next => (permit, accepted),
            () = &mut stop => break,
            else => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(seat) = peers.admit(peer.ip()) else {
                    tracing::debug!(%peer, "a peer has too many connections");
                    continue;
                };
                // Small answers must not wait for more to come.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection has no TCP_NODELAY");
                }
                let connection = Connection {
                    router: router.clone(),
                    tls: tls.clone(),
                    watcher: graceful.watcher(),
                    peer,
                    seat: Arc::new(seat),
                    permit,
                };
                tokio::spawn(connection.run(stream));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if timeout(STOP_PATIENCE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// A connection that was accepted.
struct Connection {
    router: Router,
    tls: Option<TlsAcceptor>,
    watcher: hyper_util::server::graceful::Watcher,
    peer: SocketAddr,
    seat: Arc<Seat>,
    permit: OwnedSemaphorePermit,
}

impl Connection {
    async fn run<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        // Below TLS, so that every byte that a slow client takes counts.
        let stream = StallGuard::new(stream, WRITE_PATIENCE);
        match self.tls.clone() {
            None => self.serve(stream).await,
            Some(acceptor) => match timeout(HANDSHAKE_PATIENCE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => self.serve(stream).await,
                Ok(Err(error)) => tracing::debug!(peer = %self.peer, %error, "no TLS"),
                Err(_) => tracing::debug!(peer = %self.peer, "the TLS handshake took too long"),
            },
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let Self {
            router,
            watcher,
            peer,
            seat,
            permit,
            ..
        } = self;
        let service = service_fn(move |request: hyper::Request<HyperBody>| {
            let mut router = router.clone();
            let seat = Arc::clone(&seat);
            async move {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                request.extensions_mut().insert(seat);
                let answered: Result<Response, Infallible> = router.call(request).await;
                answered
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_PATIENCE)
            .max_headers(HEADERS_MAX)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%peer, %error, "a connection ended");
        }
        drop(permit);
    }
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let Ok(_checking) = shared.checking.acquire().await else {
        return write(gate::broken());
    };
    let gate = Arc::clone(&shared.gate);
    let is_well = task::spawn_blocking(move || gate.is_well())
        .await
        .unwrap_or(false);
    let (status, text) = if is_well {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    };
    plain(status, text.to_owned())
}

/// Metrics tell what everybody does, so only this machine may read them, and not through a proxy that runs on it.
async fn metrics(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let proxied = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];
    if peer.ip().is_loopback() && !proxied.iter().any(|name| headers.contains_key(*name)) {
        plain(StatusCode::OK, shared.gate.metrics.text())
    } else {
        plain(StatusCode::NOT_FOUND, String::new())
    }
}

fn plain(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let form = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert("content-type", form);
    if let Ok(request_id) = HeaderValue::from_str(&id::hex32()) {
        response.headers_mut().insert("x-request-id", request_id);
    }
    response
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Extension(seat): Extension<Arc<Seat>>,
    request: Request,
) -> Response {
    let most = shared.gate.body_bytes_max();
    let Ok(Some(room)) = timeout(BODY_PATIENCE, seat.room(body_bytes(&request, most))).await else {
        tracing::debug!(%peer, "no memory for a body became free in time");
        return write(gate::busy());
    };
    let incoming = match read(request, peer, most).await {
        Ok(incoming) => incoming,
        Err(error) => {
            tracing::debug!(%peer, %error, "a request did not come to its end");
            return plain(StatusCode::REQUEST_TIMEOUT, String::new());
        }
    };
    let Ok(working) = Arc::clone(&shared.working).acquire_owned().await else {
        return write(gate::broken());
    };
    let gate = Arc::clone(&shared.gate);
    let answered = task::spawn_blocking(move || {
        // With the thread, and not with the connection: a client that has gone frees neither.
        let _held = (working, room);
        gate.handle(&incoming)
    });
    write(answered.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was broken off");
        gate::broken()
    }))
}

/// The most bytes that will be kept of a request's body: what it says itself, or else the limit.
fn body_bytes(request: &Request, most: usize) -> usize {
    let said = request.body().size_hint().upper();
    said.and_then(|bytes| usize::try_from(bytes).ok())
        .map_or(most, |bytes| bytes.min(most))
}

/// Reads a request whole. A body that is too long is left unread.
async fn read(request: Request, peer: SocketAddr, most: usize) -> io::Result<Incoming> {
    let (parts, body) = request.into_parts();
    let body = match timeout(BODY_PATIENCE, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Some(bytes.into()),
        Ok(Err(error)) if is_too_long(&error) => None,
        Ok(Err(error)) => return Err(io::Error::other(error)),
        Err(elapsed) => return Err(io::Error::other(elapsed)),
    };
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    Ok(Incoming {
        method: parts.method.as_str().to_owned(),
        raw_path: parts.uri.path().to_owned(),
        raw_query: parts.uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
        source_ip: peer.ip().to_string(),
    })
}

/// Tells a body over the limit from one that broke off.
fn is_too_long(error: &axum::Error) -> bool {
    use std::error::Error as _;
    error
        .source()
        .is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

fn write(outgoing: Outgoing) -> Response {
    let mut response = Response::new(Body::from(outgoing.body));
    *response.status_mut() =
        StatusCode::from_u16(outgoing.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in outgoing.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests;
