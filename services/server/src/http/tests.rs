//! Connections over a pipe, with a clock that moves when everybody waits.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Bytes, Frame};
use tokio::io::{AsyncWriteExt as _, duplex};
use tokio::time::Instant;

use super::*;

/// A body that does not say how long it is, as a chunked one.
struct Chunked;

impl hyper::body::Body for Chunked {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }
}

/// A connection to nothing but what the router answers itself.
fn connection(graceful: &GracefulShutdown, connections: &Arc<Semaphore>) -> Connection {
    let peer: SocketAddr = "192.0.2.1:1024".parse().unwrap();
    let seat = Arc::new(Peers::new()).admit(peer.ip()).unwrap();
    Connection {
        router: Router::new(),
        tls: None,
        watcher: graceful.watcher(),
        peer,
        seat: Arc::new(seat),
        permit: Arc::clone(connections).try_acquire_owned().unwrap(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_loses_its_connection() {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(1));
    let (near, mut far) = duplex(4_096);
    let served = connection(&graceful, &connections).run(near);
    let asking = async {
        let started = Instant::now();
        // Until the connection is closed under it, it asks and asks.
        while far.write_all(b"GET / HTTP/1.1\r\n\r\n").await.is_ok() {}
        started.elapsed()
    };
    let limit = Duration::from_secs(3_600);
    let both = async { tokio::join!(served, asking) };
    let ((), elapsed) = timeout(limit, both).await.expect("the connection ends");
    assert_eq!(elapsed.as_secs(), 30);
    assert_eq!(connections.available_permits(), 1);
}

#[test]
fn memory_is_taken_for_what_a_body_says_up_to_the_limit() {
    let check = |body: Body, expected: usize| {
        assert_eq!(body_bytes(&Request::new(body), 100), expected);
    };
    check(Body::empty(), 0);
    check(Body::from(vec![0; 99]), 99);
    check(Body::from(vec![0; 101]), 100);
    check(Body::new(Chunked), 100);
}
