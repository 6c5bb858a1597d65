//! An initialised application: its configuration, its connection to the agent, and how its calls outlive both.
//!
//! A call whose connection breaks, or whose agent loses the HSM, waits for a while until there is a way to the HSM again. The
//! application then shows its ticket and has its sessions back ([`proto::attach`]), and the call goes out once more under its old
//! number, so that an HSM which has served it already only answers again.

mod attempt;
mod begin;

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ck::Rv;
use client::{Connection, Error, Outgoing, Waits};
use proto::attach::{Attach, Attached, Outcome};
use proto::frame::Kind;
use proto::shape::{Answer, ListOut, Room, SessionHandle, Shape};
use proto::{Call, Reader, Writer, hello};
use zeroize::Zeroizing;

use self::attempt::{Attempt, Next};
use crate::config::Config;
use crate::link::{Link, Way};
use crate::mirror::Mirror;
use crate::slot_events::SlotEvents;
use crate::socket::{Descriptor, Socket};

/// How long a call waits before it looks for a way again. An agent that seeks its HSM finds it within some such times.
const PAUSE: Duration = Duration::from_millis(25);

/// How long an agent may take to accept and to say hello, where calls would not wait longer for it anyway.
const OPEN: Duration = Duration::from_secs(5);

/// An application, from `C_Initialize` to `C_Finalize`.
pub(crate) struct Application {
    config: Config,
    descriptor: &'static Descriptor,
    link: Mutex<Link>,
    /// Told when the link is closed for good.
    closed: Condvar,
    mirror: Mutex<Mirror>,
    /// Since when there is no way to the HSM, where there was one before.
    lost_since: Mutex<Option<Instant>>,
    /// Numbers calls. A call has its number for good, on whatever connection it goes out.
    last_call: AtomicU64,
    /// Numbers attachments.
    last_attachment: AtomicU64,
    /// What the application has been told of its slots.
    pub(crate) slot_events: SlotEvents,
    /// Whether the log says already that the agent cannot be reached.
    complained: AtomicBool,
}

/// What there is between the application and an HSM.
enum Reach {
    /// No agent.
    NoAgent,
    /// An agent without an HSM.
    NoHsm,
    /// A way, and the number of the attachment.
    Open(Arc<Way>, u64),
}

impl Application {
    pub(crate) fn new(config: Config, descriptor: &'static Descriptor) -> Self {
        Self {
            config,
            descriptor,
            link: Mutex::new(Link::Down(None)),
            closed: Condvar::new(),
            mirror: Mutex::default(),
            lost_since: Mutex::default(),
            last_call: AtomicU64::new(0),
            last_attachment: AtomicU64::new(0),
            slot_events: SlotEvents::new(),
            complained: AtomicBool::new(false),
        }
    }

