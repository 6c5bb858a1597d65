//! Who is not let in, and that nobody else notices: wrong certificates, wrong protocols, wrong bytes.
//!
//! Each intruder is refused and named in hsmd's log, while an application goes on using its key.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proto::frame::{HEADER_LEN, Header, Kind};
use proto::hello::Hello;
use proto::shape::SessionHandle;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use tests::{Chain, Log, PATIENCE, Partition, Run, Token};

type Channel = StreamOwned<ClientConnection, TcpStream>;

/// Accepts any server: an intruder does not care.
#[derive(Debug)]
struct Careless;

impl ServerCertVerifier for Careless {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::ECDSA_NISTP384_SHA384,
        ]
    }
}

/// Connects with a certificate, without looking at the server's.
fn connect(
    address: SocketAddr,
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
) -> Channel {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Careless));
    let mut config = match identity {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).unwrap(),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"dew/1".to_vec()];
    let name = ServerName::try_from("hsmd").unwrap();
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    StreamOwned::new(
        ClientConnection::new(Arc::new(config), name).unwrap(),
        socket,
    )
}

/// The identity in an access certificate's folder.
fn identity(folder: &Path) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let chain = CertificateDer::pem_file_iter(folder.join("agent.pem"))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    (
        chain,
        PrivateKeyDer::from_pem_file(folder.join("agent.key")).unwrap(),
    )
}

/// An identity that nobody issued.
fn forged() -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.self_signed(&key).unwrap();
    (
        vec![certificate.der().clone()],
        PrivateKeyDer::Pkcs8(key.serialize_der().into()),
    )
}

fn header(kind: Kind, length: u32) -> Header {
    Header {
        kind,
        call: 0,
        length,
        correlation: 1,
        application: 1,
        session: SessionHandle(0),
    }
}

/// Says hello and reads the answer.
fn hello(channel: &mut Channel) -> std::io::Result<()> {
    let mut payload = Vec::new();
    Hello::OURS.encode(&mut proto::Writer::new(&mut payload));
    channel.write_all(&header(Kind::Hello, u32::try_from(payload.len()).unwrap()).encode())?;
    channel.write_all(&payload)?;
    channel.flush()?;
    channel.read_exact(&mut [0; HEADER_LEN + 8])
}

/// Whether the peer has closed the connection, by an alert, a reset or an end.
fn is_closed(channel: &mut Channel) -> bool {
    let mut rest = Vec::new();
    channel.read_to_end(&mut rest).map_or_else(
        |error| {
            !matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            )
        },
        |_| true,
    )
}

/// A chain with a key, and an application that uses it.
fn chain_with_key() -> (Chain, Token, Watch) {
    let mut chain = Chain::start();
    let token = chain.token(Partition::Strict);
    token
        .pkcs11_tool_as_user()
        .args("--keypairgen --key-type EC:prime256v1 --id 01 --label web")
        .succeed();
    let log = Watch {
        log: chain.hsmd().log().clone(),
        seen: 0,
    };
    (chain, token, log)
}

/// Follows what hsmd writes.
struct Watch {
    log: Log,
    seen: usize,
}

impl Watch {
    /// Waits until hsmd writes this, after what was last waited for.
    fn expect(&mut self, text: &str) {
        let line = self.log.wait_for(self.seen, &[text], PATIENCE);
        assert!(
            line.is_some(),
            "hsmd did not write «{text}» but:\n{}",
            self.log.text()
        );
        self.seen = self.log.len();
    }
}

/// An access certificate that the intruder will abuse; the application's agent keeps its own.
fn issue_to_intruder(chain: &Chain) -> PathBuf {
    let folder = chain.file("intruder");
    chain
        .management()
        .args("access-cert issue intruder --partition app --out")
        .arg(&folder)
        .succeed();
    folder
}

/// The application signs: whatever the intruder did has not hurt it.
fn still_signs(token: &Token) {
    let data: PathBuf = token.write("digest", [7; 32]);
    token
        .pkcs11_tool_as_user()
        .args("--sign --mechanism ECDSA --id 01 --input-file")
        .arg(&data)
        .args("--output-file signature")
        .succeed();
}

#[test]
fn wrong_certificates_are_refused() {
    let (chain, token, mut log) = chain_with_key();
    let address = chain.address();
    assert!(
        hello(&mut connect(address, Some(forged()))).is_err(),
        "a self-made certificate"
    );
    log.expect("connection refused");
    assert!(
        hello(&mut connect(address, None)).is_err(),
        "no certificate"
    );
    let (mut certificates, _) = identity(&chain.file("agent"));
    certificates.truncate(1);
    let (_, other_key) = forged();
    // rustls itself would notice that certificate and key do not belong together.
    let stolen = std::panic::catch_unwind(|| connect(address, Some((certificates, other_key))));
    assert!(
        stolen.is_err() || hello(&mut stolen.unwrap()).is_err(),
        "a stolen certificate"
    );
    still_signs(&token);
}

#[test]
fn a_ukey_that_is_not_registered_may_do_nothing() {
    let (chain, token, mut log) = chain_with_key();
    chain.make_ukey("stranger");
    chain
        .management_with("stranger")
        .args("partition list")
        .fail();
    log.expect("connection refused");
    chain.management().args("partition list").succeed();
    still_signs(&token);
}

#[test]
fn a_revoked_certificate_is_cut_off_and_stays_out() {
    let (chain, token, mut log) = chain_with_key();
    let stolen = issue_to_intruder(&chain);
    let mut open = connect(chain.address(), Some(identity(&stolen)));
    hello(&mut open).unwrap();
    chain
        .management()
        .args("access-cert revoke intruder")
        .succeed();
    assert!(is_closed(&mut open), "the open connection is closed");
    log.expect("was revoked");
    assert!(hello(&mut connect(chain.address(), Some(identity(&stolen)))).is_err());
    log.expect("connection refused");
    still_signs(&token);
}

#[test]
fn other_protocols_are_refused() {
    let (chain, token, mut log) = chain_with_key();
    let address = chain.address();
    let mut plain = TcpStream::connect(address).unwrap();
    plain.set_read_timeout(Some(PATIENCE)).unwrap();
    plain
        .write_all(b"GET / HTTP/1.1\r\nHost: hsmd\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "nobody speaks HTTP here");
    log.expect("connection refused");
    Run::new("openssl")
        .args("s_client -tls1_2 -connect")
        .arg(address.to_string())
        .fail();
    log.expect("connection refused");
    still_signs(&token);
}

#[test]
fn bytes_that_are_no_frames_end_the_connection_and_nothing_else() {
    let (chain, token, mut log) = chain_with_key();
    let stolen = issue_to_intruder(&chain);
    let mut oversized = header(Kind::Request, 0).encode();
    oversized[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut other_version = header(Kind::Request, 0).encode();
    other_version[0] = 99;
    let intrusions: [&[u8]; 4] = [
        &oversized,
        &other_version,
        &[0xff; 64],
        &header(Kind::AdminRequest, 0).encode(),
    ];
    for bytes in intrusions {
        let mut channel = connect(chain.address(), Some(identity(&stolen)));
        hello(&mut channel).unwrap();
        channel.write_all(bytes).unwrap();
        channel.flush().unwrap();
        assert!(is_closed(&mut channel), "{bytes:?}");
        log.expect("connection closed");
        still_signs(&token);
    }
}
