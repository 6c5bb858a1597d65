//! A connection against a peer that each test scripts.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ck::Rv;
use proto::frame::{self, HEADER_LEN, Header, Kind};
use proto::hello::Hello;
use proto::shape::SessionHandle;
use proto::{Call, DecodeError, Writer, limits};

use crate::{Connection, Error, Outgoing, Waits};

/// Long enough that only a bug reaches it.
const LONG: Duration = Duration::from_secs(60);

/// The peer's end of the stream.
struct Peer(UnixStream);

impl Peer {
    /// Reads a frame, or nothing at the end of the stream.
    fn read(&mut self) -> Option<(Header, Vec<u8>)> {
        let mut header = [0; HEADER_LEN];
        self.0.read_exact(&mut header).ok()?;
        let header = Header::decode(&header).unwrap();
        let mut payload = vec![0; header.payload_len()];
        self.0.read_exact(&mut payload).ok()?;
        Some((header, payload))
    }

    fn write(&mut self, kind: Kind, correlation: u64, payload: impl FnOnce(&mut Writer<'_>)) {
        let header = Header {
            kind,
            call: 0,
            length: 0,
            correlation,
            application: 7,
            session: SessionHandle(0),
        };
        let mut bytes = Vec::new();
        frame::append(&mut bytes, header, payload).unwrap();
        self.0.write_all(&bytes).unwrap();
    }

    fn hello(&mut self, hello: Hello) {
        assert_eq!(self.read().unwrap().0.kind, Kind::Hello);
        self.write(Kind::Hello, 0, |writer| hello.encode(writer));
    }

    /// Answers a request with its own payload.
    fn echo(&mut self, (header, payload): (Header, Vec<u8>)) {
        self.write(Kind::Reply, header.correlation, |writer| {
            writer.u32(0);
            writer.raw(&payload);
        });
    }
}

/// A connection, and how long its calls wait.
struct Caller {
    connection: Connection<UnixStream>,
    patience: Duration,
    last: AtomicU64,
}

impl std::ops::Deref for Caller {
    type Target = Connection<UnixStream>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

const fn waits(silence: Duration) -> Waits {
    Waits {
        open: LONG,
        silence,
    }
}

/// Starts a peer that says hello and then follows the script.
fn open(
    patience: Duration,
    script: impl FnOnce(Peer) + Send + 'static,
) -> (Caller, JoinHandle<()>) {
    open_with(patience, LONG, script)
}

fn open_with(
    patience: Duration,
    silence: Duration,
    script: impl FnOnce(Peer) + Send + 'static,
) -> (Caller, JoinHandle<()>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let peer = thread::spawn(move || {
        let mut peer = Peer(theirs);
        peer.hello(Hello::OURS);
        script(peer);
    });
    let caller = Caller {
        connection: Connection::open(ours, waits(silence)).unwrap(),
        patience,
        last: AtomicU64::new(0),
    };
    (caller, peer)
}

/// Calls with `bytes` and returns what came back.
fn call(caller: &Caller, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let outgoing = Outgoing {
        kind: Kind::Request,
        call: Call::Digest.number(),
        correlation: caller.last.fetch_add(1, Ordering::Relaxed) + 1,
        deadline: Instant::now() + caller.patience,
    };
    caller.connection.call(
        outgoing,
        bytes.len(),
        |writer| writer.raw(bytes),
        |rv, reader| {
            assert_eq!(rv, Rv::OK);
            reader.take(bytes.len(), "an echo").unwrap().to_vec()
        },
    )
}

fn echo_all(mut peer: Peer) {
    while let Some(request) = peer.read() {
        peer.echo(request);
    }
}

#[test]
fn a_call_gets_its_reply() {
    let (connection, peer) = open(LONG, echo_all);
    assert_eq!(call(&connection, b"hello").unwrap(), b"hello");
    drop(connection);
    peer.join().unwrap();
}

#[test]
fn requests_and_replies_as_long_as_a_frame_pass() {
    let (connection, _peer) = open(LONG, echo_all);
    let long = vec![5; limits::PAYLOAD_BYTES - 4];
    assert_eq!(call(&connection, &long).unwrap(), long);
    assert_eq!(call(&connection, b"short").unwrap(), b"short");
}

#[test]
fn a_request_that_is_too_long_fails_alone() {
    let (connection, _peer) = open(LONG, echo_all);
    let long = vec![5; limits::PAYLOAD_BYTES + 1];
    assert_eq!(call(&connection, &long), Err(Error::TooLong));
    assert_eq!(call(&connection, b"short").unwrap(), b"short");
}

#[test]
fn replies_reach_their_callers_in_whatever_order_they_come() {
    const CALLERS: usize = 16;
    let (connection, _peer) = open(LONG, |mut peer| {
        let mut requests: Vec<_> = (0..CALLERS).map(|_| peer.read().unwrap()).collect();
        requests.reverse();
        requests.into_iter().for_each(|request| peer.echo(request));
    });
    thread::scope(|scope| {
        for number in 0..CALLERS {
            let connection = &connection;
            scope.spawn(move || {
                let bytes = number.to_le_bytes();
                assert_eq!(call(connection, &bytes).unwrap(), bytes);
            });
        }
    });
}

#[test]
fn many_threads_share_one_connection() {
    let (connection, _peer) = open(LONG, echo_all);
    thread::scope(|scope| {
        for number in 0..64u32 {
            let connection = &connection;
            scope.spawn(move || {
                for turn in 0..200u32 {
                    // Some replies are longer than what is read at once.
                    let mut bytes = vec![7; if turn % 50 == 0 { 100_000 } else { 20 }];
                    bytes[..4].copy_from_slice(&number.to_le_bytes());
                    bytes[4..8].copy_from_slice(&turn.to_le_bytes());
                    assert_eq!(call(connection, &bytes).unwrap(), bytes);
                }
            });
        }
    });
}

#[test]
fn whoever_reads_hands_over_when_its_own_reply_has_come() {
    // Whether the second caller sleeps before the first leaves is up to the scheduler: one turn would prove nothing.
    for _ in 0..200 {
        let (arrived, arrival) = mpsc::channel();
        let (first_left, leave) = mpsc::channel::<()>();
        let (connection, _peer) = open(LONG, move |mut peer| {
            let first = peer.read().unwrap();
            arrived.send(()).unwrap();
            let second = peer.read().unwrap();
            peer.echo(first);
            leave.recv().unwrap();
            peer.echo(second);
        });
        thread::scope(|scope| {
            let first = scope.spawn(|| call(&connection, b"1").unwrap());
            arrival.recv().unwrap();
            let second = scope.spawn(|| call(&connection, b"2").unwrap());
            assert_eq!(first.join().unwrap(), b"1");
            first_left.send(()).unwrap();
            assert_eq!(second.join().unwrap(), b"2");
        });
    }
}

#[test]
fn more_calls_than_may_be_in_flight_wait_for_their_turn() {
    const CALLERS: usize = limits::CALLS_IN_FLIGHT + 8;
    let (connection, _peer) = open(LONG, |mut peer| {
        let first: Vec<_> = (0..limits::CALLS_IN_FLIGHT)
            .map(|_| peer.read().unwrap())
            .collect();
        peer.0.set_nonblocking(true).unwrap();
        let refused = peer.0.read(&mut [0]).unwrap_err();
        assert_eq!(
            refused.kind(),
            ErrorKind::WouldBlock,
            "no more requests may be sent"
        );
        peer.0.set_nonblocking(false).unwrap();
        first.into_iter().for_each(|request| peer.echo(request));
        echo_all(peer);
    });
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            thread::Builder::new()
                .stack_size(128 << 10)
                .spawn_scoped(scope, || assert_eq!(call(&connection, b"x").unwrap(), b"x"))
                .unwrap();
        }
    });
}

