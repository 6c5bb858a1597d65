//! The link between the agent and the HSM breaks, swallows packets, delays them, and loses an answer.

use std::sync::mpsc;
use std::thread;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use nix::sys::signal::Signal;
use tests::{Application, Chain, PATIENCE, Partition, Relay, alone};

use crate::{encrypt, kill_hsmd, make_key, work_through};

/// The DER of the object identifier of P-256 (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Waits that are short, so that a test need not be long.
const SHORT: &str = "silence_seconds = 1\nresume_seconds = 1\n";

/// A chain with a relay between agent and HSM, and an application that is logged in.
struct Broken {
    // Dropped in this order: a session that ends after the chain waits for its return.
    session: Session,
    application: Application,
    relay: Relay,
    chain: Chain,
}

impl Broken {
    /// Agent and module with their usual waits.
    fn patient() -> Self {
        Self::start(15, "")
    }

    /// An agent that takes an HSM for lost that says nothing for a second.
    fn with_quick_agent() -> Self {
        Self::start(1, "")
    }

    /// Neither agent nor module wait longer than a second or two.
    fn impatient() -> Self {
        Self::start(1, SHORT)
    }

    fn start(agent_silence: u64, module: &str) -> Self {
        let mut chain = Chain::start();
        let relay = chain.relay(agent_silence);
        chain.configure_module(module);
        let application = Application::start(&chain.token(Partition::Compat));
        let session = application.user_session();
        Self {
            chain,
            relay,
            application,
            session,
        }
    }

    /// Counts the objects of a class.
    fn count(&self, class: ObjectClass) -> usize {
        let objects = self.session.find_objects(&[Attribute::Class(class)]);
        objects.expect("C_FindObjects").len()
    }
}

#[test]
fn a_signing_loop_outlives_the_link() {
    alone("link::a_signing_loop_outlives_the_link", || {
        let mut broken = Broken::patient();
        let key = make_key(&broken.session, true, "kept");
        let Broken {
            chain,
            relay,
            application,
            ..
        } = &mut broken;
        work_through(
            chain,
            |_| relay.cut(),
            |_, turn| {
                let session = application.session();
                for _ in turn {
                    encrypt(&session, key).expect("nobody notices");
                }
            },
        );
    });
}

#[test]
fn each_key_is_made_once_however_often_the_link_breaks() {
    alone(
        "link::each_key_is_made_once_however_often_the_link_breaks",
        || {
            let mut broken = Broken::patient();
            let made = std::sync::atomic::AtomicUsize::new(0);
            let Broken {
                chain,
                relay,
                application,
                ..
            } = &mut broken;
            work_through(
                chain,
                |_| relay.cut(),
                |_, turn| {
                    let session = application.session();
                    for _ in turn {
                        make_key(&session, true, "made");
                        made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    }
                },
            );
            assert_eq!(broken.count(ObjectClass::SECRET_KEY), made.into_inner());
        },
    );
}

#[test]
fn a_key_whose_handle_was_lost_is_there_once() {
    alone("link::a_key_whose_handle_was_lost_is_there_once", || {
        let broken = Broken::patient();
        broken.relay.lose_next_answer(true);
        let key = make_key(&broken.session, true, "made");
        broken.relay.wait_until_lost(1);
        assert_eq!(broken.count(ObjectClass::SECRET_KEY), 1);
        encrypt(&broken.session, key).expect("it is the key");
        broken.relay.lose_next_answer(true);
        make_pair(&broken.session);
        broken.relay.wait_until_lost(2);
        assert_eq!(broken.count(ObjectClass::PRIVATE_KEY), 1);
        assert_eq!(broken.count(ObjectClass::PUBLIC_KEY), 1);
    });
}

#[test]
fn a_key_whose_handle_was_lost_with_the_hsm_is_there_once() {
    alone(
        "link::a_key_whose_handle_was_lost_with_the_hsm_is_there_once",
        || {
            let mut broken = Broken::patient();
            broken.relay.lose_next_answer(false);
            let Broken {
                chain,
                relay,
                session,
                ..
            } = &mut broken;
            let key = thread::scope(|scope| {
                scope.spawn(|| {
                    relay.wait_until_lost(1);
                    kill_hsmd(chain);
                    relay.pass();
                });
                make_key(session, true, "made")
            });
            assert_eq!(broken.count(ObjectClass::SECRET_KEY), 1);
            encrypt(&broken.session, key).expect("it is the key");
        },
    );
}

