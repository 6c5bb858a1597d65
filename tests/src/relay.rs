//! A relay between an agent and its HSM, which cuts connections, and swallows, holds and loses what they carry.
//!
//! It sees only what TLS lets it see: bytes that come and go. An answer is what comes from the HSM after something went to it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::PATIENCE;

/// A relay on loopback. Its connections end with it.
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What a relay does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Carries both ways.
    Pass,
    /// Breaks it off.
    Refuse,
    /// Lets what is sent vanish, and says nothing of it.
    Swallow,
    /// Keeps what the agent sends.
    Hold,
    /// Carries to the HSM, and breaks the connection off in place of the next answer.
    Lose {
        /// Whether anything went to the HSM.
        asked: bool,
        /// Whether agents may connect again.
        again: bool,
    },
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    to: SocketAddr,
}

struct State {
    /// What becomes of connections that are made.
    mode: Mode,
    lines: Vec<Line>,
    /// How many answers were lost.
    lost: usize,
}

/// One connection.
struct Line {
    agent: TcpStream,
    hsm: TcpStream,
    mode: Mode,
    held: Vec<u8>,
    /// The HSM has ended it.
    ended: bool,
}

impl Relay {
    /// Starts a relay to an address.
    ///
    /// # Panics
    /// If loopback has no free port.
    #[must_use]
    pub fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a port");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                mode: Mode::Pass,
                lines: Vec::new(),
                lost: 0,
            }),
            changed: Condvar::new(),
            to,
        });
        let accepting = Arc::clone(&shared);
        // It ends with the process of the test: nothing waits for it.
        thread::spawn(move || {
            for agent in listener.incoming().flatten() {
                accepting.connect(agent);
            }
        });
        Self { address, shared }
    }

    /// Returns where agents connect.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Carries what comes, on all connections.
    pub fn pass(&self) {
        self.shared.set(Mode::Pass);
    }

    /// Breaks all connections; agents may connect again.
    pub fn cut(&self) {
        self.shared.lock().lines.iter().for_each(Line::cut);
    }

    /// Lets all that is sent vanish from now on, on connections that stay open.
    pub fn swallow(&self) {
        self.shared.set(Mode::Swallow);
    }

    /// Keeps what agents send on the connections that there are, even when the agents leave. Later connections are carried.
    pub fn hold(&self) {
        self.shared.set(Mode::Hold);
        self.shared.lock().mode = Mode::Pass;
    }

    /// Waits until something is held.
    ///
    /// # Panics
    /// If nothing comes.
    pub fn wait_until_held(&self) {
        self.shared.wait("nothing comes to be held", |state| {
            state.lines.iter().any(|line| !line.held.is_empty())
        });
    }

    /// Sends on what was held, and carries on.
    pub fn release(&self) {
        let mut state = self.shared.lock();
        for line in held(&mut state) {
            line.send_held();
            line.mode = Mode::Pass;
        }
    }

    /// Sends on what was held, and waits until the HSM has read it and ended the connection.
    ///
    /// # Panics
    /// If it does not.
    pub fn release_and_end(&self) {
        for line in held(&mut self.shared.lock()) {
            line.send_held();
            let _ = line.hsm.shutdown(Shutdown::Write);
        }
        self.shared
            .wait("the HSM does not end the connection", |state| {
                held(state).all(|line| line.ended)
            });
    }

    /// Loses the next answer: the HSM gives it, and the connection breaks. With `again`, agents may connect at once, otherwise
    /// when [`Relay::pass`] says so.
    pub fn lose_next_answer(&self, again: bool) {
        self.shared.set(Mode::Lose {
            asked: false,
            again,
        });
    }

    /// Waits until so many answers have been lost.
    ///
    /// # Panics
    /// If they are not.
    pub fn wait_until_lost(&self, answers: usize) {
        self.shared
            .wait("no answer is lost", |state| state.lost >= answers);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.set(Mode::Refuse);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, mode: Mode) {
        let mut state = self.lock();
        state.mode = mode;
        for line in &mut state.lines {
            line.mode = mode;
            if mode == Mode::Refuse {
                line.cut();
            }
        }
    }

    fn wait(&self, fault: &str, mut done: impl FnMut(&mut State) -> bool) {
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), PATIENCE, |state| !done(state));
        let (_state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "{fault}");
    }

    /// Takes a connection, unless none is taken or the HSM is not there.
    fn connect(self: &Arc<Self>, agent: TcpStream) {
        let Ok(hsm) = TcpStream::connect(self.to) else {
            return;
        };
        let mut state = self.lock();
        if state.mode == Mode::Refuse {
            return;
        }
        let (number, mode) = (state.lines.len(), state.mode);
        let copies = (|| Ok::<_, std::io::Error>((agent.try_clone()?, hsm.try_clone()?)))();
        let (mut from_agent, mut from_hsm) = copies.expect("there is room for two more files");
        state.lines.push(Line {
            agent,
            hsm,
            mode,
            held: Vec::new(),
            ended: false,
        });
        drop(state);
        let up = Arc::clone(self);
        thread::spawn(move || {
            pump(&mut from_agent, |bytes| {
                up.lock().lines[number].carry_request(bytes);
                up.changed.notify_all();
            });
            up.lock().lines[number].agent_left();
        });
        let down = Arc::clone(self);
        thread::spawn(move || {
            pump(&mut from_hsm, |bytes| {
                down.lock().carry_answer(number, bytes);
                down.changed.notify_all();
            });
            let mut state = down.lock();
            state.lines[number].cut();
            state.lines[number].ended = true;
            down.changed.notify_all();
        });
    }
}

impl State {
    fn carry_answer(&mut self, number: usize, bytes: &[u8]) {
        let line = &mut self.lines[number];
        match line.mode {
            Mode::Pass | Mode::Hold | Mode::Lose { asked: false, .. } => {
                // An agent that is gone misses nothing.
                let _ = line.agent.write_all(bytes);
            }
            Mode::Swallow | Mode::Refuse => {}
            Mode::Lose { again, .. } => {
                line.cut();
                line.mode = Mode::Refuse;
                self.lost += 1;
                self.mode = if again { Mode::Pass } else { Mode::Refuse };
            }
        }
    }
}

impl Line {
    fn carry_request(&mut self, bytes: &[u8]) {
        match &mut self.mode {
            Mode::Pass => {}
            Mode::Lose { asked, .. } => *asked = true,
            Mode::Hold => return self.held.extend_from_slice(bytes),
            Mode::Swallow | Mode::Refuse => return,
        }
        // An HSM that is gone ends the connection on its own side.
        let _ = self.hsm.write_all(bytes);
    }

    fn send_held(&mut self) {
        let _ = self.hsm.write_all(&std::mem::take(&mut self.held));
    }

    fn agent_left(&self) {
        if self.mode != Mode::Hold {
            self.cut();
        }
    }

    fn cut(&self) {
        // One that is broken already stays so.
        let _ = self.agent.shutdown(Shutdown::Both);
        let _ = self.hsm.shutdown(Shutdown::Both);
    }
}

/// The connections that are held.
fn held(state: &mut State) -> impl Iterator<Item = &mut Line> {
    state
        .lines
        .iter_mut()
        .filter(|line| line.mode == Mode::Hold)
}

/// Reads until the end, whatever kind it is of.
fn pump(from: &mut TcpStream, mut each: impl FnMut(&[u8])) {
    let mut buffer = [0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        each(&buffer[..read]);
    }
}