#[test]
fn a_lost_connection_fails_the_calls_under_way_and_all_that_follow() {
    let (connection, peer) = open(LONG, |mut peer| {
        peer.read().unwrap();
    });
    assert_eq!(
        call(&connection, b"x"),
        Err(Error::Lost(ErrorKind::UnexpectedEof))
    );
    assert!(connection.is_dead());
    peer.join().unwrap();
    assert_eq!(call(&connection, b"x"), Err(Error::Unsent));
}

#[test]
fn a_call_on_a_connection_that_broke_while_idle_was_certainly_not_sent() {
    let (connection, peer) = open(LONG, drop);
    peer.join().unwrap();
    assert_eq!(call(&connection, b"x"), Err(Error::Unsent));
    assert!(connection.is_dead());
}

#[test]
fn a_silent_peer_is_given_up_by_every_caller() {
    let (release, released) = mpsc::channel::<()>();
    let (connection, peer) = open(Duration::from_millis(50), move |_peer| {
        let _ = released.recv();
    });
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let error = call(&connection, b"x").unwrap_err();
                assert!(matches!(error, Error::TimedOut | Error::Unsent), "{error}");
            });
        }
    });
    assert!(connection.is_dead());
    drop(release);
    peer.join().unwrap();
}

#[test]
fn a_peer_that_does_not_say_whether_it_is_there_is_given_up_long_before_the_call_is() {
    let (release, released) = mpsc::channel::<()>();
    let (connection, _peer) = open_with(LONG, Duration::from_millis(60), move |_peer| {
        let _ = released.recv();
    });
    assert_eq!(call(&connection, b"x"), Err(Error::Silent));
    assert!(connection.is_dead());
    drop(release);
}

