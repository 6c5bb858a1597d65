//! Reads frames from a stream.

use std::io;
use std::pin::{Pin, pin};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::receive::ReceiveBuffer;
use super::{Frame, FrameError, FrameRef, KEEP};

/// Reads frames from a stream, as many per read as have arrived.
///
/// It holds at most one frame of the largest size, and no more than that for a peer that sends nothing. Every method
/// may be dropped halfway without losing a byte.
pub struct FrameReader<R> {
    source: R,
    received: ReceiveBuffer,
    patience: Option<Patience>,
}

/// How long a silent peer is waited for. One timer that is moved now and then, rather than one per read.
struct Patience {
    limit: Duration,
    heard: Instant,
    timer: Pin<Box<Sleep>>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads from `source`.
    #[must_use]
    pub fn new(source: R) -> Self {
        Self {
            source,
            received: ReceiveBuffer::new(),
            patience: None,
        }
    }

    /// Lets reading fail with [`FrameError::Idle`] when not one byte arrives for that long; `None` waits forever.
    pub fn limit_silence(&mut self, limit: Option<Duration>) {
        let heard = Instant::now();
        self.patience = limit.map(|limit| Patience {
            limit,
            heard,
            timer: Box::pin(sleep_until(heard + limit)),
        });
    }

    /// Waits for the next frame and copies it.
    ///
    /// # Errors
    /// [`FrameError`], after which there is no next frame.
    pub async fn read(&mut self) -> Result<Frame, FrameError> {
        self.read_in_place().await.map(|frame| frame.to_frame())
    }

    /// Waits for the next frame and lends it from the receive buffer.
    ///
    /// # Errors
    /// [`FrameError`], after which there is no next frame.
    pub async fn read_in_place(&mut self) -> Result<FrameRef<'_>, FrameError> {
        while !self.received.is_whole().map_err(FrameError::Malformed)? {
            self.fill().await?;
        }
        self.take_received()?.ok_or(FrameError::Truncated)
    }

    /// Takes a frame that has already arrived whole, without waiting.
    ///
    /// # Errors
    /// [`FrameError::Malformed`], after which there is no next frame.
    pub fn take_received(&mut self) -> Result<Option<FrameRef<'_>>, FrameError> {
        self.received.take().map_err(FrameError::Malformed)
    }

    /// How many bytes of memory the receive buffer has.
    #[cfg(test)]
    pub(super) fn buffer_len(&self) -> usize {
        self.received.len()
    }

    /// Reads once.
    async fn fill(&mut self) -> Result<(), FrameError> {
        if self.received.is_oversized() {
            let read = self.source.read(self.received.room());
            match timeout(KEEP, read).await {
                Ok(count) => return self.add(count),
                Err(_) => self.received.shrink(),
            }
        }
        let read = self.source.read(self.received.room());
        let count = match &mut self.patience {
            None => read.await,
            Some(patience) => patience.wait_for(read).await?,
        };
        self.add(count)
    }

    /// Counts in what was read.
    fn add(&mut self, count: io::Result<usize>) -> Result<(), FrameError> {
        if let Some(patience) = &mut self.patience {
            patience.heard = Instant::now();
        }
        match count {
            Ok(0) => Err(self.ended()),
            Ok(count) => {
                self.received.add(count);
                Ok(())
            }
            // A process that dies says no goodbye in TLS; frames tell where they end, so nothing can be cut unseen.
            Err(error) if is_end(&error) => Err(self.ended()),
            Err(error) => Err(FrameError::Io(error)),
        }
    }

    const fn ended(&self) -> FrameError {
        if self.received.is_empty() {
            FrameError::Closed
        } else {
            FrameError::Truncated
        }
    }
}

fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

impl Patience {
    async fn wait_for<T>(&mut self, read: impl Future<Output = T>) -> Result<T, FrameError> {
        let mut read = pin!(read);
        loop {
            tokio::select! {
                biased;
                done = &mut read => return Ok(done),
                () = &mut self.timer => {
                    let end = self.heard + self.limit;
                    if Instant::now() >= end {
                        return Err(FrameError::Idle(self.limit));
                    }
                    self.timer.as_mut().reset(end);
                }
            }
        }
    }
}
