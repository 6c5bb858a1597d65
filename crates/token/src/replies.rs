//! The answers of an application's last calls, so that a call whose answer was lost is answered and not served again.
//!
//! The calls of a session come one after another, so the answer before the last has arrived, as a rule. A few more are kept
//! for applications whose threads share a session. What is not kept is known all the same: such a call is not served twice.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proto::{Call, Repeat};
use zeroize::Zeroizing;

use crate::application::Application;
use crate::lock::lock;

/// How many answers of a session are kept: calls that threads make in the same session at the same time.
pub(crate) const INSIDE: usize = 4;

/// How many answers outside of sessions are kept: a thread's each.
pub(crate) const OUTSIDE: usize = 256;

/// How many bytes of answers are kept for one application: a frame of the longest. Beyond it only that a call was served.
const KEPT_BYTES: usize = proto::limits::PAYLOAD_BYTES;

/// Which of an application's calls it is.
#[derive(Clone, Copy, Debug)]
pub struct CallId {
    /// Its number, the same when it is repeated.
    pub correlation: u64,
    /// Whether it was sent before.
    pub again: bool,
}

/// What is known of an earlier attempt at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prior {
    /// There was none, or none that arrived.
    Unserved,
    /// It may have been served by an HSM that has been started anew since.
    Unknown,
}

/// How many bytes are kept, counted over all of an application's sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Budget(Arc<AtomicUsize>);

/// The answers of the last calls in one place.
pub(crate) struct Replies {
    last: VecDeque<(u64, Option<Zeroizing<Vec<u8>>>)>,
    most: usize,
    /// The highest number of a call that is not among them any more.
    forgotten: u64,
    budget: Budget,
}

impl Replies {
    pub(crate) const fn new(most: usize, budget: Budget) -> Self {
        Self {
            last: VecDeque::new(),
            most,
            forgotten: 0,
            budget,
        }
    }

    /// Finds a call's answer: outside, nothing where the call was not served here; inside, nothing where that is all
    /// that is known.
    fn find(&self, correlation: u64) -> Option<Option<Zeroizing<Vec<u8>>>> {
        self.find_kept(correlation)
            .or_else(|| (correlation <= self.forgotten).then_some(None))
    }

    /// Finds a call's answer as [`Self::find`] does, among the last alone: threads do not send their calls in the order of their
    /// numbers, so that one which was never served may have a lower number than many that were.
    fn find_kept(&self, correlation: u64) -> Option<Option<Zeroizing<Vec<u8>>>> {
        let mut last = self.last.iter();
        let served = last.find(|(number, _)| *number == correlation);
        served.map(|(_, reply)| reply.clone())
    }

    fn keep(&mut self, correlation: u64, reply: &[u8]) {
        while self.last.len() >= self.most {
            let Some((number, reply)) = self.last.pop_front() else {
                break;
            };
            self.forgotten = self.forgotten.max(number);
            self.budget.give(reply.map_or(0, |reply| reply.len()));
        }
        let kept = self.budget.take(reply.len());
        let reply = kept.then(|| Zeroizing::new(reply.to_vec()));
        self.last.push_back((correlation, reply));
    }
}

impl Drop for Replies {
    fn drop(&mut self) {
        for (_, reply) in &self.last {
            self.budget
                .give(reply.as_ref().map_or(0, |reply| reply.len()));
        }
    }
}

impl Budget {
    fn take(&self, bytes: usize) -> bool {
        let before = self.0.fetch_add(bytes, Ordering::Relaxed);
        let fits = before + bytes <= KEPT_BYTES;
        if !fits {
            self.give(bytes);
        }
        fits
    }

    fn give(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Application {
    /// Serves a call, once: one that was served before gets the answer that it got, or none where that is not kept. One that is
    /// still being served is waited for.
    pub fn once(
        &self,
        call: Call,
        session: u64,
        id: CallId,
        serve: impl FnOnce(Prior) -> Zeroizing<Vec<u8>>,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if self.name.is_none() || call.repeat() == Repeat::Reads {
            return Some(serve(Prior::Unserved));
        }
        // The answer to the end of a session must outlive it.
        let session = match call {
            Call::CloseSession => None,
            _ => self.session(session).ok(),
        };
        let replies = session.as_ref().map_or(&self.replies, |open| &open.replies);
        let mut replies = lock(replies);
        let served = if id.again {
            replies.find(id.correlation)
        } else {
            // It has been overtaken by its own repetition.
            replies.find_kept(id.correlation)
        };
        if let Some(served) = served {
            return served;
        }
        let reply = serve(if id.again && self.rebuilt {
            Prior::Unknown
        } else {
            Prior::Unserved
        });
        replies.keep(id.correlation, &reply);
        Some(reply)
    }
}

#[cfg(test)]
mod tests;