#[test]
fn a_peer_that_is_there_may_take_its_time() {
    let (connection, _peer) = open_with(LONG, Duration::from_millis(60), |mut peer| {
        let request = peer.read().unwrap();
        for _ in 0..5 {
            let (header, payload) = peer.read().unwrap();
            assert_eq!((header.kind, header.correlation), (Kind::Hello, 0));
            peer.write(Kind::Hello, 0, |writer| writer.raw(&payload));
        }
        peer.echo(request);
    });
    assert_eq!(call(&connection, b"slow").unwrap(), b"slow");
}

#[test]
fn a_call_that_the_agent_lost_fails_alone_and_says_whether_it_was_sent() {
    let (connection, _peer) = open(LONG, |mut peer| {
        for loss in [0, 1] {
            let (header, _) = peer.read().unwrap();
            peer.write(Kind::Lost, header.correlation, |writer| writer.u8(loss));
        }
        echo_all(peer);
    });
    assert_eq!(call(&connection, b"x"), Err(Error::HsmAway));
    assert_eq!(call(&connection, b"x"), Err(Error::HsmLost));
    assert_eq!(call(&connection, b"x").unwrap(), b"x");
}

#[test]
fn a_call_that_is_late_ends_the_connection_but_others_do_not_count_as_late() {
    let (release, released) = mpsc::channel::<()>();
    let (connection, peer) = open(LONG, move |_peer| {
        let _ = released.recv();
    });
    thread::scope(|scope| {
        let patient = scope.spawn(|| call(&connection, b"x"));
        let outgoing = Outgoing {
            kind: Kind::Request,
            call: 1,
            correlation: 1_000,
            deadline: Instant::now(),
        };
        let late = connection.connection.call(outgoing, 0, |_| {}, |_, _| ());
        assert_eq!(late, Err(Error::TimedOut));
        let patient = patient.join().unwrap().unwrap_err();
        assert!(
            matches!(patient, Error::Lost(ErrorKind::TimedOut) | Error::Unsent),
            "{patient}"
        );
    });
    drop(release);
    peer.join().unwrap();
}

#[test]
fn a_peer_that_reads_nothing_is_given_up() {
    let (release, released) = mpsc::channel::<()>();
    let (connection, _peer) = open_with(LONG, Duration::from_millis(50), move |_peer| {
        let _ = released.recv();
    });
    let long = vec![0; 4 << 20];
    let error = call(&connection, &long).unwrap_err();
    assert!(matches!(error, Error::Lost(ErrorKind::TimedOut)), "{error}");
    drop(release);
}

#[test]
fn closing_ends_the_calls_under_way() {
    let (arrived, arrival) = mpsc::channel();
    let (connection, _peer) = open(LONG, move |mut peer| {
        peer.read().unwrap();
        arrived.send(()).unwrap();
        assert!(peer.read().is_none());
    });
    thread::scope(|scope| {
        let caller = scope.spawn(|| call(&connection, b"x"));
        arrival.recv().unwrap();
        connection.close();
        assert_eq!(caller.join().unwrap(), Err(Error::Closed));
    });
    assert_eq!(call(&connection, b"x"), Err(Error::Closed));
}

#[test]
fn a_reply_that_nobody_waits_for_ends_the_connection() {
    for (kind, offset) in [(Kind::Reply, 1), (Kind::Request, 0), (Kind::Gone, 0)] {
        let (connection, _peer) = open(LONG, move |mut peer| {
            let (header, _) = peer.read().unwrap();
            peer.write(kind, header.correlation + offset, |writer| writer.u32(0));
            assert!(peer.read().is_none());
        });
        let refused = call(&connection, b"").unwrap_err();
        assert!(matches!(
            refused,
            Error::Malformed(DecodeError::Unknown { .. })
        ));
    }
}

#[test]
fn a_peer_of_another_version_is_refused() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let hello = Hello {
        oldest: 90,
        newest: 91,
    };
    let peer = thread::spawn(move || Peer(theirs).hello(hello));
    let refused = Connection::open(ours, waits(LONG)).unwrap_err();
    assert_eq!(
        refused,
        Error::Version {
            oldest: 90,
            newest: 91
        }
    );
    peer.join().unwrap();
}

#[test]
fn a_peer_that_is_no_agent_is_refused() {
    for bytes in [&b"HTTP/1.1 400 Bad Request\r\n\r\n......"[..], b""] {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(bytes).unwrap();
        theirs.shutdown(std::net::Shutdown::Write).unwrap();
        assert!(Connection::open(ours, waits(LONG)).is_err());
    }
}
