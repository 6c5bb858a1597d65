//! An HSM for tests: real TLS, frames and signature checks; the test decides what it answers.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use proto::admin::{Command, EXPORTER_LABEL, Id, Reply, Request, State, Status, signed_bytes};
use proto::frame::{Header, Kind};
use proto::hello::Hello;
use proto::shape::SessionHandle;
use proto::{Reader, Writer};
use rcgen::{CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use transport::blocking::{read_frame, write_frame};
use ukey::{KdfCost, Pin, Role, UkeyFile};
use zeroize::Zeroizing;

use crate::cli::Globals;

pub(crate) const INSTANCE: Id = [0x11; 16];
pub(crate) const NONCE: [u8; 32] = [0x22; 32];
pub(crate) const PIN: &str = "correct horse";

/// Is the machine of an administrator: a UKey, its PIN, and the CA of an HSM.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let ca = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ca.pem"), ca.pem()).unwrap();
        let desk = Self {
            folder,
            issuer: Issuer::new(params, key),
        };
        desk.secret("pin", PIN);
        let pin = Pin::new(&Zeroizing::new(PIN.to_owned())).unwrap();
        let cost = KdfCost::new(8, 1, 1).unwrap();
        let path = desk.path("alice.ukey");
        UkeyFile::create_with_cost(&path, "Alice", Role::DeviceAdmin, &pin, cost).unwrap();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a private file.
    pub(crate) fn secret(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        sys::file::replace_private(&path, content.as_bytes()).unwrap();
        path
    }

    /// Gives the options for an HSM at an address, and an empty profile.
    pub(crate) fn globals(&self, hsm: &str) -> Globals {
        Globals {
            json: false,
            hsm: Some(hsm.to_owned()),
            ca: Some(self.path("ca.pem")),
            server_name: None,
            ukey: Some(self.path("alice.ukey")),
            ukey_pin_file: Some(self.path("pin")),
            profile_file: Some(self.secret("mgmt.toml", "")),
        }
    }

    fn server_config(&self, admit: bool) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["hsmd".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let verifier = Arc::new(Admission {
            admit,
            provider: transport::tls::provider(),
        });
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        transport::tls::server_config(verifier, vec![certificate.der().clone()], key).unwrap()
    }
}

/// Answers one connection.
pub(crate) struct FakeHsm {
    pub(crate) address: String,
    commands: Arc<Mutex<Vec<Command>>>,
    thread: JoinHandle<()>,
}

impl FakeHsm {
    /// Serves one connection with prepared replies to commands, in turn.
    pub(crate) fn answering(desk: &Desk, replies: Vec<Reply>) -> Self {
        Self::start(desk.server_config(true), replies)
    }

    /// Turns away whoever comes.
    pub(crate) fn admitting_nobody(desk: &Desk) -> Self {
        Self::start(desk.server_config(false), Vec::new())
    }

    fn start(config: ServerConfig, replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let commands = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&commands);
        let thread = thread::spawn(move || {
            let (socket, _) = listener.accept().unwrap();
            Served::greet(socket, config, replies, seen).serve();
        });
        Self {
            address,
            commands,
            thread,
        }
    }

    /// Waits for the connection's end, and gives the commands whose signatures were right.
    pub(crate) fn commands(self) -> Vec<Command> {
        self.thread.join().unwrap();
        std::mem::take(&mut self.commands.lock().unwrap())
    }
}

struct Served {
    stream: StreamOwned<ServerConnection, TcpStream>,
    replies: std::vec::IntoIter<Reply>,
    commands: Arc<Mutex<Vec<Command>>>,
    turn: u64,
}

impl Served {
    fn greet(
        mut socket: TcpStream,
        config: ServerConfig,
        replies: Vec<Reply>,
        commands: Arc<Mutex<Vec<Command>>>,
    ) -> Self {
        let mut tls = ServerConnection::new(Arc::new(config)).unwrap();
        while tls.is_handshaking() && tls.complete_io(&mut socket).is_ok() {}
        let stream = StreamOwned::new(tls, socket);
        Self {
            stream,
            replies: replies.into_iter(),
            commands,
            turn: 0,
        }
    }

    fn serve(mut self) {
        let mut hello = Vec::new();
        Hello::OURS.encode(&mut Writer::new(&mut hello));
        if self.stream.conn.is_handshaking() {
            return;
        }
        write_frame(&mut self.stream, header(Kind::Hello, 0), &hello).unwrap();
        let theirs = read_frame(&mut self.stream).unwrap();
        assert_eq!(theirs.header.kind, Kind::Hello);
        let theirs = Hello::decode(&mut Reader::new(SessionHandle(0), &theirs.payload));
        assert_eq!(theirs.unwrap(), Hello::OURS);
        while let Ok(frame) = read_frame(&mut self.stream) {
            assert_eq!(frame.header.kind, Kind::AdminRequest);
            let reply = match postcard::from_bytes(&frame.payload).unwrap() {
                Request::Challenge => Reply::Challenge {
                    instance: INSTANCE,
                    nonce: NONCE,
                },
                Request::Command { command, signature } => self.command(&command, &signature),
                Request::Status => Reply::Status(status()),
            };
            let reply = postcard::to_stdvec(&reply).unwrap();
            let header = header(Kind::AdminReply, frame.header.correlation);
            write_frame(&mut self.stream, header, &reply).unwrap();
        }
    }

    fn command(&mut self, command: &[u8], signature: &[u8]) -> Reply {
        let tls = &self.stream.conn;
        let exporter = tls
            .export_keying_material([0; 32], EXPORTER_LABEL, None)
            .unwrap();
        let message = signed_bytes(&exporter, &INSTANCE, &NONCE, self.turn, command);
        self.turn += 1;
        let certificate = &tls.peer_certificates().unwrap()[0];
        if ukey::verify(certificate, &message, signature).is_err() {
            return Reply::Failed("the signature is wrong".to_owned());
        }
        self.commands
            .lock()
            .unwrap()
            .push(postcard::from_bytes(command).unwrap());
        self.replies.next().unwrap_or(Reply::Done)
    }
}

pub(crate) fn status() -> Status {
    Status {
        instance: INSTANCE,
        state: State::Operational,
        version: "1.2.3".to_owned(),
        started: 1_700_000_000,
        agents: 1,
        applications: 2,
        partitions: 3,
        audit_entries: 4,
        root_slots: vec!["file".to_owned()],
        warnings: vec!["memory is not locked".to_owned()],
    }
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn header(kind: Kind, correlation: u64) -> Header {
    Header {
        kind,
        call: 0,
        length: 0,
        correlation,
        application: 0,
        session: SessionHandle(0),
    }
}

/// Admits every certificate whose key the client holds, or none.
#[derive(Debug)]
struct Admission {
    admit: bool,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Admission {
    fn root_hint_subjects(&self) -> &[rustls::DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if self.admit {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(rustls::CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General(
            "TLS 1.2 is not spoken here".to_owned(),
        ))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
