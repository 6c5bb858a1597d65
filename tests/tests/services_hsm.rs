//! The services' use of an HSM, over the whole chain: every claim that holds over another vendor's module holds here.

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use kit::hsm::{Error, Hsm, Kind, Material, Settings, TokenChoice, Usage};
use kit::testing::hsm_suite::{BINDING, CLAIMS, Suite};
use tests::{Access, Chain, PATIENCE, Partition, alone};

/// Threads that encrypt while the HSM goes.
const CALLERS: usize = 8;

fn settings(chain: &Chain) -> Settings {
    let token = chain.token(Partition::Compat);
    Settings::new(
        token.module,
        TokenChoice::Label(token.label),
        token.pin.into(),
    )
}

#[test]
fn every_claim_holds_over_the_chain() {
    alone("every_claim_holds_over_the_chain", || {
        let chain = Chain::start();
        let suite = Suite {
            hsm: Hsm::connect(settings(&chain)).expect("the chain is up"),
            oaep_sha256: true,
            ecdh: true,
            ed25519: true,
            folder: chain.token(Partition::Compat).folder,
        };
        for (name, claim) in CLAIMS {
            eprintln!("{name}");
            claim(&suite);
        }
    });
}

#[test]
fn a_killed_hsm_is_healed() {
    alone("a_killed_hsm_is_healed", || {
        let mut chain = Chain::start();
        let caller = Caller::new(&chain);
        chain.kill_hsmd();
        caller.fails();
        chain.start_hsmd();
        caller.works_again();
    });
}

#[test]
fn an_agent_that_was_away_is_healed() {
    alone("an_agent_that_was_away_is_healed", || {
        let mut chain = Chain::start();
        let caller = Caller::new(&chain);
        chain.kill_agent();
        caller.fails();
        chain.start_agent(Access::All.name());
        caller.works_again();
    });
}

#[test]
fn a_restart_between_two_calls_is_not_noticed() {
    alone("a_restart_between_two_calls_is_not_noticed", || {
        let mut chain = Chain::start();
        let mut settings = settings(&chain);
        settings.patience = PATIENCE;
        let caller = Caller::connect(settings);
        chain.stop_hsmd();
        chain.start_hsmd();
        caller.all_decrypt();
        assert_eq!(caller.hsm.health().epoch, 2);
    });
}

#[test]
fn a_restart_under_load_within_the_patience_fails_no_call() {
    alone(
        "a_restart_under_load_within_the_patience_fails_no_call",
        || {
            let mut chain = Chain::start();
            let mut settings = settings(&chain);
            settings.patience = PATIENCE;
            let caller = Caller::connect(settings);
            let (done, calls) = mpsc::channel();
            let stop = AtomicBool::new(false);
            thread::scope(|scope| {
                for _ in 0..CALLERS {
                    let (done, caller, stop) = (done.clone(), &caller, &stop);
                    scope.spawn(move || {
                        while !stop.load(Ordering::SeqCst) {
                            let decrypted = caller.decrypt();
                            let failed = decrypted.is_err();
                            // Nobody counts the last ones.
                            drop(done.send(decrypted));
                            if failed {
                                return;
                            }
                        }
                    });
                }
                let some_calls = || {
                    for _ in 0..CALLERS * 10 {
                        let call = calls.recv_timeout(PATIENCE).expect("calls are made");
                        call.expect("no call fails");
                    }
                };
                for _ in 0..2 {
                    some_calls();
                    chain.kill_hsmd();
                    chain.start_hsmd();
                    // All that were made before the restart, and some after it.
                    while calls
                        .try_recv()
                        .map(|call| call.expect("no call fails"))
                        .is_ok()
                    {}
                    some_calls();
                }
                stop.store(true, Ordering::SeqCst);
            });
            assert_eq!(caller.hsm.health().busy, 0);
        },
    );
}

#[test]
fn an_hsm_that_comes_later_is_used() {
    alone("an_hsm_that_comes_later_is_used", || {
        let mut chain = Chain::start();
        chain.stop_hsmd();
        let hsm = Hsm::connect(settings(&chain)).expect("an HSM that is away is no error");
        assert!(hsm.health().outage.is_some());
        let refused = hsm.random(8);
        assert!(
            matches!(refused, Err(Error::Unavailable { .. })),
            "{refused:?}"
        );
        chain.start_hsmd();
        eventually(|| hsm.random(8).map(drop));
    });
}

/// A service with a key that was encrypted with.
struct Caller {
    hsm: Hsm,
    key: Material,
    sealed: Vec<u8>,
}

impl Caller {
    fn new(chain: &Chain) -> Self {
        Self::connect(settings(chain))
    }

    fn connect(settings: Settings) -> Self {
        let hsm = Hsm::connect(settings).expect("the chain is up");
        let stored = hsm.generate(&BINDING, Kind::Aes { bits: 256 }, Usage::Encrypt);
        let key = Material::from(stored.expect("it generates"));
        let sealed = hsm.encrypt_gcm(&BINDING, &key, b"", b"plain");
        let sealed = sealed.expect("it encrypts");
        Self { hsm, key, sealed }
    }

    fn decrypt(&self) -> Result<(), Error> {
        let opened = self
            .hsm
            .decrypt_gcm(&BINDING, &self.key, b"", &self.sealed)?;
        assert_eq!(opened.as_slice(), b"plain");
        Ok(())
    }

    fn all_decrypt(&self) {
        thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| self.decrypt().expect("it decrypts"));
            }
        });
    }

    /// Checks that all calls fail as unavailable while something is gone.
    fn fails(&self) {
        thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    let failed = self.decrypt();
                    assert!(
                        matches!(failed, Err(Error::Unavailable { .. })),
                        "{failed:?}"
                    );
                });
            }
        });
        assert!(self.hsm.health().outage.is_some());
    }

    fn works_again(&self) {
        eventually(|| self.decrypt());
        self.all_decrypt();
        assert_eq!(self.hsm.health().epoch, 2, "healed more than once");
    }
}

/// Waits until a call works; until then it may only say that the HSM is not available.
fn eventually(call: impl Fn() -> Result<(), Error>) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = call() {
        assert!(matches!(error, Error::Unavailable { .. }), "{error}");
        assert!(Instant::now() < deadline, "still fails: {error}");
        thread::yield_now();
    }
}
