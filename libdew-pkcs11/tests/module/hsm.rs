//! A stand-in for the agent and the HSM behind it: it dispatches real requests to a token of a few lines.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use ck::Rv;
use proto::frame::{self, HEADER_LEN, Header, Kind};
use proto::hello::Hello;
use proto::shape::{self, AttributeAnswer, Room, SessionHandle, Shape};
use proto::{Call, CallRow, Handler, Reader, Writer, dispatch, for_each_call};

/// What `C_Sign` is given to make the HSM misbehave.
pub(crate) mod spell {
    /// The connection breaks before the answer.
    pub(crate) const BREAK: &[u8] = b"break";
    /// There is never an answer.
    pub(crate) const HANG: &[u8] = b"hang";
    /// The answer is a return code alone.
    pub(crate) const MUTE: &[u8] = b"mute";
    /// The answer is longer than the room.
    pub(crate) const FLOOD: &[u8] = b"flood";
}

/// The handle of the one slot.
pub(crate) const SLOT: u64 = 5;

/// The HSM, as the tests see it.
pub(crate) struct Hsm {
    /// The slots that there are.
    pub(crate) slots: Mutex<Vec<u64>>,
    connections: Mutex<Vec<UnixStream>>,
    opened: AtomicUsize,
    sessions: AtomicU64,
}

impl Hsm {
    /// Listens at the path. The second value receives a message for each spell that is cast, and for each connection
    /// that ends.
    pub(crate) fn start(path: &Path) -> (Arc<Self>, Receiver<&'static str>) {
        let listener = UnixListener::bind(path).unwrap();
        let hsm = Arc::new(Self {
            slots: Mutex::new(vec![SLOT]),
            connections: Mutex::default(),
            opened: AtomicUsize::new(0),
            sessions: AtomicU64::new(0),
        });
        let (events, received) = channel();
        let served = Arc::clone(&hsm);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (hsm, stream, events) = (Arc::clone(&served), stream.unwrap(), events.clone());
                hsm.opened.fetch_add(1, Ordering::SeqCst);
                hsm.connections
                    .lock()
                    .unwrap()
                    .push(stream.try_clone().unwrap());
                thread::spawn(move || {
                    hsm.serve(stream, &events);
                    let _ = events.send("ended");
                });
            }
        });
        (hsm, received)
    }

    /// How many connections there have been.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    /// Breaks every connection.
    pub(crate) fn break_connections(&self) {
        for stream in self.connections.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn serve(&self, mut stream: UnixStream, events: &Sender<&'static str>) {
        while let Some((header, payload)) = read_frame(&mut stream) {
            let mut bytes = Vec::new();
            let reply = |kind| Header { kind, ..header };
            if header.kind == Kind::Hello {
                frame::append(&mut bytes, reply(Kind::Hello), |writer| {
                    Hello::OURS.encode(writer);
                })
                .unwrap();
            } else if casts(header, &payload, spell::BREAK) {
                let _ = stream.shutdown(Shutdown::Both);
                return;
            } else if casts(header, &payload, spell::HANG) {
                let _ = events.send("hanging");
                continue;
            } else {
                let answer = self.answer(header, &payload);
                frame::append(&mut bytes, reply(Kind::Reply), |writer| writer.raw(&answer))
                    .unwrap();
            }
            if stream.write_all(&bytes).is_err() {
                return;
            }
        }
    }

    /// Makes the payload of a reply.
    fn answer(&self, header: Header, payload: &[u8]) -> Vec<u8> {
        if casts(header, payload, spell::MUTE) {
            return code(Rv::DEVICE_REMOVED).to_vec();
        }
        if casts(header, payload, spell::FLOOD) {
            let mut flood = shape::Answer::new(Room::Query);
            flood.items(vec![0xff; 4096]);
            let mut bytes = code(Rv::OK).to_vec();
            shape::BufferOut::reply(&flood, &mut Writer::new(&mut bytes));
            return bytes;
        }
        let call = Call::from_number(header.call).unwrap();
        let reader = Reader::new(header.session, payload);
        let mut bytes = vec![0; 4];
        let mut token = Token(self);
        let result = dispatch(&mut token, call, reader, &mut Writer::new(&mut bytes));
        let rv = result.err().map_or(Rv::OK, |fault| fault.rv(|rv| *rv));
        bytes[..4].copy_from_slice(&code(rv));
        bytes
    }
}

fn code(rv: Rv) -> [u8; 4] {
    u32::try_from(rv.0).unwrap().to_le_bytes()
}

/// Tells whether a request signs a spell.
fn casts(header: Header, payload: &[u8], spell: &[u8]) -> bool {
    let data = |payload| shape::BytesIn::decode(&mut Reader::new(header.session, payload)).ok();
    header.call == Call::Sign.number() && data(payload) == Some(spell)
}

fn read_frame(stream: &mut UnixStream) -> Option<(Header, Vec<u8>)> {
    let mut header = [0; HEADER_LEN];
    stream.read_exact(&mut header).ok()?;
    let header = Header::decode(&header).unwrap();
    let mut payload = vec![0; header.payload_len()];
    stream.read_exact(&mut payload).ok()?;
    Some((header, payload))
}

