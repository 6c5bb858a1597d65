//! An initialised application: its configuration and its connection to the agent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ck::Rv;
use client::{Connection, Error};
use proto::shape::{Answer, ListOut, Room, SessionHandle, Shape};
use proto::{Call, Reader, Writer};

use crate::config::Config;
use crate::slot_events::SlotEvents;
use crate::socket::{Descriptor, Socket};

/// An application, from `C_Initialize` to `C_Finalize`.
pub(crate) struct Application {
    config: Config,
    descriptor: &'static Descriptor,
    link: Mutex<Link>,
    /// Told when the link is closed for good.
    closed: Condvar,
    /// What the application has been told of its slots.
    pub(crate) slot_events: SlotEvents,
    /// Whether the log says already that the agent cannot be reached.
    complained: AtomicBool,
}

/// The way to the agent.
enum Link {
    /// `C_Finalize` was called.
    Closed,
    /// Nobody is connected; where it was tried, since when it is known that it fails.
    Down(Option<Instant>),
    /// There is a connection, alive or dead.
    Up(Arc<Connection<Socket>>),
}

impl Application {
    pub(crate) const fn new(config: Config, descriptor: &'static Descriptor) -> Self {
        Self {
            config,
            descriptor,
            link: Mutex::new(Link::Down(None)),
            closed: Condvar::new(),
            slot_events: SlotEvents::new(),
            complained: AtomicBool::new(false),
        }
    }

    /// Makes a call. `decode` is given the return code and the answers, of which there may be none.
    ///
    /// A call of which nothing was sent is tried once more on a new connection; any other may have been carried out
    /// and is left to the application.
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
        let attempt = || -> Result<Result<R, Error>, Rv> {
            Ok(match self.connection()? {
                Some(connection) => connection.call(call, size, encode, decode),
                None if call == Call::GetSlotList => Ok(without_slots(decode)),
                None => return Err(Rv::DEVICE_ERROR),
            })
        };
        let mut result = attempt()?;
        if matches!(result, Err(Error::Unsent)) {
            result = attempt()?;
        }
        result.map_err(|error| self.report(error))
    }

    /// Ends the connection and every call on it. No new one is made.
    pub(crate) fn close(&self) {
        let link = std::mem::replace(&mut *self.lock(), Link::Closed);
        self.closed.notify_all();
        if let Link::Up(connection) = link {
            connection.close();
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

    /// Returns the connection, made where there is none alive, or nothing where the agent cannot be reached.
    fn connection(&self) -> Result<Option<Arc<Connection<Socket>>>, Rv> {
        let asked = Instant::now();
        let mut link = self.lock();
        match &*link {
            Link::Closed => return Err(Rv::CRYPTOKI_NOT_INITIALIZED),
            // Another thread has just tried while this one waited: trying again would make many threads wait in a row.
            Link::Down(Some(since)) if *since >= asked => return Ok(None),
            Link::Up(connection) if !connection.is_dead() => {
                return Ok(Some(Arc::clone(connection)));
            }
            _ => {}
        }
        let connection = self.connect();
        *link = match &connection {
            Some(connection) => Link::Up(Arc::clone(connection)),
            None => Link::Down(Some(Instant::now())),
        };
        Ok(connection)
    }

    /// Connects to the agent, or says once why not.
    fn connect(&self) -> Option<Arc<Connection<Socket>>> {
        let Config {
            socket, timeout, ..
        } = &self.config;
        let opened = Socket::connect(socket, *timeout, self.descriptor)
            .map_err(|error| error.to_string())
            .and_then(|stream| {
                Connection::open(stream, *timeout).map_err(|error| error.to_string())
            });
        match opened {
            Ok(connection) => {
                self.complained.store(false, Ordering::Relaxed);
                Some(Arc::new(connection))
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
    /// A connection that broke under way is `CKR_DEVICE_REMOVED` ("removed during the execution of the function"), because
    /// the call may have been carried out; what certainly was not, or had no reply in time, is `CKR_DEVICE_ERROR`.
    fn report(&self, error: Error) -> Rv {
        let rv = match error {
            Error::Closed => return Rv::CRYPTOKI_NOT_INITIALIZED,
            Error::TooLong => return Rv::DATA_LEN_RANGE,
            Error::Lost(_) => Rv::DEVICE_REMOVED,
            Error::Malformed(_) | Error::TimedOut | Error::Unsent | Error::Version { .. } => {
                Rv::DEVICE_ERROR
            }
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
