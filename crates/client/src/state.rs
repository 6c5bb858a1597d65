//! What the threads of a connection share: requests to be written, calls that wait, and who does what.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::{Arc, Condvar};
use std::time::{Duration, Instant};

use proto::DecodeError;
use proto::frame::{Kind, Loss};
use zeroize::Zeroizing;

use crate::Error;
use crate::incoming::{Frame, Incoming};

/// The payload of a reply.
pub(crate) type Reply = Zeroizing<Vec<u8>>;

/// How often the calls are looked through for one that has waited too long.
const LOOK: Duration = Duration::from_millis(250);

/// The correlation id of a question whether the peer is there: no call has it.
pub(crate) const QUESTION: u64 = 0;

/// What a quiet stream asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quiet {
    /// Patience.
    Wait,
    /// A question whether the peer is there.
    Ask,
    /// An end: the peer does not answer.
    GiveUp,
}

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
    /// The calls under way.
    calls: BTreeMap<u64, Waiting>,
    /// Since when nothing has come from the peer, though calls wait.
    quiet_since: Instant,
    /// When the peer was asked whether it is there, where it has not answered.
    asked: Option<Instant>,
    /// When the calls are to be looked through next.
    look_at: Instant,
    /// Why the connection is dead.
    lost: Option<Error>,
    /// How many threads wait because too many calls are under way.
    pub(crate) crowd: usize,
}

impl State {
    pub(crate) fn new(incoming: Incoming) -> Self {
        let now = Instant::now();
        Self {
            quiet_since: now,
            asked: None,
            look_at: now + LOOK,
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
        if self.calls.is_empty() {
            self.quiet_since = Instant::now();
        }
        self.calls.insert(request.correlation, waiting);
        self.outgoing.push(request);
    }

    /// Notes that something came from the peer.
    pub(crate) fn hear(&mut self) {
        self.quiet_since = Instant::now();
        self.asked = None;
    }

    /// Says what to do after a tick in which nothing came, where a peer may be silent for `silence`.
    pub(crate) fn judge_quiet(&self, silence: Duration) -> Quiet {
        let now = Instant::now();
        match self.asked {
            Some(asked) if now >= asked + silence.mul_f64(2.0 / 3.0) => Quiet::GiveUp,
            None if now >= self.quiet_since + silence / 3 => Quiet::Ask,
            _ => Quiet::Wait,
        }
    }

    /// Queues a question whether the peer is there.
    pub(crate) fn ask(&mut self, frame: Zeroizing<Vec<u8>>) {
        self.asked = Some(Instant::now());
        self.outgoing.push(Request {
            correlation: QUESTION,
            frame,
        });
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
        let outcome = match header.kind {
            Kind::Reply => Ok(payload),
            Kind::Lost => Err(match Loss::decode(&payload) {
                Loss::Unsent => Error::HsmAway,
                Loss::Unknown => Error::HsmLost,
            }),
            // The answer to a question whether it is there.
            Kind::Hello => return Ok(None),
            _ => return Err(unknown(header.correlation)),
        };
        let waiting = self.calls.get_mut(&header.correlation);
        let Some(call) = waiting.filter(|call| call.outcome.is_none()) else {
            return Err(unknown(header.correlation));
        };
        call.outcome = Some(outcome);
        Ok(call.parked.then(|| Arc::clone(&call.wake)))
    }

    /// Tells whether a call has waited longer than it wants to.
    pub(crate) fn is_late(&mut self) -> bool {
        let now = Instant::now();
        if now < self.look_at {
            return false;
        }
        self.look_at = now + LOOK;
        self.calls
            .values()
            .any(|call| call.outcome.is_none() && call.deadline <= now)
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
        let now = Instant::now();
        let waiting: Vec<(u64, bool)> = self
            .calls
            .iter()
            .map(|(correlation, call)| (*correlation, call.deadline <= now))
            .collect();
        for (correlation, late) in waiting {
            // One call's deadline ends the connection, but only that call has waited long enough.
            let error = match error {
                Error::TimedOut if !late => Error::Lost(ErrorKind::TimedOut),
                error => error,
            };
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

fn unknown(correlation: u64) -> Error {
    Error::Malformed(DecodeError::Unknown {
        what: "the correlation id of a reply",
        tag: correlation,
    })
}
