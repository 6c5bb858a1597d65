//! What the threads of a connection share: requests to be written, calls that wait, and who does what.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar};
use std::time::Instant;

use proto::DecodeError;
use proto::frame::Kind;
use zeroize::Zeroizing;

use crate::Error;
use crate::incoming::{Frame, Incoming};

/// The payload of a reply.
pub(crate) type Reply = Zeroizing<Vec<u8>>;

/// A request as it goes onto the stream.
pub(crate) struct Request {
    /// Pairs it with its reply.
    pub(crate) correlation: u64,
    /// The whole frame.
    pub(crate) frame: Zeroizing<Vec<u8>>,
}

/// A call under way.
struct Waiting {
    /// Wakes its thread.
    wake: Arc<Condvar>,
    /// Whether its thread sleeps; otherwise it reads, writes or is about to look for itself.
    parked: bool,
    /// When it has waited long enough.
    deadline: Instant,
    outcome: Option<Result<Reply, Error>>,
}

/// What the threads of a connection share, under its lock.
pub(crate) struct State {
    /// Requests that are not yet written, in their order.
    outgoing: Vec<Request>,
    /// Whether a thread is writing.
    writing: bool,
    /// The receiving side; a thread that reads has taken it.
    incoming: Option<Incoming>,
    /// The calls under way. Correlation ids grow, so the oldest call comes first.
    calls: BTreeMap<u64, Waiting>,
    /// Why the connection is dead.
    lost: Option<Error>,
    /// How many threads wait because too many calls are under way.
    pub(crate) crowd: usize,
}

impl State {
    pub(crate) const fn new(incoming: Incoming) -> Self {
        Self {
            outgoing: Vec::new(),
            writing: false,
            incoming: Some(incoming),
            calls: BTreeMap::new(),
            lost: None,
            crowd: 0,
        }
    }

    /// Why the connection is dead, where it is.
    pub(crate) const fn lost(&self) -> Option<Error> {
        self.lost
    }

    /// How many calls are under way.
    pub(crate) fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Queues a request and enters its call.
    pub(crate) fn enter(&mut self, request: Request, deadline: Instant) {
        let waiting = Waiting {
            wake: Arc::new(Condvar::new()),
            parked: false,
            deadline,
            outcome: None,
        };
        self.calls.insert(request.correlation, waiting);
        self.outgoing.push(request);
    }

    /// Takes the outcome of a call, where there is one: the call is then over.
    pub(crate) fn leave(&mut self, correlation: u64) -> Option<Result<Reply, Error>> {
        let outcome = self.calls.get_mut(&correlation)?.outcome.take()?;
        self.calls.remove(&correlation);
        Some(outcome)
    }

    /// Takes everything that is to be written, where nobody else writes; the taker must give the role back.
    pub(crate) fn take_writing(&mut self) -> Option<Vec<Request>> {
        if self.writing || self.outgoing.is_empty() {
            return None;
        }
        self.writing = true;
        Some(std::mem::take(&mut self.outgoing))
    }

    /// Gives the role of the writer back.
    pub(crate) const fn give_writing(&mut self) {
        self.writing = false;
    }

    /// Takes the receiving side, where nobody else reads; the taker must give it back.
    pub(crate) const fn take_incoming(&mut self) -> Option<Incoming> {
        self.incoming.take()
    }

    /// Gives the receiving side back.
    pub(crate) fn give_incoming(&mut self, incoming: Incoming) {
        self.incoming = Some(incoming);
    }

    /// Marks a call's thread as asleep and returns what wakes it.
    pub(crate) fn park(&mut self, correlation: u64) -> Option<Arc<Condvar>> {
        let call = self.calls.get_mut(&correlation)?;
        call.parked = true;
        Some(Arc::clone(&call.wake))
    }

    /// Marks a call's thread as awake.
    pub(crate) fn unpark(&mut self, correlation: u64) {
        if let Some(call) = self.calls.get_mut(&correlation) {
            call.parked = false;
        }
    }

    /// Finds a sleeping thread to wake when a role has nobody: the thread that leaves asks this last.
    ///
    /// Only a thread that sleeps is chosen. One that is busy writing looks for itself when it is done, and counting on it
    /// before that could leave replies unread that its peer wants to get rid of first.
    pub(crate) fn successor(&self) -> Option<Arc<Condvar>> {
        let unwritten = !self.writing && !self.outgoing.is_empty();
        if !unwritten && self.incoming.is_none() {
            return None;
        }
        let sleeper = self
            .calls
            .values()
            .find(|call| call.parked && call.outcome.is_none());
        sleeper.map(|call| Arc::clone(&call.wake))
    }

    /// Gives a reply to the call that waits for it, and tells what wakes its thread if that sleeps.
    pub(crate) fn deliver(
        &mut self,
        (header, payload): Frame,
    ) -> Result<Option<Arc<Condvar>>, Error> {
        let waiting = self
            .calls
            .get_mut(&header.correlation)
            .filter(|call| header.kind == Kind::Reply && call.outcome.is_none());
        let Some(call) = waiting else {
            return Err(Error::Malformed(DecodeError::Unknown {
                what: "the correlation id of a reply",
                tag: header.correlation,
            }));
        };
        call.outcome = Some(Ok(payload));
        Ok(call.parked.then(|| Arc::clone(&call.wake)))
    }

    /// Tells whether a call has waited longer than it wants to.
    pub(crate) fn is_late(&self) -> bool {
        let oldest = self.calls.values().find(|call| call.outcome.is_none());
        oldest.is_some_and(|call| call.deadline <= Instant::now())
    }

    /// Ends the calls of requests of which nothing was sent.
    pub(crate) fn fail_unsent(&mut self, requests: &[Request]) {
        for request in requests {
            self.fail_call(request.correlation, Error::Unsent);
        }
    }

    /// Ends every call, and with them the connection. The first reason stays.
    pub(crate) fn fail(&mut self, error: Error) {
        let error = *self.lost.get_or_insert(error);
        let unsent = std::mem::take(&mut self.outgoing);
        if error != Error::Closed {
            self.fail_unsent(&unsent);
        }
        let waiting: Vec<u64> = self.calls.keys().copied().collect();
        for correlation in waiting {
            self.fail_call(correlation, error);
        }
    }

    fn fail_call(&mut self, correlation: u64, error: Error) {
        if let Some(call) = self.calls.get_mut(&correlation)
            && call.outcome.is_none()
        {
            call.outcome = Some(Err(error));
            call.wake.notify_one();
        }
    }
}