#[test]
fn a_request_that_comes_after_its_repetition_is_not_carried_out() {
    alone(
        "link::a_request_that_comes_after_its_repetition_is_not_carried_out",
        || {
            let broken = Broken::with_quick_agent();
            let session = &broken.session;
            let key = make_key(session, true, "first");
            let rename = |label: &str| {
                let label = Attribute::Label(label.into());
                session
                    .update_attributes(key, &[label])
                    .expect("C_SetAttributeValue");
            };
            broken.relay.hold();
            rename("late");
            rename("newest");
            broken.relay.release_and_end();
            assert_eq!(label(session, key), "newest");
            encrypt(session, key).expect("the application is where it was");
        },
    );
}

#[test]
fn packets_that_are_late_are_only_late() {
    alone("link::packets_that_are_late_are_only_late", || {
        let broken = Broken::patient();
        broken.relay.hold();
        thread::scope(|scope| {
            let relay = &broken.relay;
            scope.spawn(|| {
                relay.wait_until_held();
                relay.release();
            });
            make_key(&broken.session, true, "made");
        });
        assert_eq!(broken.count(ObjectClass::SECRET_KEY), 1);
    });
}

#[test]
fn a_link_that_swallows_packets_is_given_up_within_the_configured_time() {
    alone(
        "link::a_link_that_swallows_packets_is_given_up_within_the_configured_time",
        || {
            let broken = Broken::impatient();
            let key = make_key(&broken.session, true, "kept");
            broken.relay.swallow();
            // The call under way, one that finds the HSM lost, and one that needs a new session.
            for _ in 0..2 {
                check_given_up(|| encrypt(&broken.session, key));
            }
            check_given_up(|| {
                let opened = broken
                    .application
                    .pkcs11
                    .open_rw_session(broken.application.slot);
                opened.map(drop)
            });
            broken.relay.pass();
            broken.relay.cut();
            mends(&broken, key);
        },
    );
}

#[test]
fn an_agent_or_an_hsm_that_stands_still_is_given_up_within_the_configured_time() {
    alone(
        "link::an_agent_or_an_hsm_that_stands_still_is_given_up_within_the_configured_time",
        || {
            let mut broken = Broken::impatient();
            let key = make_key(&broken.session, true, "kept");
            broken.chain.agent().freeze();
            check_given_up(|| encrypt(&broken.session, key));
            broken.chain.agent().signal(Signal::SIGCONT);
            mends(&broken, key);
            broken.chain.hsmd().freeze();
            check_given_up(|| encrypt(&broken.session, key));
            broken.chain.hsmd().signal(Signal::SIGCONT);
            mends(&broken, key);
        },
    );
}

/// Checks that a call ends, long before the test loses its patience, with one of the two codes that say so.
fn check_given_up(call: impl FnOnce() -> cryptoki::error::Result<()>) {
    let (ended, end) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            eprintln!("the call hangs");
            std::process::abort();
        }
    });
    let error = call().expect_err("nothing is carried");
    drop(ended);
    watch.join().expect("the watch ends with the call");
    let given_up = matches!(
        error,
        Error::Pkcs11(RvError::DeviceError | RvError::DeviceRemoved, _)
    );
    assert!(given_up, "{error}");
}

/// Checks that the session and the key of an application serve again, as soon as the way is found: an operation that was begun by a
/// call which was given up stands in nobody's way.
fn mends(broken: &Broken, key: ObjectHandle) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while let Err(error) = encrypt(&broken.session, key) {
        let away = matches!(
            error,
            Error::Pkcs11(RvError::DeviceError | RvError::DeviceRemoved, _)
        );
        assert!(away, "{error}");
        assert!(std::time::Instant::now() < deadline, "still: {error}");
    }
}

fn label(session: &Session, key: ObjectHandle) -> String {
    let attributes = session
        .get_attributes(key, &[cryptoki::object::AttributeType::Label])
        .expect("C_GetAttributeValue");
    match &attributes[..] {
        [Attribute::Label(label)] => String::from_utf8_lossy(label).into_owned(),
        other => panic!("{other:?}"),
    }
}

fn make_pair(session: &Session) {
    let ours = [Attribute::Token(true), Attribute::EcParams(P256.to_vec())];
    let theirs = [Attribute::Token(true), Attribute::Private(true)];
    session
        .generate_key_pair(&Mechanism::EccKeyPairGen, &ours, &theirs)
        .expect("C_GenerateKeyPair");
}
