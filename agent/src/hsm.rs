//! Keeps one HSM connected: connects, carries frames, and connects again.

mod retry;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proto::frame::Kind;
use thiserror::Error;
use tokio::time::{MissedTickBehavior, interval};
use transport::frames::{FrameError, FrameRef, SendError};
use transport::peer;

use self::retry::Retry;
use crate::application::Serving;
use crate::config::HsmConfig;
use crate::connect::{Connection, connect};
use crate::router::Link;

/// Numbers connections.
static LINKS: AtomicU64 = AtomicU64::new(1);

/// How a connection ended.
#[derive(Debug, Error)]
enum Loss {
    #[error("nothing more comes from it")]
    Frame(#[from] FrameError),
    #[error("it sent a frame of kind {0:?}, which an HSM does not send to an agent")]
    Kind(Kind),
    #[error("nothing more can be sent to it")]
    Sending(#[from] SendError),
}

/// Keeps the HSM of that index connected, for as long as it is let.
pub(crate) async fn keep(serving: Arc<Serving>, index: usize, config: HsmConfig) {
    let address = config.address.as_str();
    let mut retry = Retry::new(serving.timing);
    let mut told = String::new();
    loop {
        match connect(&config, serving.timing.connect).await {
            Ok(connection) => {
                tracing::info!(address, "HSM connected");
                retry.reset();
                told.clear();
                let Err(loss) = carry(&serving, index, connection).await;
                if *serving.stop.borrow() {
                    return;
                }
                let reason = format!("{:#}", anyhow::Error::from(loss));
                tracing::warn!(address, reason, "HSM lost");
            }
            Err(error) => {
                serving.router.set_down(index);
                let reason = format!("{:#}", anyhow::Error::from(error));
                // The same reason again and again tells nobody anything.
                if told == reason {
                    tracing::debug!(address, reason, "HSM still not reachable");
                } else {
                    tracing::warn!(address, reason, "HSM not reachable");
                    told = reason;
                }
            }
        }
        retry.wait(|| serving.router.until_wanted(index)).await;
    }
}

/// Carries frames until the connection is lost, and answers what was in flight on it.
async fn carry(
    serving: &Serving,
    index: usize,
    mut connection: Connection,
) -> Result<Infallible, Loss> {
    let link = Link {
        number: LINKS.fetch_add(1, Ordering::Relaxed),
        version: connection.version,
        sender: connection.sender.clone(),
    };
    let number = link.number;
    serving.router.set_up(index, link);
    let end = carry_frames(serving, &mut connection).await;
    // In this order: no call can join those in flight unanswered once the connection takes no more.
    serving.router.set_down(index);
    connection.sender.close();
    serving.applications.lose(number);
    end
}

async fn carry_frames(serving: &Serving, connection: &mut Connection) -> Result<Infallible, Loss> {
    let Connection { reader, sender, .. } = connection;
    reader.limit_silence(Some(serving.timing.silence));
    let mut question = 0;
    let mut keepalive = interval(serving.timing.keepalive);
    keepalive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            frame = reader.read_in_place() => {
                take(serving, frame?)?;
                while let Some(frame) = reader.take_received()? {
                    take(serving, frame)?;
                }
            }
            _ = keepalive.tick() => {
                question += 1;
                match peer::try_hello(sender, question) {
                    // It is not idle then, and silence will tell if it is stuck.
                    Ok(()) | Err(SendError::Full) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            () = sender.ended() => return Err(SendError::Closed.into()),
        }
    }
}

/// Takes one frame from the HSM.
fn take(serving: &Serving, frame: FrameRef<'_>) -> Result<(), Loss> {
    match frame.header.kind {
        Kind::Reply => serving.applications.deliver(frame),
        // The answer to a question whether it is alive.
        Kind::Hello => {}
        kind => return Err(Loss::Kind(kind)),
    }
    Ok(())
}
