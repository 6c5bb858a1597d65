//! The connection: one stream, the calls of many threads.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ck::Rv;
use proto::frame::{self, HEADER_LEN, Header, Kind};
use proto::hello::Hello;
use proto::shape::SessionHandle;
use proto::{Reader, Writer, limits};
use zeroize::Zeroizing;

use crate::incoming::{Frame, Incoming};
use crate::state::{QUESTION, Quiet, Reply, Request, State};
use crate::{Error, Stream};

/// How often a reader looks whether a call has waited too long. It is the most by which a deadline is overrun.
const TICK: Duration = Duration::from_secs(1);

/// How long a peer may take for its hello, which asks nothing of an HSM: a caller that finds the connection dead waits at
/// most so long for the next.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection waits.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// For the hello, and for a stream that takes no more bytes.
    pub open: Duration,
    /// For a sign of life of a peer that owes a reply.
    pub silence: Duration,
}

/// What goes onto the wire besides the arguments.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing {
    /// The kind of the frame: one that a reply answers.
    pub kind: Kind,
    /// The number of the call, 0 where it is none.
    pub call: u16,
    /// Pairs it with its reply; never 0, and no other call under way has it. A call that is repeated keeps it.
    pub correlation: u64,
    /// When it has waited long enough.
    pub deadline: Instant,
}

/// A connection over a stream, shared by all threads of the process that opened it.
///
/// A thread that calls queues its request. If nobody writes, it writes all that is queued, in one go; if nobody reads, it
/// reads for all until its own reply has come, and then wakes another thread to take over. A thread that finds both
/// roles taken sleeps until its reply is there or a role is free.
///
/// Dropping it closes this process's copy of the stream and leaves other copies alone.
pub struct Connection<S> {
    stream: S,
    silence: Duration,
    version: u32,
    state: Mutex<State>,
    /// Signalled when a call ends while others wait because too many are under way.
    vacancy: Condvar,
    /// Whether the state says that the connection is lost, for those who ask before each call.
    dead: AtomicBool,
}

impl<S: Stream> Connection<S> {
    /// Exchanges versions over the stream and makes it a connection.
    ///
    /// # Errors
    /// [`Error::Version`] where there is no common version, and [`Error::Lost`], [`Error::TimedOut`] or
    /// [`Error::Malformed`] where the peer does not answer as it should.
    pub fn open(stream: S, waits: Waits) -> Result<Self, Error> {
        let Waits { open, silence } = waits;
        stream
            .limit_waits(TICK.min(silence / 6), silence)
            .map_err(reason)?;
        let mut incoming = Incoming::new();
        let deadline = Instant::now() + open.min(HELLO_TIMEOUT);
        let version = exchange_hello(&stream, &mut incoming, deadline)?;
        Ok(Self {
            stream,
            silence,
            version,
            state: Mutex::new(State::new(incoming)),
            vacancy: Condvar::new(),
            dead: AtomicBool::new(false),
        })
    }

