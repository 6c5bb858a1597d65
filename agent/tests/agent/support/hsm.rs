//! An HSM that does what the test says.

use std::sync::Arc;

use proto::frame::{Header, Kind};
use rustls::ServerConfig;
use tokio::io::{ReadHalf, split};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use transport::frames::{Frame, FrameError, FrameReader, FrameSender, channel};
use transport::peer;

use super::{Ca, OK};

pub(crate) struct Hsm {
    pub(crate) ca: Ca,
    pub(crate) address: String,
    pub(crate) listener: TcpListener,
    acceptor: TlsAcceptor,
}

/// A connection from an agent. Dropped, it is lost without a word, as when an HSM loses power.
pub(crate) struct HsmConnection {
    pub(crate) reader: FrameReader<ReadHalf<TlsStream<TcpStream>>>,
    pub(crate) sender: FrameSender,
    writing: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Hsm {
    pub(crate) async fn new() -> Self {
        let ca = Ca::new();
        let server = ca.server(4000);
        Self::with(ca, server).await
    }

    pub(crate) async fn with(ca: Ca, server: ServerConfig) -> Self {
        Self::at("127.0.0.1:0", ca, server).await
    }

    pub(crate) async fn at(address: &str, ca: Ca, server: ServerConfig) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        Self {
            ca,
            address,
            listener,
            acceptor: Arc::new(server).into(),
        }
    }

    /// Accepts an agent that is expected to be let in.
    pub(crate) async fn accept(&self) -> HsmConnection {
        self.try_accept().await.unwrap()
    }

    /// Does the handshake with an agent, and says hello.
    pub(crate) async fn try_accept(&self) -> std::io::Result<HsmConnection> {
        let (tcp, _) = self.listener.accept().await?;
        let (read, write) = split(self.acceptor.accept(tcp).await?);
        let mut reader = FrameReader::new(read);
        let (sender, writer) = channel(write);
        let writing = tokio::spawn(writer.run());
        let hello = peer::exchange(&mut reader, &sender, peer::DEADLINE).await;
        hello.map_err(std::io::Error::other)?;
        Ok(HsmConnection {
            reader,
            sender,
            writing,
        })
    }
}

impl HsmConnection {
    /// Reads the next frame that is no question whether the HSM is alive.
    pub(crate) async fn read(&mut self) -> Frame {
        loop {
            let frame = self.reader.read().await.unwrap();
            if frame.header.kind != Kind::Hello {
                return frame;
            }
        }
    }

    /// Waits until the agent has closed the connection.
    pub(crate) async fn read_to_end(&mut self) {
        loop {
            match self.reader.read().await {
                Ok(_) => {}
                Err(FrameError::Closed) => return,
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    /// Answers a request with success and its own payload.
    pub(crate) async fn echo(&self, request: &Frame) {
        let mut payload = OK.to_le_bytes().to_vec();
        payload.extend_from_slice(&request.payload);
        let header = Header {
            kind: Kind::Reply,
            ..request.header
        };
        self.sender.send(header, &payload).await.unwrap();
    }

    /// Answers every call until the agent leaves.
    pub(crate) async fn echo_all(mut self) -> Self {
        while let Ok(frame) = self.reader.read().await {
            if frame.header.kind == Kind::Request {
                self.echo(&frame).await;
            }
        }
        self
    }
}

impl Drop for HsmConnection {
    fn drop(&mut self) {
        self.writing.abort();
    }
}
