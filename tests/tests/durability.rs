//! What was acknowledged outlives a kill: hsmd is killed in the middle of writing, over and over.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Instant;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use tests::{Application, Chain, PATIENCE, Partition, alone, setting};

/// How often hsmd is killed where `DEW_KILL_CYCLES` does not say.
const CYCLES: usize = 100;

/// Threads that create keys: several, so that several creations share one commit when the kill comes.
const WRITERS: usize = 4;

/// How many keys are acknowledged between two kills.
const KEYS_PER_CYCLE: usize = 8;

#[test]
fn acknowledged_keys_survive_kills() {
    alone("acknowledged_keys_survive_kills", || {
        let cycles = setting("DEW_KILL_CYCLES").map_or(CYCLES, |text| {
            text.parse().expect("DEW_KILL_CYCLES is a number")
        });
        let mut chain = Chain::start();
        let application = Application::start(&chain.token(Partition::Strict));
        let ledger = Ledger::default();
        let (acknowledge, acknowledged) = mpsc::channel();
        thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (application, ledger, acknowledge) =
                    (&application, &ledger, acknowledge.clone());
                scope.spawn(move || write_keys(application, ledger, writer, &acknowledge));
            }
            let _stop = StopOnDrop(&ledger);
            // Kept open from one kill to the next, so that the writers need not log in again.
            let mut login = None;
            for cycle in 0..cycles {
                for _ in 0..KEYS_PER_CYCLE {
                    acknowledged.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                        panic!("no key was created within {PATIENCE:?} in cycle {cycle}");
                    });
                }
                chain.kill_hsmd();
                chain.start_hsmd();
                login = Some(check(&application, &ledger, cycle, Depth::New));
                ledger.lives.next();
            }
            drop(login);
        });
        drop(check(&application, &ledger, cycles, Depth::All));
        chain.stop_hsmd();
        chain.verify_audit();
    });
}

/// What the writers know.
#[derive(Default)]
struct Ledger {
    stop: AtomicBool,
    lives: Lives,
    keys: Mutex<Keys>,
}

/// Counts how often hsmd came back, so that writers do not hammer at one that is not there.
#[derive(Default)]
struct Lives {
    count: Mutex<u64>,
    changed: Condvar,
}

impl Lives {
    fn current(&self) -> u64 {
        *self.count.lock().unwrap()
    }

    fn next(&self) {
        *self.count.lock().unwrap() += 1;
        self.changed.notify_all();
    }

    /// Waits until hsmd has another life than the one that failed.
    fn wait_beyond(&self, failed: u64) {
        let count = self.count.lock().unwrap();
        drop(
            self.changed
                .wait_while(count, |count| *count <= failed)
                .unwrap(),
        );
    }
}

#[derive(Default)]
struct Keys {
    /// Created, as far as their writers were told.
    acknowledged: BTreeSet<String>,
    /// Acknowledged, but not used since.
    new: Vec<String>,
    /// Asked for: these, and no others, may be there.
    attempted: BTreeSet<String>,
}

/// Which keys to use, beyond looking whether they are there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    All,
    New,
}

/// Lets the writers end however the test does: a scope waits for them.
struct StopOnDrop<'a>(&'a Ledger);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
        self.0.lives.next();
    }
}

/// Creates keys until told to stop, through all the kills.
fn write_keys(application: &Application, ledger: &Ledger, writer: usize, acknowledge: &Sender<()>) {
    let mut session = None;
    for number in 0.. {
        if ledger.stop.load(Ordering::Relaxed) {
            return;
        }
        let label = format!("writer {writer}, key {number}");
        let life = ledger.lives.current();
        ledger.keys.lock().unwrap().attempted.insert(label.clone());
        let created =
            logged_in(application, &mut session).and_then(|session| create(session, &label));
        match created {
            Ok(_) => {
                let mut keys = ledger.keys.lock().unwrap();
                keys.acknowledged.insert(label.clone());
                keys.new.push(label);
                drop(keys);
                // The test may have seen enough.
                let _ = acknowledge.send(());
            }
            Err(error) => {
                assert!(
                    matches!(error, Error::Pkcs11(..)),
                    "no PKCS#11 code: {error}"
                );
                session = None;
                ledger.lives.wait_beyond(life);
            }
        }
    }
}

/// Returns the writer's session, opened and logged in anew if hsmd was killed since.
fn logged_in<'a>(
    application: &Application,
    session: &'a mut Option<Session>,
) -> cryptoki::error::Result<&'a Session> {
    if let Some(session) = session {
        return Ok(session);
    }
    let opened = application.pkcs11.open_rw_session(application.slot)?;
    match opened.login(UserType::User, Some(&application.pin())) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session.insert(opened)),
        Err(error) => Err(error),
    }
}

/// Waits until the agent has found the new hsmd; until then calls say that the device is not there.
fn logged_in_again(application: &Application) -> Session {
    let begun = Instant::now();
    let mut session = None;
    while let Err(error) = logged_in(application, &mut session) {
        assert!(
            begun.elapsed() < PATIENCE,
            "hsmd does not serve again: {error}"
        );
        thread::yield_now();
    }
    session.expect("it was just opened")
}

fn create(session: &Session, label: &str) -> cryptoki::error::Result<ObjectHandle> {
    session.generate_key(
        &Mechanism::AesKeyGen,
        &[
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::ValueLen(32.into()),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::Label(label.as_bytes().to_vec()),
        ],
    )
}

/// Checks that every acknowledged key is there, that nothing else is, and that the keys work.
fn check(application: &Application, ledger: &Ledger, cycle: usize, depth: Depth) -> Session {
    // What is acknowledged before we look must be seen; what comes meanwhile may be.
    let (acknowledged, to_use) = {
        let mut keys = ledger.keys.lock().unwrap();
        let new = std::mem::take(&mut keys.new);
        let all = keys.acknowledged.clone();
        let to_use = if depth == Depth::All {
            all.iter().cloned().collect()
        } else {
            new
        };
        (all, to_use)
    };
    let session = logged_in_again(application);
    let present = labels(&session);
    let attempted = ledger.keys.lock().unwrap().attempted.clone();
    let lost: Vec<_> = acknowledged.difference(&present).collect();
    assert!(lost.is_empty(), "lost in cycle {cycle}: {lost:?}");
    let strange: Vec<_> = present.difference(&attempted).collect();
    assert!(
        strange.is_empty(),
        "nobody created these, seen in cycle {cycle}: {strange:?}"
    );
    for label in to_use {
        let found = session.find_objects(&[Attribute::Label(label.as_bytes().to_vec())]);
        let found = found.expect("C_FindObjects");
        assert_eq!(found.len(), 1, "{label} in cycle {cycle}");
        session
            .encrypt(&Mechanism::AesEcb, found[0], &[7; 16])
            .unwrap_or_else(|error| panic!("{label} cannot be used in cycle {cycle}: {error}"));
    }
    session
}

/// Reads the labels of all secret keys.
fn labels(session: &Session) -> BTreeSet<String> {
    let class = [Attribute::Class(ObjectClass::SECRET_KEY)];
    let found = session.find_objects(&class).expect("C_FindObjects");
    let label = |object: ObjectHandle| {
        let attributes = session.get_attributes(object, &[AttributeType::Label]);
        match attributes.expect("C_GetAttributeValue").as_slice() {
            [Attribute::Label(label)] => String::from_utf8_lossy(label).into_owned(),
            other => panic!("no label, but {other:?}"),
        }
    };
    found.into_iter().map(label).collect()
}