    /// The stream below.
    #[must_use]
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// The version of the protocol that both sides speak.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Tells whether the connection is dead: every further call fails.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Acquire)
    }

    /// Ends the connection: the calls under way fail with [`Error::Closed`].
    pub fn close(&self) {
        self.fail(&mut self.lock(), Error::Closed);
    }

    /// Makes a call and waits for its reply.
    ///
    /// `encode` appends the arguments, at most `size` bytes: the buffer then never moves, and no copy of a secret is left
    /// behind unwiped. `decode` reads the answers that follow the return code; it must not be surprised when none do.
    ///
    /// # Errors
    /// [`Error`], which says whether the call may have been carried out.
    pub fn call<R>(
        &self,
        outgoing: Outgoing,
        size: usize,
        encode: impl FnOnce(&mut Writer<'_>),
        decode: impl FnOnce(Rv, &mut Reader<'_>) -> R,
    ) -> Result<R, Error> {
        let Outgoing {
            kind,
            call,
            correlation,
            deadline,
        } = outgoing;
        let header = Header {
            kind,
            call,
            length: 0,
            correlation,
            application: 0,
            session: SessionHandle(0),
        };
        let mut frame = Zeroizing::new(Vec::with_capacity(
            HEADER_LEN + size.min(limits::PAYLOAD_BYTES),
        ));
        frame::append(&mut frame, header, encode).map_err(|_| Error::TooLong)?;
        let payload = self.exchange(Request { correlation, frame }, deadline)?;
        let mut reader = Reader::new(SessionHandle(0), &payload);
        let rv = reader.u32("a return code").map_err(Error::Malformed)?;
        Ok(decode(Rv(rv.into()), &mut reader))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of ours panics under this lock in the middle of a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues the request, takes part in the work until the reply is there, and returns it.
    fn exchange(&self, request: Request, deadline: Instant) -> Result<Reply, Error> {
        let correlation = request.correlation;
        let mut state = self.enter(request, deadline)?;
        loop {
            if let Some(outcome) = state.leave(correlation) {
                let successor = state.successor();
                let crowded = state.crowd > 0;
                // Whoever is woken wants the lock at once.
                drop(state);
                if let Some(wake) = successor {
                    wake.notify_one();
                }
                if crowded {
                    self.vacancy.notify_one();
                }
                return outcome;
            }
            state = if let Some(requests) = state.take_writing() {
                self.write(state, requests)
            } else if let Some(incoming) = state.take_incoming() {
                self.read(state, incoming)
            } else {
                self.sleep(state, correlation)
            };
        }
    }

    /// Enters a call as soon as fewer than [`limits::CALLS_IN_FLIGHT`] are under way.
    fn enter(&self, request: Request, deadline: Instant) -> Result<MutexGuard<'_, State>, Error> {
        let mut state = self.lock();
        loop {
            if let Some(error) = state.lost() {
                return Err(if error == Error::Closed {
                    error
                } else {
                    Error::Unsent
                });
            }
            if state.calls() < limits::CALLS_IN_FLIGHT {
                state.enter(request, deadline);
                return Ok(state);
            }
            // The calls under way end by their own deadlines, so this wait ends too.
            state.crowd += 1;
            state = self
                .vacancy
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.crowd -= 1;
        }
    }

    /// Writes requests in one go.
    fn write<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        requests: Vec<Request>,
    ) -> MutexGuard<'a, State> {
        drop(state);
        let written = match requests.as_slice() {
            [request] => write_all(&self.stream, &request.frame),
            several => write_all(&self.stream, &join(several)),
        };
        let mut state = self.lock();
        state.give_writing();
        if let Err((sent, error)) = written {
            if sent == 0 {
                state.fail_unsent(&requests);
            }
            self.fail(&mut state, reason(error));
        }
        state
    }

    /// Reads once and hands out the replies that have arrived.
    fn read<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        mut incoming: Incoming,
    ) -> MutexGuard<'a, State> {
        drop(state);
        let mut frames = Vec::new();
        let read = read_frames(&self.stream, &mut incoming, &mut frames);
        let mut state = self.lock();
        state.give_incoming(incoming);
        let quiet = frames.is_empty() && read == Ok(Progress::None);
        if !quiet {
            state.hear();
        }
        let mut sleepers = Vec::new();
        let delivered = frames
            .into_iter()
            .try_for_each(|frame| state.deliver(frame).map(|sleeper| sleepers.extend(sleeper)));
        if let Err(error) = delivered.and(read) {
            self.fail(&mut state, error);
        } else if state.is_late() {
            self.fail(&mut state, Error::TimedOut);
        } else if quiet {
            match state.judge_quiet(self.silence) {
                Quiet::Wait => {}
                Quiet::Ask => state.ask(Zeroizing::new(question())),
                Quiet::GiveUp => self.fail(&mut state, Error::Silent),
            }
        }
        if sleepers.is_empty() {
            return state;
        }
        // Whoever is woken wants the lock at once.
        drop(state);
        for wake in sleepers {
            wake.notify_one();
        }
        self.lock()
    }

    /// Sleeps until the call's reply is there or a role needs somebody.
    fn sleep<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        correlation: u64,
    ) -> MutexGuard<'a, State> {
        if let Some(wake) = state.park(correlation) {
            state = wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.unpark(correlation);
        }
        state
    }

    fn fail(&self, state: &mut State, error: Error) {
        state.fail(error);
        self.dead.store(true, Ordering::Release);
        self.stream.shut_down();
        self.vacancy.notify_all();
    }
}

