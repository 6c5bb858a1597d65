//! An initialised application: its configuration, its connection to the agent, and how its calls outlive both.
//!
//! A call whose connection breaks, or whose agent loses the HSM, waits for a while until there is a way to the HSM again. The
//! application then shows its ticket and has its sessions back ([`proto::attach`]), and the call goes out once more under its old
//! number, so that an HSM which has served it already only answers again.

mod attempt;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ck::Rv;
use client::{Connection, Error, Outgoing, Waits};
use proto::attach::{Attach, Attached, Outcome};
use proto::frame::Kind;
use proto::shape::{Answer, ListOut, Room, SessionHandle, Shape};
use proto::{Call, Reader, Writer, hello};

use self::attempt::{Attempt, Next};
use crate::config::Config;
use crate::link::{Link, Way};
use crate::mirror::Mirror;
use crate::socket::{Descriptor, Socket};

/// How long a call waits before it looks for a way again. An agent that seeks its HSM finds it within some such times.
const PAUSE: Duration = Duration::from_millis(25);

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
                Next::GiveUp => return Err(self.report(error, &attempt)),
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

    /// Waits until [`Application::close`].
    pub(crate) fn wait_until_closed(&self) {
        let open = |link: &mut Link| !matches!(link, Link::Closed);
        let closed = self.closed.wait_while(self.lock(), open);
        drop(closed.unwrap_or_else(PoisonError::into_inner));
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
        if !way.keeps() {
            let made = way.connection.call(attempt.outgoing(call), size, encode, decode);
            return Ok(made);
        }
        let mut bytes = zeroize::Zeroizing::new(Vec::new());
        let session = if attempt.is_first() {
            None
        } else {
            let mut writer = Writer::new(&mut bytes);
            encode(&mut writer);
            Some(writer.session())
        };
        if let Some(session) = session
            && let Err(error) = self.begin_again(call, session, attempt.deadline, way)?
        {
            return Ok(Err(error));
        }
        let session = std::cell::Cell::new(SessionHandle(0));
        let mut renew = false;
        let made = way.connection.call(
            attempt.outgoing(call),
            size,
            |writer| {
                encode(writer);
                session.set(writer.session());
            },
            |rv, reader| {
                let arguments = || {
                    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(size));
                    encode(&mut Writer::new(&mut bytes));
                    bytes
                };
                renew = self
                    .mirror()
                    .observe(call, session.get(), rv, reader, arguments);
                decode(rv, reader)
            },
        );
        if renew {
            // Without a new ticket the old one brings no login back, and that is all.
            let _ = self.renew(way, attempt.deadline);
        }
        Ok(made)
    }
}
