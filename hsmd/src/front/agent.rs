//! One agent's connection: the calls of the applications behind it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use proto::frame::{Header, Kind};
use proto::{Call, Weight};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::server::TlsStream;
use transport::frames::{Frame, FrameError, FrameReader, FrameSender, channel};
use transport::peer;
use zeroize::Zeroizing;

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
    let mut reader = FrameReader::new(read);
    let (sender, writer) = channel(write);
    tokio::spawn(writer.run());
    peer::exchange(&mut reader, &sender, peer::DEADLINE).await?;
    let _connected = core.connect();
    tracing::info!(agent = agent.record.name, "agent connected");
    let mut connection = Connection {
        core: Arc::clone(&core),
        agent: Arc::clone(&agent),
        sender: sender.clone(),
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
    sender.close();
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
        loop {
            let mut frame = match reader.read().await {
                Ok(frame) => frame,
                Err(FrameError::Closed) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            while let Some(next) = reader.take_received()? {
                let next = next.to_frame();
                self.receive(frame, true).await?;
                frame = next;
            }
            self.receive(frame, false).await?;
        }
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
            // Later ones ask whether the HSM is alive.
            Kind::Hello => Ok(peer::answer_hello(&self.sender, frame.header).await?),
            kind => bail!("an agent sent a frame of kind {kind:?}"),
        }
    }

    /// Serves one call: here, on another thread, or among the heavy ones.
    async fn call(&mut self, frame: Frame, others_wait: bool) -> anyhow::Result<()> {
        let serving = Serving {
            core: Arc::clone(&self.core),
            agent: Arc::clone(&self.agent),
            application: self.application(frame.header.application)?,
            sender: self.sender.clone(),
        };
        let weight = Call::from_number(frame.header.call).map(|call| call.row().weight);
        if weight == Some(Weight::Heavy) {
            let permit = Arc::clone(&self.heavy).acquire_owned().await?;
            tokio::task::spawn_blocking(move || {
                let reply = serving.reply(&frame);
                drop(permit);
                // The reply is on its way even when the queue is full: the permits bound how many such there are.
                let _ = serving
                    .sender
                    .try_send(answer_to(&frame), &reply, usize::MAX);
            });
        } else if others_wait {
            tokio::spawn(async move {
                let reply = serving.reply(&frame);
                // A peer that is gone needs no answer.
                let _ = serving.sender.send(answer_to(&frame), &reply).await;
            });
        } else {
            let reply = serving.reply(&frame);
            serving.sender.send(answer_to(&frame), &reply).await?;
        }
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
            Entry::Vacant(entry) => Ok(Arc::clone(
                entry.insert(self.core.open_application(&self.agent)),
            )),
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

/// What serving one call takes.
struct Serving {
    core: Arc<Core>,
    agent: Arc<Agent>,
    application: Arc<Application>,
    sender: FrameSender,
}

impl Serving {
    fn reply(&self, frame: &Frame) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.core.call(
            &self.agent,
            &self.application,
            &frame.header,
            &frame.payload,
        ))
    }
}

/// The header of the reply to a request.
fn answer_to(frame: &Frame) -> Header {
    Header {
        kind: Kind::Reply,
        ..frame.header
    }
}