impl<S> std::fmt::Debug for Connection<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// Joins frames into one buffer, which is wiped when dropped.
fn join(requests: &[Request]) -> Zeroizing<Vec<u8>> {
    let length = requests.iter().map(|request| request.frame.len()).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    for request in requests {
        bytes.extend_from_slice(&request.frame);
    }
    bytes
}

/// Writes everything, or says how many bytes were sent before it failed.
fn write_all(stream: &impl Stream, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut sent = 0;
    while sent < bytes.len() {
        match stream.write(&bytes[sent..]) {
            Ok(0) => return Err((sent, ErrorKind::WriteZero.into())),
            Ok(written) => sent += written,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err((sent, error)),
        }
    }
    Ok(())
}

/// Whether a read brought anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    None,
    Bytes,
}

/// Reads once, at most for a tick, and collects the frames that are complete.
fn read_frames(
    stream: &impl Stream,
    incoming: &mut Incoming,
    frames: &mut Vec<Frame>,
) -> Result<Progress, Error> {
    match incoming.fill(stream) {
        Ok(0) => return Err(Error::Lost(ErrorKind::UnexpectedEof)),
        Ok(_) => {}
        Err(error) if is_tick(error.kind()) => return Ok(Progress::None),
        Err(error) => return Err(Error::Lost(error.kind())),
    }
    while let Some(frame) = incoming.next_frame().map_err(Error::Malformed)? {
        frames.push(frame);
    }
    Ok(Progress::Bytes)
}

/// Says hello and reads the peer's hello, which must be there by the deadline.
fn exchange_hello(
    stream: &impl Stream,
    incoming: &mut Incoming,
    deadline: Instant,
) -> Result<u32, Error> {
    write_all(stream, &question()).map_err(|(_, error)| reason(error))?;
    let mut frames = Vec::new();
    while frames.is_empty() {
        if Instant::now() >= deadline {
            return Err(Error::TimedOut);
        }
        read_frames(stream, incoming, &mut frames)?;
    }
    check_hello(&frames)
}

/// Makes the frame of a hello: the first, or one that asks whether the peer is there.
fn question() -> Vec<u8> {
    let header = Header {
        kind: Kind::Hello,
        call: 0,
        length: 0,
        correlation: QUESTION,
        application: 0,
        session: SessionHandle(0),
    };
    let mut frame = Vec::new();
    // Two numbers always fit into a frame.
    let _ = frame::append(&mut frame, header, |writer| Hello::OURS.encode(writer));
    frame
}

/// Checks that the first frame is a hello, and the only frame before a request; gives the version that both speak.
fn check_hello(frames: &[Frame]) -> Result<u32, Error> {
    let [(header, payload)] = frames else {
        return Err(unexpected(frames.len()));
    };
    if header.kind != Kind::Hello {
        return Err(unexpected(frames.len()));
    }
    let mut reader = Reader::new(SessionHandle(0), payload);
    let theirs = Hello::decode(&mut reader).map_err(Error::Malformed)?;
    match Hello::OURS.agree(&theirs) {
        Some(version) => Ok(version),
        None => Err(Error::Version {
            oldest: theirs.oldest,
            newest: theirs.newest,
        }),
    }
}

fn unexpected(frames: usize) -> Error {
    Error::Malformed(proto::DecodeError::Unknown {
        what: "the first frame",
        tag: u64::try_from(frames).unwrap_or(u64::MAX),
    })
}

/// Tells whether a read ended without bytes only because a tick was over or a signal came.
const fn is_tick(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

/// Says why a stream failed.
fn reason(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Error::TimedOut,
        kind => Error::Lost(kind),
    }
}
