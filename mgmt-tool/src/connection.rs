//! The connection to an HSM: TLS with the UKey's certificate, and commands that the UKey signs.

use std::io::{self, ErrorKind};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use proto::admin::{Command, EXPORTER_LABEL, Id, Reply, Request, Status, signed_bytes};
use proto::frame::{Header, Kind};
use proto::hello::Hello;
use proto::shape::SessionHandle;
use proto::{Reader, Writer};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConnection, StreamOwned};
use serde::Serialize;
use transport::blocking::{read_frame, write_frame};
use transport::frames::{Frame, FrameError};
use ukey::Ukey;
use zeroize::Zeroizing;

use crate::Error;
use crate::settings::Settings;

/// How long each address may take to answer: a host that is there answers in milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an answer may take: the slowest command destroys a full partition.
const REPLY_TIMEOUT: Duration = Duration::from_secs(120);

/// Is an open connection, over which one UKey gives commands.
pub(crate) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    ukey: Ukey,
    exporter: Zeroizing<[u8; 32]>,
    instance: Id,
    nonce: [u8; 32],
    turn: u64,
    correlation: u64,
}

impl Connection {
    /// Opens the UKey, connects, and gets the challenge that commands answer.
    pub(crate) fn open(settings: &Settings) -> Result<Self, Error> {
        let address = settings.address()?;
        let ca = settings.ca()?;
        let ukey = settings.open_ukey()?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(ukey.tls_key_der().to_vec()));
        let certificate = CertificateDer::from(ukey.certificate_der().to_vec());
        let config = transport::tls::client_config_with(ca, vec![certificate], key)?;
        let name = ServerName::try_from(settings.server_name().to_owned())
            .map_err(|_| Error::Usage("--server-name is no host name".to_owned()))?;

        let mut socket = connect(&address)?;
        let handshake = |source| Error::Handshake {
            address: address.clone(),
            source,
        };
        let mut tls = ClientConnection::new(Arc::new(config), name)
            .map_err(|error| handshake(io::Error::other(error)))?;
        while tls.is_handshaking() {
            tls.complete_io(&mut socket).map_err(handshake)?;
        }
        let exporter = tls
            .export_keying_material([0; 32], EXPORTER_LABEL, None)
            .map_err(|error| handshake(io::Error::other(error)))?;

        let mut connection = Self {
            stream: StreamOwned::new(tls, socket),
            ukey,
            exporter: Zeroizing::new(exporter),
            instance: [0; 16],
            nonce: [0; 32],
            turn: 0,
            correlation: 0,
        };
        connection.hello(&address)?;
        connection.challenge()?;
        Ok(connection)
    }

    /// Says hello. The HSM's comes first: in TLS 1.3 a client learns with the first bytes that it
    /// reads whether its certificate was accepted, and an unread write could hide the refusal.
    fn hello(&mut self, address: &str) -> Result<(), Error> {
        let frame = read_frame(&mut self.stream).map_err(|error| match error {
            FrameError::Io(error) if is_refusal(&error) => Error::NotAdmitted {
                address: address.to_owned(),
            },
            other => Error::Connection(other),
        })?;
        if frame.header.kind != Kind::Hello {
            return Err(Error::UnexpectedReply);
        }
        let theirs = Hello::decode(&mut Reader::new(SessionHandle(0), &frame.payload))
            .map_err(|_| Error::UnexpectedReply)?;
        let mut ours = Vec::new();
        Hello::OURS.encode(&mut Writer::new(&mut ours));
        write_frame(&mut self.stream, header(Kind::Hello, 0), &ours)
            .map_err(|error| Error::Connection(FrameError::Io(error)))?;
        if Hello::OURS.agree(&theirs).is_none() {
            return Err(Error::ProtocolVersion {
                oldest: theirs.oldest,
                newest: theirs.newest,
            });
        }
        Ok(())
    }

    fn challenge(&mut self) -> Result<(), Error> {
        match self.exchange(&Request::Challenge)? {
            Reply::Challenge { instance, nonce } => {
                (self.instance, self.nonce) = (instance, nonce);
                Ok(())
            }
            _ => Err(Error::UnexpectedReply),
        }
    }

    /// Asks how the HSM is.
    pub(crate) fn status(&mut self) -> Result<Status, Error> {
        match self.exchange(&Request::Status)? {
            Reply::Status(status) => Ok(status),
            _ => Err(Error::UnexpectedReply),
        }
    }

    /// Signs a command and has it done.
    pub(crate) fn command(&mut self, command: &Command) -> Result<Reply, Error> {
        let command = encode(command)?;
        let message = signed_bytes(
            &self.exporter,
            &self.instance,
            &self.nonce,
            self.turn,
            &command,
        );
        let message = Zeroizing::new(message);
        let signature = self.ukey.sign(&message)?;
        // The HSM counts every command that it gets, whatever comes of it.
        self.turn += 1;
        self.exchange(&Request::Command {
            command: command.to_vec(),
            signature,
        })
    }

    /// Has a command done that is answered with nothing but success.
    pub(crate) fn order(&mut self, command: &Command) -> Result<(), Error> {
        match self.command(command)? {
            Reply::Done => Ok(()),
            _ => Err(Error::UnexpectedReply),
        }
    }

    fn exchange(&mut self, request: &Request) -> Result<Reply, Error> {
        self.correlation += 1;
        let payload = encode(request)?;
        let header = header(Kind::AdminRequest, self.correlation);
        write_frame(&mut self.stream, header, &payload)
            .map_err(|error| Error::Connection(FrameError::Io(error)))?;
        let Frame { header, payload } = read_frame(&mut self.stream).map_err(Error::Connection)?;
        if header.kind != Kind::AdminReply || header.correlation != self.correlation {
            return Err(Error::UnexpectedReply);
        }
        match postcard::take_from_bytes(&payload) {
            Ok((Reply::Failed(why), [])) => Err(Error::Refused(why)),
            Ok((reply, [])) => Ok(reply),
            _ => Err(Error::UnexpectedReply),
        }
    }
}

/// Connects to the first of the host's addresses that answers.
fn connect(address: &str) -> Result<TcpStream, Error> {
    let failed = |source| Error::Connect {
        address: address.to_owned(),
        source,
    };
    let mut last = ErrorKind::NotFound.into();
    for candidate in address.to_socket_addrs().map_err(failed)? {
        match TcpStream::connect_timeout(&candidate, CONNECT_TIMEOUT) {
            Ok(socket) => {
                let timeout = Some(REPLY_TIMEOUT);
                socket.set_nodelay(true).map_err(failed)?;
                socket.set_read_timeout(timeout).map_err(failed)?;
                socket.set_write_timeout(timeout).map_err(failed)?;
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

/// Tells whether the peer ended the connection by a TLS alert, as it does with a certificate that
/// it does not accept.
fn is_refusal(error: &io::Error) -> bool {
    let cause = error
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<rustls::Error>());
    matches!(cause, Some(rustls::Error::AlertReceived(_)))
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

fn encode(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    postcard::to_stdvec(value)
        .map(Zeroizing::new)
        .map_err(Error::machine("encode a command"))
}

#[cfg(test)]
mod tests;
