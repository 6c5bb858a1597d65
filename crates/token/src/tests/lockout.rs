//! A PIN has ten guesses, whoever makes them and however many at once.

use std::sync::{Arc, Barrier};
use std::thread;

use ck::Rv;
use ck::flags::token;
use store::Fault;

use crate::tests::bench::{Bench, SO_PIN, USER_PIN, WRONG_PIN};

const GUESSES: usize = 10;

#[test]
fn many_applications_at_once_get_ten_guesses_between_them() {
    let bench = Bench::compat();
    let before = bench.pins_hashed();
    let start = Barrier::new(64);
    let answers: Vec<Rv> = thread::scope(|scope| {
        let guessers: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    let client = bench.client();
                    let session = client.open();
                    start.wait();
                    client.login(session, 1, WRONG_PIN).unwrap_err()
                })
            })
            .collect();
        guessers
            .into_iter()
            .map(|guesser| guesser.join().unwrap())
            .collect()
    });
    let wrong = answers
        .iter()
        .filter(|rv| **rv == Rv::PIN_INCORRECT)
        .count();
    let locked = answers.iter().filter(|rv| **rv == Rv::PIN_LOCKED).count();
    assert_eq!((wrong, locked), (GUESSES, 64 - GUESSES));
    assert_eq!(bench.pins_hashed() - before, GUESSES);
}

#[test]
fn many_right_logins_at_once_lock_nobody_out() {
    let bench = Bench::compat();
    let start = Barrier::new(32);
    thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let client = bench.client();
                let session = client.open();
                start.wait();
                client.login(session, 1, USER_PIN).unwrap();
            });
        }
    });
}

#[test]
fn a_locked_pin_is_not_hashed_and_the_right_one_does_not_help() {
    let mut bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    for _ in 0..GUESSES {
        assert_eq!(client.login(session, 1, WRONG_PIN), Err(Rv::PIN_INCORRECT));
    }
    let hashed = bench.pins_hashed();
    assert_eq!(client.login(session, 1, USER_PIN), Err(Rv::PIN_LOCKED));
    assert_eq!(
        client.set_pin(session, USER_PIN, b"another-pin"),
        Err(Rv::PIN_LOCKED)
    );
    bench.restart();
    let client = bench.client();
    let session = client.open();
    assert_eq!(client.login(session, 1, USER_PIN), Err(Rv::PIN_LOCKED));
    assert_eq!(bench.pins_hashed(), hashed);
    client.login(session, 0, SO_PIN).unwrap();
    client.init_pin(session, USER_PIN).unwrap();
    client.logout(session).unwrap();
    assert_eq!(client.login(session, 1, USER_PIN), Ok(()));
}

#[test]
fn a_right_pin_gives_the_guesses_back() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    for _ in 0..3 {
        for _ in 1..GUESSES {
            assert_eq!(client.login(session, 1, WRONG_PIN), Err(Rv::PIN_INCORRECT));
        }
        client.login(session, 1, USER_PIN).unwrap();
        client.logout(session).unwrap();
    }
}

#[test]
fn a_guess_that_cannot_be_counted_is_not_made() {
    for fault in [Fault::BeforeApplying, Fault::AfterApplying] {
        let bench = Bench::compat();
        let client = bench.client();
        let session = client.open();
        let hashed = bench.pins_hashed();
        bench.store.fail_commit(1, fault);
        assert_eq!(client.login(session, 1, USER_PIN), Err(Rv::DEVICE_ERROR));
        assert_eq!(bench.pins_hashed(), hashed);
        assert_eq!(client.login(session, 1, USER_PIN), Ok(()), "{fault:?}");
    }
}

#[test]
fn an_attempt_under_way_does_not_show_as_a_failure() {
    let bench = Bench::compat();
    let shown = || {
        let flags = bench.client().token_info(1).unwrap().flags;
        flags & (token::USER_PIN_COUNT_LOW | token::USER_PIN_FINAL_TRY | token::USER_PIN_LOCKED)
    };
    let while_trying = |pin: &'static [u8]| {
        let halt = Arc::new(Barrier::new(2));
        *bench.env.halt.lock().unwrap() = Some(Arc::clone(&halt));
        thread::scope(|scope| {
            let login = scope.spawn(|| {
                let client = bench.client();
                client.login(client.open(), 1, pin)
            });
            halt.wait();
            let flags = shown();
            halt.wait();
            (flags, login.join().unwrap())
        })
    };
    assert_eq!(while_trying(USER_PIN), (0, Ok(())));
    assert_eq!(shown(), 0);
    let wrong = Err(Rv::PIN_INCORRECT);
    assert_eq!(while_trying(WRONG_PIN), (0, wrong));
    let low = token::USER_PIN_COUNT_LOW;
    assert_eq!(shown(), low);
    for _ in 2..GUESSES {
        assert_eq!(while_trying(WRONG_PIN), (low, wrong));
    }
    // Nine have failed, and what comes of the tenth nobody knows before it is judged.
    let last = low | token::USER_PIN_FINAL_TRY;
    assert_eq!(while_trying(WRONG_PIN), (last, wrong));
    assert_eq!(shown(), token::USER_PIN_LOCKED);
}

#[test]
fn guesses_cut_off_by_a_crash_count() {
    let mut bench = Bench::compat();
    for _ in 0..GUESSES {
        let client = bench.client();
        let session = client.open();
        // The commit after the one that counts the guess fails: as if the power went while the PIN was hashed.
        bench.store.fail_commit(2, Fault::BeforeApplying);
        assert_eq!(client.login(session, 1, USER_PIN), Err(Rv::DEVICE_ERROR));
        bench.restart();
    }
    let client = bench.client();
    assert_eq!(
        client.login(client.open(), 1, USER_PIN),
        Err(Rv::PIN_LOCKED)
    );
}
