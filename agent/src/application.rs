//! One application: its number, and its calls in flight.

mod serve;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use proto::frame::{Header, Kind, Loss};
use proto::limits;
use tokio::sync::Notify;
use transport::frames::{FrameRef, FrameSender, SendError};

pub(crate) use serve::{Serving, serve};

/// `CKR_DEVICE_ERROR`: there is no HSM to call.
pub(crate) const DEVICE_ERROR: u32 = 0x30;
/// `CKR_DEVICE_REMOVED`: the HSM was lost with the call in flight.
pub(crate) const DEVICE_REMOVED: u32 = 0x32;
/// `CKR_FUNCTION_NOT_SUPPORTED`: the HSM is of a version that keeps no sessions.
pub(crate) const FUNCTION_NOT_SUPPORTED: u32 = 0x54;

/// How many bytes of replies may wait for one application: sixteen of the longest, or all that a thousand threads ask
/// for in moderation. One that reads so slowly is cut off, because replies to the others come by the same connection.
const REPLY_BYTES: usize = 16 * limits::PAYLOAD_BYTES;

/// An application that is connected.
pub(crate) struct Application {
    /// Its number in the header of all its frames.
    pub(crate) id: u64,
    sender: FrameSender,
    calls: Mutex<HashMap<u64, Call>>,
    /// The connection to an HSM on which it last asked for its sessions, 0 where it never did.
    attached: AtomicU64,
    /// There is room for another call, or none is left in flight.
    room: Notify,
    /// It reads too slowly.
    stuck: Notify,
}

/// A call in flight.
struct Call {
    header: Header,
    /// The connection that it went out on.
    link: u64,
}

/// A correlation id was used again before its reply.
struct Repeated;

impl Application {
    pub(crate) fn new(id: u64, sender: FrameSender) -> Self {
        Self {
            id,
            sender,
            calls: Mutex::new(HashMap::new()),
            attached: AtomicU64::new(0),
            room: Notify::new(),
            stuck: Notify::new(),
        }
    }

    /// Passes a reply on, if its call is in flight.
    pub(crate) fn deliver(&self, reply: FrameRef<'_>) {
        if self.finish(reply.header.correlation).is_some() {
            self.send(reply.header, reply.payload);
        }
    }

    /// Answers the calls that went out on a connection which is lost.
    pub(crate) fn lose(&self, link: u64) {
        let mut calls = self.calls();
        let lost: Vec<_> = calls
            .extract_if(|_, call| call.link == link)
            .map(|(_, call)| call.header)
            .collect();
        drop(calls);
        self.room.notify_waiters();
        for header in lost {
            self.regret(header, Loss::Unknown);
        }
    }

    /// Notes that the application asks for its sessions on a connection.
    fn attach(&self, link: u64) {
        self.attached.store(link, Ordering::Release);
    }

    /// Tells whether the application, which has ended its connection, may come back by another: it would not end one on which a call
    /// is under way, or an answer was still to be heard, unless it had given the agent up.
    fn may_come_back(&self, unheard: bool) -> bool {
        self.attached.load(Ordering::Acquire) != 0 && (unheard || !self.calls().is_empty())
    }

    /// Tells whether the application has asked for its sessions before, but not on this connection: the HSM behind it takes it
    /// for a stranger.
    fn is_stranger_to(&self, link: u64) -> bool {
        let attached = self.attached.load(Ordering::Acquire);
        attached != 0 && attached != link
    }

    /// Says of a call that it has no answer: to an application that asks for its sessions, what became of the call, and to one that
    /// does not, a return code.
    fn regret(&self, request: Header, loss: Loss) {
        if request.kind != Kind::Attach && self.attached.load(Ordering::Acquire) == 0 {
            return self.answer(
                request,
                match loss {
                    Loss::Unsent => DEVICE_ERROR,
                    Loss::Unknown => DEVICE_REMOVED,
                },
            );
        }
        let header = Header {
            kind: Kind::Lost,
            ..request
        };
        self.send(header, &[loss as u8]);
    }

    /// Answers a call with nothing but a return code.
    fn answer(&self, request: Header, rv: u32) {
        let header = Header {
            kind: Kind::Reply,
            ..request
        };
        self.send(header, &rv.to_le_bytes());
    }

    fn send(&self, header: Header, payload: &[u8]) {
        if self.sender.try_send(header, payload, REPLY_BYTES) == Err(SendError::Full) {
            self.stuck.notify_one();
        }
    }

    /// Notes a call as in flight, once there is room for it.
    async fn begin(&self, header: Header, link: u64) -> Result<(), Repeated> {
        loop {
            let room = self.room.notified();
            {
                let mut calls = self.calls();
                if calls.contains_key(&header.correlation) {
                    return Err(Repeated);
                }
                if calls.len() < limits::CALLS_IN_FLIGHT {
                    calls.insert(header.correlation, Call { header, link });
                    return Ok(());
                }
            }
            room.await;
        }
    }

    /// Takes a call out of those in flight.
    fn finish(&self, correlation: u64) -> Option<Header> {
        let mut calls = self.calls();
        let call = calls.remove(&correlation)?;
        let left = calls.len();
        drop(calls);
        if left == 0 || left == limits::CALLS_IN_FLIGHT - 1 {
            self.room.notify_waiters();
        }
        Some(call.header)
    }

    /// Waits until no call is in flight.
    async fn until_idle(&self) {
        loop {
            let changed = self.room.notified();
            if self.calls().is_empty() {
                return;
            }
            changed.await;
        }
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<u64, Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
