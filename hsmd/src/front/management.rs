//! One administrator's connection: signed commands, one after the other.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use proto::admin::EXPORTER_LABEL;
use proto::frame::{Header, Kind, append};
use proto::shape::SessionHandle;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use transport::frames::{FrameReader, FrameWriter};

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
    let (mut reader, writer) = (FrameReader::new(read), FrameWriter::new(write));
    let sender = writer.sender();
    transport::peer::accept_hello(&mut reader, &sender).await?;
    let mut desk = Desk::new(core, identity, exporter)?;
    let result = loop {
        let frame = tokio::select! {
            frame = timeout(IDLE, reader.next()) => frame,
            _ = stop.changed() => break Ok(()),
        };
        let frame = match frame {
            Ok(Ok(Some(frame))) => frame,
            Ok(Ok(None)) | Err(_) => break Ok(()),
            Ok(Err(error)) => break Err(error.into()),
        };
        if frame.header.kind != Kind::AdminRequest {
            bail!("an administrator sent a frame of kind {:?}", frame.header.kind);
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
        sender.send_with(|out| {
            // A reply is far below the limit: lists are paged.
            let _ = append(out, header, |writer| writer.raw(&reply));
        });
    };
    writer.close().await;
    result
}
