//! An application, as the module speaks for it.

use std::path::Path;

use proto::frame::{Header, Kind};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use transport::frames::{Frame, FrameError, FrameReader, FrameSender, channel};
use transport::peer::{self, PeerError};

use super::header;

pub(crate) struct Application {
    pub(crate) reader: FrameReader<OwnedReadHalf>,
    pub(crate) sender: FrameSender,
    correlation: u64,
}

impl Application {
    pub(crate) async fn connect(socket: &Path) -> Self {
        Self::try_connect(socket).await.unwrap()
    }

    pub(crate) async fn try_connect(socket: &Path) -> Result<Self, PeerError> {
        let (read, write) = UnixStream::connect(socket).await.unwrap().into_split();
        let mut reader = FrameReader::new(read);
        let (sender, writer) = channel(write);
        tokio::spawn(writer.run());
        peer::exchange(&mut reader, &sender, peer::DEADLINE).await?;
        Ok(Self {
            reader,
            sender,
            correlation: 0,
        })
    }

    /// Sends a call, and returns its correlation id.
    pub(crate) async fn request(&mut self, payload: &[u8]) -> u64 {
        self.correlation += 1;
        self.send(header(Kind::Request, self.correlation), payload)
            .await;
        self.correlation
    }

    pub(crate) async fn send(&self, header: Header, payload: &[u8]) {
        self.sender.send(header, payload).await.unwrap();
    }

    /// Reads a reply: correlation id, return code and what follows it.
    pub(crate) async fn reply(&mut self) -> (u64, u32, Vec<u8>) {
        let frame = self.reader.read().await.unwrap();
        let (correlation, rv) = checked(&frame);
        (correlation, rv, frame.payload[4..].to_vec())
    }

    /// Makes a call, and returns its return code.
    pub(crate) async fn call(&mut self, payload: &[u8]) -> u32 {
        let sent = self.request(payload).await;
        let (correlation, rv, _) = self.reply().await;
        assert_eq!(correlation, sent);
        rv
    }

    /// Waits until the agent has closed the connection.
    pub(crate) async fn cut_off(&mut self) {
        match self.reader.read().await {
            Err(FrameError::Closed | FrameError::Truncated) => {}
            Err(error) => panic!("{error:?}"),
            Ok(frame) => panic!("{:?}", frame.header),
        }
    }
}

fn checked(frame: &Frame) -> (u64, u32) {
    assert_eq!(frame.header.kind, Kind::Reply);
    let rv = frame.payload.first_chunk().copied().map(u32::from_le_bytes);
    (frame.header.correlation, rv.unwrap())
}
