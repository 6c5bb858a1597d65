//! Serves one application, from its connection to its end.

use std::sync::Arc;

use proto::frame::{Header, Kind, Loss};
use proto::hello;
use proto::shape::SessionHandle;
use thiserror::Error;
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio::sync::watch;
use tokio::time::timeout;
use transport::frames::{self, FrameError, FrameReader, FrameRef, FrameSender, SendError};
use transport::peer::{self, PeerError};

use super::{Application, FUNCTION_NOT_SUPPORTED};
use crate::applications::Applications;
use crate::router::{Link, Router};
use crate::timing::Timing;

/// What serving applications takes.
pub(crate) struct Serving {
    pub(crate) applications: Applications,
    pub(crate) router: Router,
    pub(crate) timing: Timing,
    /// Turns true when the agent stops.
    pub(crate) stop: watch::Receiver<bool>,
}

/// Why an application was cut off.
#[derive(Debug, Error)]
pub(crate) enum ApplicationError {
    #[error("it broke the connection off or garbled it")]
    Frame(#[source] FrameError),
    #[error("no common language")]
    Hello(#[source] PeerError),
    #[error("it sent a frame of kind {0:?}, which only others send")]
    Kind(Kind),
    #[error("it used the correlation id of a call that is still in flight")]
    Repeated,
    #[error("the system gives no random number for it")]
    Random,
    #[error("it reads replies too slowly")]
    Slow,
}

/// Serves an application until it leaves, misbehaves, or the agent stops.
pub(crate) async fn serve(serving: &Serving, stream: UnixStream) -> Result<(), ApplicationError> {
    let (read, write) = stream.into_split();
    let mut reader = FrameReader::new(read);
    let (sender, writer) = frames::channel(write);
    let mut writing = tokio::spawn(writer.run());
    let mut served = None;
    let result = serve_frames(serving, &mut reader, &sender, &mut served).await;
    // What was said before is still said, above all our versions to a peer that speaks none of them.
    sender.close();
    let slow = matches!(result, Err(ApplicationError::Slow));
    let written = if slow {
        None
    } else {
        timeout(serving.timing.drain, &mut writing).await.ok()
    };
    if written.is_none() {
        writing.abort();
    }
    if let Some(application) = served {
        let unheard = matches!(written, Some(Ok(Err(_))));
        if result.as_ref().err().is_none_or(is_broken_off) && application.may_come_back(unheard) {
            linger(serving).await;
        }
        tell_gone(&serving.router, application.id).await;
    }
    result
}

/// Tells whether an application broke its connection off, and was not cut off.
const fn is_broken_off(error: &ApplicationError) -> bool {
    matches!(
        error,
        ApplicationError::Frame(FrameError::Io(_) | FrameError::Truncated)
    )
}

/// Gives an application time to come back, unless the agent stops. Once it is back, that its old connection has gone takes nothing
/// from it.
async fn linger(serving: &Serving) {
    let mut stop = serving.stop.clone();
    let _ = timeout(serving.timing.linger, stop.wait_for(|stop| *stop)).await;
}

/// Serves the frames of an application, which it leaves in `served`: the HSMs are still to be told that it has gone.
async fn serve_frames(
    serving: &Serving,
    reader: &mut FrameReader<OwnedReadHalf>,
    sender: &FrameSender,
    served: &mut Option<Arc<Application>>,
) -> Result<(), ApplicationError> {
    match peer::exchange(reader, sender, serving.timing.connect).await {
        Ok(_version) => {}
        // A mere look whether somebody listens.
        Err(PeerError::Connection(FrameError::Closed)) => return Ok(()),
        Err(error) => return Err(ApplicationError::Hello(error)),
    }
    let added = serving.applications.add(sender.clone());
    let application = added.ok_or(ApplicationError::Random)?;
    let result = tokio::select! {
        result = relay(serving, &application, reader) => result,
        () = application.stuck.notified() => Err(ApplicationError::Slow),
        () = wind_down(serving, &application) => Ok(()),
    };
    serving.applications.remove(application.id);
    *served = Some(application);
    result
}

/// Relays calls until the application leaves or misbehaves.
async fn relay(
    serving: &Serving,
    application: &Application,
    reader: &mut FrameReader<OwnedReadHalf>,
) -> Result<(), ApplicationError> {
    let mut link = None;
    loop {
        let frame = match reader.read_in_place().await {
            Ok(frame) => frame,
            Err(FrameError::Closed) => return Ok(()),
            Err(error) => return Err(ApplicationError::Frame(error)),
        };
        match frame.header.kind {
            Kind::Request | Kind::Again | Kind::Attach => {
                call(serving, application, &mut link, frame).await?;
            }
            Kind::Hello => {
                // A connection that takes no answer ends at the next read.
                let _ = peer::answer_hello(&application.sender, frame.header).await;
            }
            kind => return Err(ApplicationError::Kind(kind)),
        }
    }
}

/// Relays one call, or answers it where there is no HSM.
async fn call(
    serving: &Serving,
    application: &Application,
    link: &mut Option<Arc<Link>>,
    frame: FrameRef<'_>,
) -> Result<(), ApplicationError> {
    let header = Header {
        application: application.id,
        ..frame.header
    };
    let Some(link) = serving.router.route(link).await else {
        application.regret(header, Loss::Unsent);
        return Ok(());
    };
    if header.kind == Kind::Request {
        if application.is_stranger_to(link.number) {
            application.regret(header, Loss::Unsent);
            return Ok(());
        }
    } else if link.version < hello::ATTACHES {
        // It does without, as an application of an earlier version.
        application.answer(header, FUNCTION_NOT_SUPPORTED);
        return Ok(());
    } else if header.kind == Kind::Attach {
        application.attach(link.number);
    } else if application.is_stranger_to(link.number) {
        application.regret(header, Loss::Unsent);
        return Ok(());
    }
    let begun = application.begin(header, link.number).await;
    begun.map_err(|_| ApplicationError::Repeated)?;
    let sent = link.sender.send(header, frame.payload).await;
    // Whoever takes the call out of those in flight answers it: this, or the loss of the connection.
    if sent.is_err() && application.finish(header.correlation).is_some() {
        application.regret(header, Loss::Unknown);
    }
    Ok(())
}

/// Waits for the agent's stop, and then for the calls in flight, within reason.
async fn wind_down(serving: &Serving, application: &Application) {
    let mut stop = serving.stop.clone();
    // An agent that is gone has stopped.
    let _ = stop.wait_for(|stop| *stop).await;
    let _ = timeout(serving.timing.drain, application.until_idle()).await;
}

/// Lets the HSMs end what the application has open.
async fn tell_gone(router: &Router, application: u64) {
    let header = Header {
        kind: Kind::Gone,
        call: 0,
        length: 0,
        correlation: 0,
        application,
        session: SessionHandle(0),
    };
    for link in router.links() {
        match link.sender.send(header, &[]).await {
            // A lost connection ends them as well.
            Ok(()) | Err(SendError::Closed | SendError::Full | SendError::TooLong) => {}
        }
    }
}
