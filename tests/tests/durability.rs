//! What was acknowledged outlives a kill: hsmd is killed in the middle of writing, over and over.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Mutex, MutexGuard};
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
        thread::scope(|scope| {
            // Nearly a rendezvous: while nobody counts, the writers wait, each with at most one key more.
            let (acknowledge, acknowledged) = mpsc::sync_channel(1);
            for writer in 0..WRITERS {
                let (application, ledger, acknowledge) =
                    (&application, &ledger, acknowledge.clone());
                scope.spawn(move || write_keys(application, ledger, writer, &acknowledge));
            }
            let _stop = StopOnDrop(&ledger.stop);
            for cycle in 0..cycles {
                for _ in 0..KEYS_PER_CYCLE {
                    acknowledged.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                        panic!("no key was created within {PATIENCE:?} in cycle {cycle}");
                    });
                }
                chain.kill_hsmd();
                chain.start_hsmd();
                check(&application, &ledger, cycle, Depth::New);
            }
        });
        check(&application, &ledger, cycles, Depth::All);
        chain.stop_hsmd();
        chain.verify_audit();
    });
}

/// What the writers know.
#[derive(Default)]
struct Ledger {
    stop: AtomicBool,
    keys: Mutex<Keys>,
}

impl Ledger {
    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys
            .lock()
            .expect("nobody panics while holding the ledger")
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
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Creates keys until told to stop, through all the kills.
fn write_keys(
    application: &Application,
    ledger: &Ledger,
    writer: usize,
    acknowledge: &SyncSender<()>,
) {
    let mut session = None;
    for number in 0.. {
        if ledger.stop.load(Ordering::Relaxed) {
            return;
        }
        let label = format!("writer {writer}, key {number}");
        ledger.keys().attempted.insert(label.clone());
        let created =
            logged_in(application, &mut session).and_then(|session| create(session, &label));
        match created {
            Ok(_) => {
                let mut keys = ledger.keys();
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
fn logged_in_again<'a>(application: &Application, session: &'a mut Option<Session>) -> &'a Session {
    let begun = Instant::now();
    loop {
        match logged_in(application, session) {
            Ok(_) => break,
            Err(error) => assert!(
                begun.elapsed() < PATIENCE,
                "hsmd does not serve again: {error}"
            ),
        }
        thread::yield_now();
    }
    session.as_ref().expect("it was just opened")
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
fn check(application: &Application, ledger: &Ledger, cycle: usize, depth: Depth) {
    // What is acknowledged before we look must be seen; what comes meanwhile may be.
    let (acknowledged, to_use) = {
        let mut keys = ledger.keys();
        let new = std::mem::take(&mut keys.new);
        let all = keys.acknowledged.clone();
        let to_use = if depth == Depth::All {
            all.iter().cloned().collect()
        } else {
            new
        };
        (all, to_use)
    };
    let mut session = None;
    let session = logged_in_again(application, &mut session);
    let present = labels(session);
    let attempted = ledger.keys().attempted.clone();
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