/// A token that does just enough for each shape to be seen working.
struct Token<'h>(&'h Hsm);

/// A method of the token: those with something to say, and a refusal for all others.
macro_rules! serve {
    (Token get_slot_list $arguments:tt) => {
        fn get_slot_list(&mut self, _: bool, slots: &mut shape::Answer<Vec<u64>>) -> Result<(), Rv> {
            give(slots, self.0.slots.lock().unwrap().clone())
        }
    };
    (Token get_slot_info $arguments:tt) => {
        fn get_slot_info(&mut self, slot: shape::SlotId, info: &mut Option<shape::SlotInfo>) -> Result<(), Rv> {
            if slot.0 != SLOT {
                return Err(Rv::SLOT_ID_INVALID);
            }
            *info = Some(shape::SlotInfo {
                description: "a slot".to_owned(),
                flags: 1,
                ..shape::SlotInfo::default()
            });
            Ok(())
        }
    };
    (Token open_session $arguments:tt) => {
        fn open_session(&mut self, _: shape::SlotId, flags: shape::Ulong, (): (), session: &mut Option<u64>) -> Result<(), Rv> {
            if flags.0 & 4 == 0 {
                return Err(Rv::SESSION_PARALLEL_NOT_SUPPORTED);
            }
            *session = Some(1 + self.0.sessions.fetch_add(1, Ordering::SeqCst));
            Ok(())
        }
    };
    (Token login $arguments:tt) => {
        fn login(&mut self, _: SessionHandle, _: shape::Ulong, pin: Option<&[u8]>) -> Result<(), Rv> {
            if pin == Some(b"123456") { Ok(()) } else { Err(Rv::PIN_INCORRECT) }
        }
    };
    (Token find_objects $arguments:tt) => {
        fn find_objects(&mut self, _: SessionHandle, (room, found): (usize, &mut Vec<u64>)) -> Result<(), Rv> {
            *found = (1..4).take(room).collect();
            Ok(())
        }
    };
    (Token get_attribute_value $arguments:tt) => {
        fn get_attribute_value(
            &mut self,
            _: SessionHandle,
            object: shape::ObjectHandle,
            template: &mut [shape::AttributeRequest],
        ) -> Result<(), Rv> {
            for request in template {
                request.answer = AttributeAnswer::Value(object.0.to_le_bytes().to_vec());
            }
            Ok(())
        }
    };
    (Token sign $arguments:tt) => {
        fn sign(&mut self, session: SessionHandle, data: &[u8], signature: &mut shape::Answer<Vec<u8>>) -> Result<(), Rv> {
            if session.0 == 0 {
                return Err(Rv::SESSION_HANDLE_INVALID);
            }
            // The data backwards, between two bytes.
            let mut bytes = vec![0x55];
            bytes.extend(data.iter().rev());
            bytes.push(0xaa);
            give(signature, bytes)
        }
    };
    (Token generate_random $arguments:tt) => {
        fn generate_random(&mut self, _: SessionHandle, (len, random): (usize, &mut Vec<u8>)) -> Result<(), Rv> {
            *random = vec![4; len];
            Ok(())
        }
    };
    (Token generate_key_pair $arguments:tt) => {
        fn generate_key_pair(
            &mut self,
            _: SessionHandle,
            _: Option<shape::MechanismArgument<'_>>,
            public: &[shape::Attribute<'_>],
            private: &[shape::Attribute<'_>],
            public_key: &mut Option<u64>,
            private_key: &mut Option<u64>,
        ) -> Result<(), Rv> {
            *public_key = Some(100 + u64::try_from(public.len()).unwrap());
            *private_key = Some(200 + u64::try_from(private.len()).unwrap());
            Ok(())
        }
    };
    (Token $method:ident ($($argument:ident: $shape:ty),*)) => {
        fn $method(&mut self, $(_: <$shape as Shape>::Lent<'_>),*) -> Result<(), Rv> {
            Err(Rv::FUNCTION_FAILED)
        }
    };
    ($place:ident $method:ident $arguments:tt) => {};
}

macro_rules! make_token {
    ($($variant:ident = $number:literal $c_name:ident $method:ident $since:ident $section:literal $class:ident
        $weight:ident $place:ident ($($argument:ident: $shape:ty),*);)*) => {
        impl Handler for Token<'_> {
            type Error = Rv;

            fn admit(&mut self, _: &'static CallRow, _: SessionHandle) -> Result<(), Rv> {
                Ok(())
            }

            $(serve! { $place $method ($($argument: $shape),*) })*
        }
    };
}

for_each_call!(make_token);

/// Answers under the two-call rule.
fn give<T>(answer: &mut shape::Answer<Vec<T>>, items: Vec<T>) -> Result<(), Rv> {
    match answer.room() {
        Room::Query => answer.length(items.len()),
        room if !room.fits(items.len()) => {
            answer.length(items.len());
            return Err(Rv::BUFFER_TOO_SMALL);
        }
        Room::Items(_) => answer.items(items),
    }
    Ok(())
}
