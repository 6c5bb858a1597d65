//! The HSM and the agent are killed under an application that does not notice: its sessions, its login and its handles live on.

#![forbid(unsafe_code)]

mod link;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use tests::{Access, Application, Chain, PATIENCE, Partition, alone};

/// Threads that work while something is killed.
const WORKERS: usize = 4;
/// How often something is killed.
const KILLS: usize = 4;
/// Calls that every life sees.
const CALLS: usize = 24;

#[test]
fn a_signing_loop_outlives_the_hsm() {
    alone("a_signing_loop_outlives_the_hsm", || {
        sign_through(|chain| {
            chain.kill_hsmd();
            chain.start_hsmd();
        });
    });
}

#[test]
fn a_signing_loop_outlives_the_agent() {
    alone("a_signing_loop_outlives_the_agent", || {
        sign_through(|chain| {
            chain.kill_agent();
            chain.start_agent(Access::All.name());
        });
    });
}

#[test]
fn a_key_is_made_once_however_often_the_hsm_is_killed() {
    alone("a_key_is_made_once_however_often_the_hsm_is_killed", || {
        let mut chain = Chain::start();
        let application = Application::start(&chain.token(Partition::Compat));
        let login = application.user_session();
        let made = AtomicUsize::new(0);
        work_through(&mut chain, kill_hsmd, |worker, turn| {
            let session = application.session();
            for number in turn {
                let label = format!("worker {worker}, key {number}");
                make_key(&session, true, &label);
                made.fetch_add(1, Ordering::SeqCst);
            }
        });
        let keys = [Attribute::Class(ObjectClass::SECRET_KEY)];
        let all = login.find_objects(&keys).expect("C_FindObjects");
        assert_eq!(all.len(), made.load(Ordering::SeqCst), "each key once");
    });
}

#[test]
fn session_objects_outlive_the_agent_and_end_with_the_hsm_by_one_code() {
    alone(
        "session_objects_outlive_the_agent_and_end_with_the_hsm_by_one_code",
        || {
            let mut chain = Chain::start();
            let application = Application::start(&chain.token(Partition::Compat));
            let session = application.user_session();
            let (kept, passing) = (
                make_key(&session, true, "kept"),
                make_key(&session, false, "passing"),
            );
            chain.kill_agent();
            chain.start_agent(Access::All.name());
            encrypt(&session, passing).expect("the HSM was not gone");
            kill_hsmd(&mut chain);
            check_rv(encrypt(&session, passing), RvError::KeyHandleInvalid);
            encrypt(&session, kept).expect("the token's objects live on");
        },
    );
}

#[test]
fn a_strict_partition_keeps_the_login_without_the_agent_but_not_without_the_hsm() {
    alone(
        "a_strict_partition_keeps_the_login_without_the_agent_but_not_without_the_hsm",
        || {
            let mut chain = Chain::start();
            let application = Application::start(&chain.token(Partition::Strict));
            let session = application.user_session();
            let key = make_key(&session, true, "kept");
            chain.kill_agent();
            chain.start_agent(Access::All.name());
            encrypt(&session, key).expect("the login is in the HSM");
            kill_hsmd(&mut chain);
            check_rv(encrypt(&session, key), RvError::UserNotLoggedIn);
            session
                .login(UserType::User, Some(&application.pin()))
                .expect("the session is open");
            encrypt(&session, key).expect("the handle means what it meant");
        },
    );
}

fn kill_hsmd(chain: &mut Chain) {
    chain.kill_hsmd();
    chain.start_hsmd();
}

/// Signs in several threads while something is broken and mended; no call may fail.
fn sign_through(breaks: impl Fn(&mut Chain)) {
    let mut chain = Chain::start();
    let application = Application::start(&chain.token(Partition::Compat));
    let login = application.user_session();
    let key = make_key(&login, true, "kept");
    work_through(&mut chain, breaks, |_, turn| {
        let session = application.session();
        for _ in turn {
            encrypt(&session, key).expect("nobody notices");
        }
    });
}

/// Lets workers work, each on its numbers until told to stop, while something is broken and mended.
fn work_through(
    chain: &mut Chain,
    breaks: impl Fn(&mut Chain),
    work: impl Fn(usize, &mut dyn Iterator<Item = usize>) + Sync,
) {
    let stop = AtomicBool::new(false);
    let (done, doings) = mpsc::channel();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (stop, done, work) = (&stop, done.clone(), &work);
            scope.spawn(move || {
                let mut numbers = (0..).take_while(|_| {
                    // The test counts only what it waits for.
                    let _ = done.send(());
                    !stop.load(Ordering::SeqCst)
                });
                work(worker, &mut numbers);
            });
        }
        let _stop = StopOnDrop(&stop);
        for _ in 0..KILLS {
            for _ in 0..CALLS {
                doings.recv_timeout(PATIENCE).expect("calls go on");
            }
            breaks(chain);
            while doings.try_recv().is_ok() {}
        }
        for _ in 0..CALLS {
            doings.recv_timeout(PATIENCE).expect("calls go on");
        }
    });
}

/// Lets the workers end however the test does: a scope waits for them.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn make_key(session: &Session, token: bool, label: &str) -> ObjectHandle {
    let template = [
        Attribute::Token(token),
        Attribute::Private(true),
        Attribute::ValueLen(16.into()),
        Attribute::Encrypt(true),
        Attribute::Label(label.into()),
    ];
    session
        .generate_key(&Mechanism::AesKeyGen, &template)
        .expect("C_GenerateKey")
}

fn encrypt(session: &Session, key: ObjectHandle) -> cryptoki::error::Result<()> {
    session.encrypt(&Mechanism::AesEcb, key, &[1; 16]).map(drop)
}

fn check_rv<T>(result: Result<T, Error>, expected: RvError) {
    match result {
        Err(Error::Pkcs11(rv, _)) if rv == expected => {}
        Err(error) => panic!("expected {expected:?}, got {error}"),
        Ok(_) => panic!("expected {expected:?}, but it worked"),
    }
}
