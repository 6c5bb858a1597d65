//! One agent's connection: the calls of the applications behind it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use proto::frame::Kind;
use proto::{Call, Weight};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::server::TlsStream;
use transport::frames::{Frame, FrameReader, FrameSender, FrameWriter};

use crate::core::{Agent, Application, Core};

/// The most applications behind one agent: as many as there may be agents, so that neither is the narrower door.
const APPLICATIONS: usize = 2_048;
/// The most heavy calls of one agent at once; the rest of its frames wait in the socket.
const HEAVY_CALLS: usize = 128;

/// Serves an agent until it leaves, misbehaves, is revoked, or the daemon stops.
pub(super) async fn serve(
    core: Arc<Core>,
    stream: TlsStream<TcpStream>,
    agent: Arc<Agent>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let (read, write) = tokio::io::split(stream);
    let (mut reader, writer) = (FrameReader::new(read), FrameWriter::new(write));
    transport::peer::accept_hello(&mut reader, &writer.sender()).await?;
    tracing::info!(agent = agent.record.name, "agent connected");
    let mut connection = Connection {
        core: Arc::clone(&core),
        agent: Arc::clone(&agent),
        sender: writer.sender(),
        applications: HashMap::new(),
        heavy: Arc::new(Semaphore::new(HEAVY_CALLS)),
    };
    let left = Duration::from_secs(agent.record.not_after.saturating_sub(core.now_s()));
    let result = tokio::select! {
        result = connection.run(&mut reader) => result,
        () = agent.revoked() => Err(anyhow::anyhow!("access certificate {} was revoked", agent.record.serial)),
        () = tokio::time::sleep(left) => Err(anyhow::anyhow!("access certificate {} has expired", agent.record.serial)),
        _ = stop.changed() => Ok(()),
    };
    connection.close().await;
    writer.close().await;
    tracing::info!(agent = agent.record.name, "agent disconnected");
    result
}

/// What a connection holds.
struct Connection {
    core: Arc<Core>,
    agent: Arc<Agent>,
    sender: FrameSender,
    applications: HashMap<u64, Arc<Application>>,
    heavy: Arc<Semaphore>,
}

impl Connection {
    /// Reads frames until the agent closes the connection.
    ///
    /// Calls that arrive together are spread over the threads; a call that arrives alone is served where it is, which
    /// saves its caller a change of thread.
    async fn run<R: tokio::io::AsyncRead + Unpin>(
        &mut self,
        reader: &mut FrameReader<R>,
    ) -> anyhow::Result<()> {
        while let Some(frame) = reader.next().await? {
            let mut frame = frame;
            while let Some(next) = reader.next_buffered()? {
                self.receive(frame, true).await?;
                frame = next;
            }
            self.receive(frame, false).await?;
        }
        Ok(())
    }

    /// Takes one frame.
    async fn receive(&mut self, frame: Frame, others_wait: bool) -> anyhow::Result<()> {
        match frame.header.kind {
            Kind::Request => self.call(frame, others_wait).await,
            Kind::Gone => {
                if let Some(application) = self.applications.remove(&frame.header.application) {
                    self.forget(application).await;
                }
                Ok(())
            }
            kind => bail!("an agent sent a frame of kind {kind:?}"),
        }
    }

    /// Serves one call: here, on another thread, or among the heavy ones.
    async fn call(&mut self, frame: Frame, others_wait: bool) -> anyhow::Result<()> {
        let application = self.application(frame.header.application)?;
        let (core, sender) = (Arc::clone(&self.core), self.sender.clone());
        let weight = Call::from_number(frame.header.call).map(|call| call.row().weight);
        if weight == Some(Weight::Heavy) {
            let permit = Arc::clone(&self.heavy).acquire_owned().await?;
            tokio::task::spawn_blocking(move || {
                answer(&core, &application, &frame, &sender);
                drop(permit);
            });
        } else if others_wait {
            tokio::spawn(async move { answer(&core, &application, &frame, &sender) });
        } else {
            answer(&core, &application, &frame, &sender);
        }
        self.sender.ready().await;
        Ok(())
    }

    /// Finds the application, or opens it at its first call.
    fn application(&mut self, id: u64) -> anyhow::Result<Arc<Application>> {
        let known = self.applications.len();
        match self.applications.entry(id) {
            Entry::Occupied(entry) => Ok(Arc::clone(entry.get())),
            Entry::Vacant(_) if known >= APPLICATIONS => {
                bail!("more than {APPLICATIONS} applications behind one agent")
            }
            Entry::Vacant(entry) => {
                Ok(Arc::clone(entry.insert(self.core.open_application(&self.agent))))
            }
        }
    }

    /// Ends what an application has open. It may have to wait for a call that is under way.
    async fn forget(&self, application: Arc<Application>) {
        let core = Arc::clone(&self.core);
        let _ = tokio::task::spawn_blocking(move || core.close_application(&application)).await;
    }

    /// Ends what all of them have open.
    async fn close(&mut self) {
        for (_, application) in std::mem::take(&mut self.applications) {
            self.forget(application).await;
        }
    }
}

/// Serves a call and queues its reply.
fn answer(core: &Core, application: &Application, frame: &Frame, sender: &FrameSender) {
    sender.send_with(|out| core.call(application, &frame.header, &frame.payload, out));
}
