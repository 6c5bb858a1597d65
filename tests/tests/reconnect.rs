//! An application that outlives its HSM and its agent, and need not be restarted.

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use cryptoki::error::{Error, Result, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::{Session, UserType};
use tests::{Access, Application, Chain, PATIENCE, Partition, alone};

/// The DER of the object identifier of P-256 (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Threads that sign while the HSM goes.
const SIGNERS: usize = 4;

#[test]
fn calls_fail_while_the_hsm_is_gone_and_work_when_it_is_back() {
    alone(
        "calls_fail_while_the_hsm_is_gone_and_work_when_it_is_back",
        || {
            let mut chain = Chain::start();
            let application = Application::start(&chain.token(Partition::Strict));
            let _login = make_key(&application);
            survive(&application, || chain.kill_hsmd());
            chain.start_hsmd();
            works_again(&application);
        },
    );
}

#[test]
fn an_orderly_restart_of_the_hsm_is_survived() {
    alone("an_orderly_restart_of_the_hsm_is_survived", || {
        let mut chain = Chain::start();
        let application = Application::start(&chain.token(Partition::Strict));
        let _login = make_key(&application);
        survive(&application, || chain.stop_hsmd());
        chain.start_hsmd();
        works_again(&application);
    });
}

#[test]
fn a_restart_of_the_agent_is_survived() {
    alone("a_restart_of_the_agent_is_survived", || {
        let mut chain = Chain::start();
        let application = Application::start(&chain.token(Partition::Strict));
        let _login = make_key(&application);
        survive(&application, || chain.kill_agent());
        chain.start_agent(Access::All.name());
        works_again(&application);
    });
}

#[test]
fn after_an_outage_that_outlasts_patience_sessions_are_there_and_their_objects_are_gone() {
    alone(
        "after_an_outage_that_outlasts_patience_sessions_are_there_and_their_objects_are_gone",
        || {
            let mut chain = Chain::start();
            let application = Application::start(&chain.token(Partition::Strict));
            let session = application.user_session();
            let make = |token| {
                let template = [
                    Attribute::Token(token),
                    Attribute::ValueLen(16.into()),
                    Attribute::Encrypt(true),
                ];
                session
                    .generate_key(&Mechanism::AesKeyGen, &template)
                    .expect("C_GenerateKey")
            };
            let (kept, passing) = (make(true), make(false));
            let encrypt = |session: &Session, key| {
                session.encrypt(&Mechanism::AesEcb, key, &[1; 16]).map(drop)
            };
            encrypt(&session, kept).expect("C_Encrypt");
            encrypt(&session, passing).expect("C_Encrypt");
            chain.kill_hsmd();
            // The call that finds the HSM gone, and those after it.
            for _ in 0..2 {
                let error = encrypt(&session, kept).expect_err("the HSM is gone");
                assert!(
                    matches!(
                        error,
                        Error::Pkcs11(RvError::DeviceRemoved | RvError::DeviceError, _)
                    ),
                    "{error}"
                );
            }
            chain.start_hsmd();
            let fresh = open_again(&application);
            check_rv(encrypt(&session, kept), RvError::UserNotLoggedIn);
            check_rv(encrypt(&fresh, kept), RvError::UserNotLoggedIn);
            fresh
                .login(UserType::User, Some(&application.pin()))
                .expect("C_Login");
            encrypt(&fresh, kept).expect("the handle of a token object outlives the HSM");
            check_rv(encrypt(&fresh, passing), RvError::KeyHandleInvalid);
        },
    );
}

/// Opens a session as soon as the agent has the HSM back; until then there is one code.
fn open_again(application: &Application) -> Session {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match application.pkcs11.open_rw_session(application.slot) {
            Ok(session) => return session,
            Err(error) => {
                check_rv::<()>(Err(error), RvError::DeviceError);
                assert!(Instant::now() < deadline, "the HSM does not come back");
            }
        }
        thread::yield_now();
    }
}

fn check_rv<T>(result: Result<T>, expected: RvError) {
    match result {
        Err(Error::Pkcs11(rv, _)) if rv == expected => {}
        Err(error) => panic!("expected {expected:?}, got {error}"),
        Ok(_) => panic!("expected {expected:?}, but it worked"),
    }
}

/// Lets threads sign, breaks something under them, and checks that each of them is told so by a PKCS#11 code.
fn survive(application: &Application, breaks: impl FnOnce()) {
    let broken = AtomicBool::new(false);
    let (signed, signatures) = mpsc::channel();
    thread::scope(|scope| {
        let signers: Vec<_> = (0..SIGNERS)
            .map(|_| {
                let (signed, broken) = (signed.clone(), &broken);
                scope.spawn(move || sign_until_failure(application, broken, &signed))
            })
            .collect();
        wait_for_some(&signatures);
        broken.store(true, Ordering::SeqCst);
        breaks();
        for signer in signers {
            let error = signer.join().expect("a signer ends by returning");
            assert!(
                matches!(error, Error::Pkcs11(..)),
                "no PKCS#11 code: {error}"
            );
        }
    });
}

fn wait_for_some(signatures: &Receiver<()>) {
    for _ in 0..SIGNERS * 10 {
        signatures
            .recv_timeout(PATIENCE)
            .expect("signatures are made before anything breaks");
    }
}

/// Signs until a call fails, which it may only once something was broken.
fn sign_until_failure(
    application: &Application,
    broken: &AtomicBool,
    signed: &Sender<()>,
) -> Error {
    let session = application.session();
    let deadline = Instant::now() + PATIENCE;
    loop {
        match sign(&session) {
            // The test counts only the first ones.
            Ok(()) => drop(signed.send(())),
            Err(error) => {
                assert!(
                    broken.load(Ordering::SeqCst),
                    "failed before anything broke: {error}"
                );
                return error;
            }
        }
        assert!(
            Instant::now() < deadline,
            "calls still work though something is gone"
        );
    }
}

/// Checks that the same application can log in and sign again.
fn works_again(application: &Application) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let Err(error) = log_in_and_sign(application) else {
            return;
        };
        assert!(
            matches!(error, Error::Pkcs11(..)),
            "no PKCS#11 code: {error}"
        );
        assert!(Instant::now() < deadline, "still fails: {error}");
        // The agent may still be connecting: the next call has it try at once.
        thread::yield_now();
    }
}

fn log_in_and_sign(application: &Application) -> Result<()> {
    let session = application.pkcs11.open_rw_session(application.slot)?;
    match session.login(UserType::User, Some(&application.pin())) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => sign(&session),
        Err(error) => Err(error),
    }
}

/// Makes the key, and returns the session that keeps the application logged in.
fn make_key(application: &Application) -> Session {
    let session = application.user_session();
    session
        .generate_key_pair(
            &Mechanism::EccKeyPairGen,
            &[
                Attribute::Token(true),
                Attribute::EcParams(P256.to_vec()),
                Attribute::Verify(true),
            ],
            &[
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Sign(true),
            ],
        )
        .expect("C_GenerateKeyPair");
    session
}

fn sign(session: &Session) -> Result<()> {
    let keys = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])?;
    assert_eq!(keys.len(), 1, "the one key that was made");
    session.sign(&Mechanism::Ecdsa, keys[0], &[3; 32]).map(drop)
}
