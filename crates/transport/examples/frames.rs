//! Measures small frames through a unix socket, a relay and mutual TLS, and back.
//!
//! `cargo run --release -p transport --example frames [callers] [bytes] [seconds]`

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use proto::frame::{Header, Kind};
use proto::shape::SessionHandle;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use transport::frames::{FrameReader, FrameSender, channel};
use transport::tls;

const USAGE: &str = "three numbers at most: callers, bytes, seconds";

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|text| text.parse::<usize>().expect(USAGE));
    let callers = numbers.next().unwrap_or(64);
    let bytes = numbers.next().unwrap_or(64);
    let seconds = numbers.next().unwrap_or(3);
    let runtime = tokio::runtime::Runtime::new().expect("threads can be made");
    let rate = runtime.block_on(measure(callers, bytes, Duration::from_secs(seconds as u64)));
    eprintln!("{callers} callers, {bytes} bytes: {rate:.0} round trips per second");
}

async fn measure(callers: usize, bytes: usize, time: Duration) -> f64 {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let (server, client) = configurations(directory.path());
    let tcp = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = tcp.local_addr().expect("it has an address");
    tokio::spawn(async move {
        let (stream, _) = tcp.accept().await.expect("the relay connects");
        stream.set_nodelay(true).expect("TCP has the option");
        let stream = TlsAcceptor::from(Arc::new(server))
            .accept(stream)
            .await
            .expect("handshake");
        let (read, write) = tokio::io::split(stream);
        let sender = start(write);
        copy(read, sender).await;
    });
    let socket = directory.path().join("socket");
    let unix = UnixListener::bind(&socket).expect("the name is free");
    tokio::spawn(async move {
        let (stream, _) = unix.accept().await.expect("the caller connects");
        let tcp = TcpStream::connect(address).await.expect("the echo listens");
        tcp.set_nodelay(true).expect("TCP has the option");
        let name = "hsmd".try_into().expect("a name");
        let tls = TlsConnector::from(Arc::new(client))
            .connect(name, tcp)
            .await
            .expect("handshake");
        let (tls_read, tls_write) = tokio::io::split(tls);
        let (unix_read, unix_write) = stream.into_split();
        let (up, down) = (start(tls_write), start(unix_write));
        tokio::join!(copy(unix_read, up), copy(tls_read, down));
    });
    call(
        UnixStream::connect(&socket)
            .await
            .expect("the relay listens"),
        callers,
        bytes,
        time,
    )
    .await
}

/// Keeps as many calls in flight as there are callers.
async fn call(stream: UnixStream, callers: usize, bytes: usize, time: Duration) -> f64 {
    let (read, write) = stream.into_split();
    let sender = start(write);
    let mut reader = FrameReader::new(read);
    let payload = vec![7; bytes];
    for correlation in 0..callers {
        sender
            .send(header(correlation as u64), &payload)
            .await
            .expect("the relay reads");
    }
    let done = AtomicU64::new(0);
    let start = Instant::now();
    while start.elapsed() < time {
        let mut next = reader.read_in_place().await.ok().map(|frame| frame.header);
        while let Some(header) = next {
            sender
                .send(header, &payload)
                .await
                .expect("the relay reads");
            done.fetch_add(1, Ordering::Relaxed);
            next = reader
                .take_received()
                .ok()
                .flatten()
                .map(|frame| frame.header);
        }
    }
    done.into_inner() as f64 / start.elapsed().as_secs_f64()
}

fn start(write: impl AsyncWrite + Unpin + Send + 'static) -> FrameSender {
    let (sender, writer) = channel(write);
    tokio::spawn(writer.run());
    sender
}

async fn copy(read: impl AsyncRead + Unpin, sender: FrameSender) {
    let mut reader = FrameReader::new(read);
    while let Ok(frame) = reader.read_in_place().await {
        if sender.send(frame.header, frame.payload).await.is_err() {
            return;
        }
    }
}

fn header(correlation: u64) -> Header {
    Header {
        kind: Kind::Request,
        call: 1,
        length: 0,
        correlation,
        application: 1,
        session: SessionHandle(1),
    }
}

fn configurations(directory: &Path) -> (ServerConfig, ClientConfig) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca =
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a CA");
    let issue = |name: &str| {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        (params.signed_by(&key, &ca).expect("a certificate"), key)
    };
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone()).expect("a CA");
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), tls::provider())
        .build()
        .expect("a verifier");
    let (certificate, key) = issue("hsmd");
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let server = tls::server_config(verifier, vec![certificate.der().clone()], key).expect("TLS");
    let (certificate, key) = issue("agent");
    let (ca_file, file) = (directory.join("ca.pem"), directory.join("agent.pem"));
    std::fs::write(&ca_file, ca.pem()).expect("a file");
    std::fs::write(&file, certificate.pem()).expect("a file");
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    (
        server,
        tls::client_config(&ca_file, &file, key).expect("TLS"),
    )
}
