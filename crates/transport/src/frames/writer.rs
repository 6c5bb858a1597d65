//! Writes frames to a stream: many tasks queue them, one task writes all that is queued at once.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use proto::frame::{HEADER_LEN, Header};
use proto::limits;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::timeout;

use super::{KEEP, REST_BYTES, SendError};
use crate::buffer::Buffer;

/// How many bytes may be queued before a sender waits: a peer that keeps up never has as many, and one more frame of
/// the largest size may always follow.
pub const QUEUE_BYTES: usize = 1 << 20;

/// Queues frames on a connection. Clones queue on the same one; with the last of them gone, the connection closes
/// after what is queued.
#[derive(Clone)]
pub struct FrameSender(Arc<Handle>);

/// Writes the frames of a connection; [`FrameWriter::run`] wants a task of its own.
pub struct FrameWriter<W> {
    sink: W,
    shared: Arc<Shared>,
}

/// Makes the two ends of a queue of frames that are written to `sink`.
#[must_use]
pub fn channel<W: AsyncWrite + Unpin>(sink: W) -> (FrameSender, FrameWriter<W>) {
    let shared = Arc::new(Shared {
        queue: Mutex::new(Queue {
            bytes: Buffer::with_capacity(REST_BYTES),
            state: State::Open,
        }),
        work: Notify::new(),
        room: Notify::new(),
    });
    let handle = Arc::new(Handle(Arc::clone(&shared)));
    (FrameSender(handle), FrameWriter { sink, shared })
}

struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.advance(State::Closing);
    }
}

struct Shared {
    queue: Mutex<Queue>,
    /// Wakes the writer.
    work: Notify,
    /// Wakes senders, and those who wait for the end.
    room: Notify,
}

struct Queue {
    bytes: Buffer,
    state: State,
}

/// A connection's way to its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// Takes frames.
    Open,
    /// Takes no more, and writes what is queued.
    Closing,
    /// Writes no more.
    Ended,
}

impl FrameSender {
    /// Queues a frame, and waits where the queue is full. The header's length is set from the payload.
    ///
    /// # Errors
    /// [`SendError::Closed`] and [`SendError::TooLong`].
    pub async fn send(&self, header: Header, payload: &[u8]) -> Result<(), SendError> {
        loop {
            // Made before the look at the queue, so that room made in between is not missed.
            let room = self.0.0.room.notified();
            match self.try_send(header, payload, QUEUE_BYTES) {
                Err(SendError::Full) => room.await,
                done => return done,
            }
        }
    }

    /// Queues a frame unless `limit` bytes or more are queued already. The header's length is set from the payload.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn try_send(&self, header: Header, payload: &[u8], limit: usize) -> Result<(), SendError> {
        let length = u32::try_from(payload.len())
            .ok()
            .filter(|_| payload.len() <= limits::PAYLOAD_BYTES)
            .ok_or(SendError::TooLong)?;
        let shared = &self.0.0;
        let mut queue = shared.lock();
        if queue.state != State::Open {
            return Err(SendError::Closed);
        }
        if queue.bytes.len() >= limit {
            return Err(SendError::Full);
        }
        let was_empty = queue.bytes.is_empty();
        queue.bytes.reserve(HEADER_LEN + payload.len());
        queue.bytes.extend(&Header { length, ..header }.encode());
        queue.bytes.extend(payload);
        drop(queue);
        if was_empty {
            shared.work.notify_one();
        }
        Ok(())
    }

    /// Tells whether frames are still taken.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.0.lock().state == State::Open
    }

    /// How many bytes of memory the queue has, of the two buffers the one that is not being written.
    #[cfg(test)]
    pub(super) fn buffer_len(&self) -> usize {
        self.0.0.lock().bytes.capacity()
    }

    /// Takes no more frames; the connection closes after what is queued.
    pub fn close(&self) {
        self.0.0.advance(State::Closing);
    }

    /// Waits until nothing more will be written: everything is, or the connection is lost.
    pub async fn ended(&self) {
        loop {
            let changed = self.0.0.room.notified();
            if self.0.0.lock().state == State::Ended {
                return;
            }
            changed.await;
        }
    }
}

impl<W: AsyncWrite + Unpin> FrameWriter<W> {
    /// Writes frames until the connection is closed, then flushes and shuts the stream down.
    ///
    /// # Errors
    /// The stream's own, after which senders get [`SendError::Closed`].
    pub async fn run(mut self) -> io::Result<()> {
        let mut batch = Buffer::with_capacity(REST_BYTES);
        while self.shared.next_batch(&mut batch).await {
            self.sink.write_all(&batch).await?;
            self.sink.flush().await?;
            batch.clear();
        }
        self.sink.shutdown().await
    }
}

impl<W> Drop for FrameWriter<W> {
    fn drop(&mut self) {
        self.shared.advance(State::Ended);
    }
}

impl Shared {
    /// Waits for frames and swaps them in; `false` when there are none and none will come.
    async fn next_batch(&self, batch: &mut Buffer) -> bool {
        loop {
            {
                let mut queue = self.lock();
                if !queue.bytes.is_empty() {
                    std::mem::swap(&mut queue.bytes, batch);
                    drop(queue);
                    self.room.notify_waiters();
                    return true;
                }
                if queue.state != State::Open {
                    return false;
                }
            }
            if self.is_oversized(batch) {
                if timeout(KEEP, self.work.notified()).await.is_err() {
                    self.shrink(batch);
                }
            } else {
                self.work.notified().await;
            }
            // Tasks that are ready to run get to add their frames to this write.
            yield_now().await;
        }
    }

    /// Tells whether one of the two buffers, which take turns, grew.
    fn is_oversized(&self, batch: &Buffer) -> bool {
        batch.capacity().max(self.lock().bytes.capacity()) > REST_BYTES
    }

    /// Gives back what grew, unless it is in use again.
    fn shrink(&self, batch: &mut Buffer) {
        *batch = Buffer::with_capacity(REST_BYTES);
        let mut queue = self.lock();
        if queue.bytes.is_empty() {
            queue.bytes = Buffer::with_capacity(REST_BYTES);
        }
    }

    /// Moves on to `state`, never back, and wakes whom it concerns.
    fn advance(&self, state: State) {
        let mut queue = self.lock();
        queue.state = queue.state.max(state);
        if queue.state == State::Ended {
            queue.bytes = Buffer::default();
        }
        drop(queue);
        self.work.notify_one();
        self.room.notify_waiters();
    }

    /// A panic while the lock is held leaves a queue that is whole: its two steps are appending and swapping.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
