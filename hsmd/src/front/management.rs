//! One administrator's connection: signed commands, one after the other.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use proto::admin::EXPORTER_LABEL;
use proto::frame::{Header, Kind};
use proto::shape::SessionHandle;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use transport::frames::{FrameError, FrameReader, channel};
use transport::peer;

use crate::core::{Core, Desk, Identity};

/// An administrator who says nothing for so long is not there any more.
const IDLE: Duration = Duration::from_secs(600);

/// Serves an administrator until it leaves, falls silent, or the daemon stops.
pub(super) async fn serve(
    core: Arc<Core>,
    stream: TlsStream<TcpStream>,
    identity: Identity,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let exporter = stream
        .get_ref()
        .1
        .export_keying_material([0; 32], EXPORTER_LABEL, None)
        .context("the connection gives no channel binding")?;
    let (read, write) = tokio::io::split(stream);
    let mut reader = FrameReader::new(read);
    let (sender, writer) = channel(write);
    tokio::spawn(writer.run());
    peer::exchange(&mut reader, &sender, peer::DEADLINE).await?;
    let mut desk = Desk::new(core, identity, exporter)?;
    let result = loop {
        let frame = tokio::select! {
            frame = timeout(IDLE, reader.read()) => frame,
            _ = stop.changed() => break Ok(()),
        };
        let frame = match frame {
            Ok(Ok(frame)) => frame,
            Ok(Err(FrameError::Closed)) | Err(_) => break Ok(()),
            Ok(Err(error)) => break Err(error.into()),
        };
        if frame.header.kind != Kind::AdminRequest {
            bail!(
                "an administrator sent a frame of kind {:?}",
                frame.header.kind
            );
        }
        let correlation = frame.header.correlation;
        // Commands derive keys from PINs and wait for the disk.
        let (returned, reply) = tokio::task::spawn_blocking(move || {
            let reply = desk.serve(&frame.payload);
            (desk, reply)
        })
        .await?;
        desk = returned;
        let header = Header {
            kind: Kind::AdminReply,
            call: 0,
            length: 0,
            correlation,
            application: 0,
            session: SessionHandle(0),
        };
        sender.send(header, &reply).await?;
    };
    sender.close();
    result
}
