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

use crate::core::{Agent, Core, Held, Leaving};

/// The most applications behind one agent: as many as there may be agents, so that neither is the narrower door.
const APPLICATIONS: usize = 2_048;
/// The most heavy calls of one agent at once; the rest of its frames wait in the socket.
const HEAVY_CALLS: usize = 128;

/// After how much silence an agent counts as lost: it asks every few seconds whether the HSM is alive.
const SILENCE: Duration = Duration::from_secs(60);

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
    reader.limit_silence(Some(SILENCE));
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
        _ = stop.changed() => Ok(Ending::Stopped),
    };
    let leaving = match (&result, *stop.borrow()) {
        // The application may find another way here.
        (Ok(Ending::Cut), false) => Leaving::Cut,
        _ => Leaving::Ended,
    };
    connection.close(leaving).await;
    sender.close();
    tracing::info!(agent = agent.record.name, "agent disconnected");
    match result? {
        Ending::Cut | Ending::Stopped => Ok(()),
    }
}

/// How serving an agent ends well.
enum Ending {
    /// Nothing more comes from it.
    Cut,
    /// The daemon stops.
    Stopped,
}

/// What a connection holds.
struct Connection {
    core: Arc<Core>,
    agent: Arc<Agent>,
    sender: FrameSender,
    applications: HashMap<u64, Held>,
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
    ) -> anyhow::Result<Ending> {
        loop {
            let mut frame = match reader.read().await {
                Ok(frame) => frame,
                // It ended, it broke, or nothing is left at its other end.
                Err(
                    FrameError::Closed
                    | FrameError::Idle(_)
                    | FrameError::Io(_)
                    | FrameError::Truncated,
                ) => return Ok(Ending::Cut),
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
            Kind::Request | Kind::Again => self.call(frame, others_wait).await,
            Kind::Attach => self.attach(frame).await,
            Kind::Gone => {
                if let Some(held) = self.applications.remove(&frame.header.application) {
                    self.let_go(held, Leaving::Ended).await;
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
            held: self.application(frame.header.application)?,
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
    fn application(&mut self, id: u64) -> anyhow::Result<Held> {
        let known = self.applications.len();
        match self.applications.entry(id) {
            Entry::Occupied(entry) => Ok(entry.get().clone()),
            Entry::Vacant(_) if known >= APPLICATIONS => {
                bail!("more than {APPLICATIONS} applications behind one agent")
            }
            Entry::Vacant(entry) => Ok(entry
                .insert(self.core.open_application(&self.agent))
                .clone()),
        }
    }

    /// Gives an application its place. It may have to log in again, which reads many objects.
    async fn attach(&mut self, frame: Frame) -> anyhow::Result<()> {
        let id = frame.header.application;
        let current = self.applications.get(&id).cloned();
        let before = current.clone();
        let (core, agent) = (Arc::clone(&self.core), Arc::clone(&self.agent));
        let header = answer_to(&frame);
        let (held, reply) = tokio::task::spawn_blocking(move || {
            core.attach(&agent, current.as_ref(), header.correlation, &frame.payload)
        })
        .await?;
        if let Some(held) = held {
            if before.is_none() && self.applications.len() >= APPLICATIONS {
                self.let_go(held, Leaving::Ended).await;
                bail!("more than {APPLICATIONS} applications behind one agent");
            }
            let replaced = before.filter(|before| !before.is(&held));
            self.applications.insert(id, held);
            if let Some(replaced) = replaced {
                self.let_go(replaced, Leaving::Ended).await;
            }
        }
        Ok(self.sender.send(header, &reply).await?)
    }

    /// Lets an application go.
    async fn let_go(&self, held: Held, leaving: Leaving) {
        let core = Arc::clone(&self.core);
        let _ = tokio::task::spawn_blocking(move || core.let_go(&held, leaving)).await;
    }

    /// Lets all of them go.
    async fn close(&mut self, leaving: Leaving) {
        for (_, held) in std::mem::take(&mut self.applications) {
            self.let_go(held, leaving).await;
        }
    }
}

/// What serving one call takes.
struct Serving {
    core: Arc<Core>,
    agent: Arc<Agent>,
    held: Held,
    sender: FrameSender,
}

impl Serving {
    fn reply(&self, frame: &Frame) -> Zeroizing<Vec<u8>> {
        self.core
            .call(&self.agent, &self.held, &frame.header, &frame.payload)
    }
}

/// The header of the reply to a request.
fn answer_to(frame: &Frame) -> Header {
    Header {
        kind: Kind::Reply,
        ..frame.header
    }
}