    /// Makes a call. `decode` is given the return code and the answers, of which there may be none.
    ///
    /// # Errors
    /// The return code of a call that got no reply.
    pub(crate) fn call<R>(
        &self,
        call: Call,
        size: usize,
        encode: &impl Fn(&mut Writer<'_>),
        decode: &impl Fn(Rv, &mut Reader<'_>) -> R,
    ) -> Result<R, Rv> {
        let mut attempt = Attempt::new(self.next_call(), Instant::now() + self.config.timeout);
        loop {
            let error = match self.reach(attempt.deadline)? {
                Reach::Open(way, attachment) => {
                    let made = self.make(call, &attempt, &way, size, encode, decode);
                    match made? {
                        Ok(result) => return Ok(result),
                        Err(error) => {
                            if matches!(error, Error::HsmAway | Error::HsmLost) {
                                way.lose(attachment);
                            }
                            attempt.note(error, way.keeps());
                            error
                        }
                    }
                }
                Reach::NoAgent if call == Call::GetSlotList && !self.was_attached() => {
                    return Ok(without_slots(decode));
                }
                Reach::NoAgent => {
                    attempt.look(self.was_attached());
                    Error::Unsent
                }
                Reach::NoHsm => {
                    attempt.look(self.was_attached());
                    Error::HsmAway
                }
            };
            match attempt.next(self.patience()) {
                Next::AtOnce => {}
                Next::Later => self.pause()?,
                Next::GiveUp => {
                    self.mirror().doubt(written(size, encode).0.0, call);
                    return Err(self.report(error, &attempt));
                }
            }
        }
    }

    /// Ends the connection and every call on it. No new one is made.
    pub(crate) fn close(&self) {
        let link = std::mem::replace(&mut *self.lock(), Link::Closed);
        self.closed.notify_all();
        if let Link::Up(way) = link {
            way.connection.close();
        }
    }

    /// Waits for [`Application::close`], and tells whether it came within this time.
    pub(crate) fn is_closed_within(&self, time: Duration) -> bool {
        let open = |link: &mut Link| !matches!(link, Link::Closed);
        let waited = self.closed.wait_timeout_while(self.lock(), time, open);
        let (_link, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    fn lock(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mirror(&self) -> MutexGuard<'_, Mirror> {
        self.mirror.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_call(&self) -> u64 {
        self.last_call.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Tells whether an HSM has known this application: then it is worth waiting for.
    fn was_attached(&self) -> bool {
        self.mirror().ticket().is_some()
    }

    /// Until when calls wait for a way to the HSM; they all began to when the first one found none.
    fn patience(&self) -> Instant {
        let mut lost_since = self
            .lost_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *lost_since.get_or_insert_with(Instant::now) + self.config.resume
    }

    /// Waits a little, or until the application is closed.
    fn pause(&self) -> Result<(), Rv> {
        let open = |link: &mut Link| !matches!(link, Link::Closed);
        let waited = self.closed.wait_timeout_while(self.lock(), PAUSE, open);
        let (_link, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            Ok(())
        } else {
            Err(Rv::CRYPTOKI_NOT_INITIALIZED)
        }
    }

    /// Makes one attempt at a call.
    fn make<R>(
        &self,
        call: Call,
        attempt: &Attempt,
        way: &Way,
        size: usize,
        encode: &impl Fn(&mut Writer<'_>),
        decode: &impl Fn(Rv, &mut Reader<'_>) -> R,
    ) -> Result<Result<R, Error>, Rv> {
        let outgoing = attempt.outgoing(call);
        if !way.keeps() {
            return Ok(way.connection.call(outgoing, size, encode, decode));
        }
        let arguments = || written(size, encode);
        let (bare, doubts) = {
            let mirror = self.mirror();
            (mirror.has_bare(), mirror.has_doubts())
        };
        if bare && let Err(error) = self.begin_again(call, arguments().0, attempt.deadline, way)? {
            return Ok(Err(error));
        }
        if doubts && let Err(error) = self.settle(call, arguments().0, attempt.deadline, way) {
            return Ok(Err(error));
        }
        let session = Cell::new(SessionHandle(0));
        let mut renew = false;
        let made = way.connection.call(
            outgoing,
            size,
            |writer| {
                encode(writer);
                session.set(writer.session());
            },
            |rv, reader| {
                let arguments = || arguments().1;
                renew = self
                    .mirror()
                    .observe(call, session.get(), rv, reader, arguments);
                decode(rv, reader)
            },
        );
        if renew {
            // Without a new ticket the old one brings no login back, and that is all.
            let _ = self.ask_for_place(way, &Attach::Renew, attempt.deadline);
        }
        Ok(made)
    }

    /// Finds the way to the HSM, or makes one.
    fn reach(&self, deadline: Instant) -> Result<Reach, Rv> {
        let asked = Instant::now();
        let mut link = self.lock();
        let alive = match &*link {
            Link::Closed => return Err(Rv::CRYPTOKI_NOT_INITIALIZED),
            // Another thread has just tried while this one waited: trying again would make many threads wait in a row.
            Link::Down(Some(since)) if *since >= asked => return Ok(Reach::NoAgent),
            Link::Up(way) if !way.connection.is_dead() => Some(Arc::clone(way)),
            _ => None,
        };
        let Some(way) = alive.or_else(|| self.connect()) else {
            *link = Link::Down(Some(Instant::now()));
            return Ok(Reach::NoAgent);
        };
        *link = Link::Up(Arc::clone(&way));
        if let Some(attachment) = way.attachment() {
            return Ok(Reach::Open(way, attachment));
        }
        // Under the lock, so that threads which come meanwhile find the HSM knowing them.
        Ok(match self.attach(&way, deadline) {
            Some(attachment) => Reach::Open(way, attachment),
            None if way.connection.is_dead() => Reach::NoAgent,
            None => Reach::NoHsm,
        })
    }

    /// Has the HSM know this application, and gives the number of the attachment.
    fn attach(&self, way: &Way, deadline: Instant) -> Option<u64> {
        if way.connection.version() < hello::ATTACHES {
            way.do_without();
            return way.attachment();
        }
        let (ticket, login, sessions) = {
            let mirror = self.mirror();
            let ticket = mirror
                .ticket()
                .map(|ticket| Zeroizing::new(ticket.to_vec()));
            (ticket, mirror.logins_stand(), mirror.sessions())
        };
        let attach = match &ticket {
            None => Attach::New,
            Some(ticket) => Attach::Resume {
                ticket,
                login,
                sessions,
            },
        };
        match self.ask_for_place(way, &attach, deadline) {
            Ok(Some(outcome)) => {
                let mut mirror = self.mirror();
                match outcome {
                    Outcome::Fresh => mirror.forget_sessions(),
                    Outcome::Kept => {}
                    Outcome::Rebuilt => mirror.strip(),
                }
                drop(mirror);
                let number = self.last_attachment.fetch_add(1, Ordering::Relaxed) + 1;
                way.attach(number);
            }
            Ok(None) => {
                self.mirror().clear();
                way.do_without();
            }
            Err(_) => return None,
        }
        let lost_since = &mut *self
            .lost_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *lost_since = None;
        way.attachment()
    }

    /// Asks the HSM for a place, and takes the ticket that comes with it. None where the HSM knows no places.
    fn ask_for_place(
        &self,
        way: &Way,
        attach: &Attach<'_>,
        deadline: Instant,
    ) -> Result<Option<Outcome>, Error> {
        let outgoing = Outgoing {
            kind: Kind::Attach,
            call: 0,
            correlation: self.next_call(),
            deadline: deadline.min(Instant::now() + self.config.silence),
        };
        let encode = |writer: &mut Writer<'_>| attach.encode(writer);
        way.connection
            .call(outgoing, 0, encode, |rv, reader| match rv {
                Rv::OK => {
                    let attached = Attached::decode(reader).map_err(Error::Malformed)?;
                    self.mirror().take_ticket(attached.ticket);
                    Ok(Some(attached.outcome))
                }
                Rv::FUNCTION_NOT_SUPPORTED => Ok(None),
                _ => Err(Error::HsmAway),
            })?
    }

    /// Connects to the agent, or says once why not.
    fn connect(&self) -> Option<Arc<Way>> {
        let Config {
            socket,
            timeout,
            silence,
            resume,
            ..
        } = &self.config;
        let waits = Waits {
            open: (*timeout).min(*silence).min((*resume).max(OPEN)),
            silence: *silence,
        };
        let opened = Socket::connect(socket, waits.open, self.descriptor)
            .map_err(|error| error.to_string())
            .and_then(|stream| Connection::open(stream, waits).map_err(|error| error.to_string()));
        match opened {
            Ok(connection) => {
                self.complained.store(false, Ordering::Relaxed);
                Some(Arc::new(Way::new(connection)))
            }
            Err(error) => {
                self.complain(&format!(
                    "cannot reach the agent at {}: {error}; start dew-agent, or name its socket in the configuration \
                     file (DEW_PKCS11_CONF)",
                    socket.display()
                ));
                None
            }
        }
    }

    /// Writes a line, unless one was written since the agent was last reached.
    fn complain(&self, line: &str) {
        if !self.complained.swap(true, Ordering::Relaxed) {
            self.config.log.error(line);
        }
    }

    /// Says which return code stands for a call without a reply: the one place that maps connection errors.
    ///
    /// A call that may have been carried out is `CKR_DEVICE_REMOVED` ("removed during the execution of the function"); what
    /// certainly was not, or had no reply in time, is `CKR_DEVICE_ERROR`.
    fn report(&self, error: Error, attempt: &Attempt) -> Rv {
        let rv = match error {
            Error::Closed => return Rv::CRYPTOKI_NOT_INITIALIZED,
            Error::TooLong => return Rv::DATA_LEN_RANGE,
            Error::TimedOut => Rv::DEVICE_ERROR,
            _ if attempt.may_have_happened() => Rv::DEVICE_REMOVED,
            _ => Rv::DEVICE_ERROR,
        };
        let socket = self.config.socket.display();
        self.complain(&format!(
            "a call through the agent at {socket} failed: {error}; see the agent's log"
        ));
        rv
    }
}

/// Answers `C_GetSlotList` while no agent is there: no slots, so that hosts start without one.
fn without_slots<R>(decode: &impl Fn(Rv, &mut Reader<'_>) -> R) -> R {
    let (mut answer, mut reply) = (Answer::new(Room::Query), Vec::new());
    answer.length(0);
    ListOut::reply(&answer, &mut Writer::new(&mut reply));
    decode(Rv::OK, &mut Reader::new(SessionHandle(0), &reply))
}

/// Writes the arguments of a call, and tells in which session it is made.
fn written(size: usize, encode: &impl Fn(&mut Writer<'_>)) -> (SessionHandle, Zeroizing<Vec<u8>>) {
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    let mut writer = Writer::new(&mut bytes);
    encode(&mut writer);
    (writer.session(), bytes)
}
