use std::cell::Cell;

use super::*;
use crate::{Access, Reach};

/// No session: the answers outside of sessions are the application's own.
const OUTSIDE_SESSION: u64 = 0;

fn application(rebuilt: bool) -> Application {
    let access = Access {
        agent: None,
        reach: Reach::All,
    };
    Application::new(access, Some([1; 16]), rebuilt)
}

/// What became of a call.
#[derive(Debug, PartialEq, Eq)]
enum Became {
    Served(Prior),
    Answered(Vec<u8>),
    Refused,
}

/// Has a call served that answers with its number, or with `reply`.
fn call_with(application: &Application, call: Call, id: CallId, reply: &[u8]) -> Became {
    let served = Cell::new(None);
    let answer = application.once(call, OUTSIDE_SESSION, id, |prior| {
        served.set(Some(prior));
        Zeroizing::new(reply.to_vec())
    });
    match (served.get(), answer) {
        (Some(prior), Some(answer)) => {
            assert_eq!(*answer, reply);
            Became::Served(prior)
        }
        (None, Some(answer)) => Became::Answered(answer.to_vec()),
        (_, None) => Became::Refused,
    }
}

fn send(application: &Application, correlation: u64, again: bool) -> Became {
    let id = CallId { correlation, again };
    call_with(
        application,
        Call::OpenSession,
        id,
        &correlation.to_le_bytes(),
    )
}

fn answer(correlation: u64) -> Became {
    Became::Answered(correlation.to_le_bytes().to_vec())
}

const SERVED: Became = Became::Served(Prior::Unserved);

#[test]
fn a_call_that_comes_again_gets_its_answer_again() {
    let application = application(false);
    assert_eq!(send(&application, 3, false), SERVED);
    assert_eq!(send(&application, 4, false), SERVED);
    for _ in 0..3 {
        assert_eq!(send(&application, 3, true), answer(3));
        assert_eq!(send(&application, 4, true), answer(4));
    }
}

#[test]
fn a_call_whose_first_attempt_never_came_is_served() {
    assert_eq!(send(&application(false), 3, true), SERVED);
}

#[test]
fn a_call_that_its_own_repetition_has_overtaken_is_not_served_again() {
    let application = application(false);
    assert_eq!(send(&application, 3, true), SERVED);
    assert_eq!(send(&application, 3, false), answer(3));
}

#[test]
fn a_call_of_a_low_number_is_served_however_late_it_comes_first() {
    let application = application(false);
    for number in 2..=u64::try_from(OUTSIDE).unwrap() + 10 {
        assert_eq!(send(&application, number, false), SERVED);
    }
    assert_eq!(send(&application, 1, false), SERVED);
}

#[test]
fn a_call_whose_answer_is_forgotten_is_known_to_have_been_served() {
    let application = application(false);
    for number in 1..=u64::try_from(OUTSIDE).unwrap() + 1 {
        assert_eq!(send(&application, number, false), SERVED);
    }
    assert_eq!(send(&application, 1, true), Became::Refused);
    assert_eq!(send(&application, 2, true), answer(2));
}

#[test]
fn long_answers_are_forgotten_but_not_that_they_were_given() {
    let application = application(false);
    let long = vec![7; KEPT_BYTES / 2];
    let generate = |correlation, again| {
        let id = CallId { correlation, again };
        call_with(&application, Call::OpenSession, id, &long)
    };
    for number in 1..=3 {
        assert_eq!(generate(number, false), SERVED);
    }
    assert_eq!(generate(1, true), Became::Answered(long.clone()));
    assert_eq!(generate(2, true), Became::Answered(long.clone()));
    assert_eq!(
        generate(3, true),
        Became::Refused,
        "there was no room for it"
    );
}

#[test]
fn room_for_answers_is_given_back_with_them() {
    let budget = Budget::default();
    let mut replies = Replies::new(2, budget.clone());
    for number in 1..=5 {
        replies.keep(number, &[7; 10]);
    }
    assert_eq!(budget.0.load(Ordering::Relaxed), 20);
    drop(replies);
    assert_eq!(budget.0.load(Ordering::Relaxed), 0);
    assert!(!budget.take(KEPT_BYTES + 1));
    assert!(budget.take(KEPT_BYTES), "a refusal takes nothing");
}

#[test]
fn calls_that_only_tell_something_are_served_each_time() {
    let application = application(false);
    let id = CallId {
        correlation: 3,
        again: true,
    };
    for _ in 0..2 {
        let became = call_with(&application, Call::GetSlotList, id, b"slots");
        assert_eq!(became, SERVED);
    }
}

#[test]
fn where_the_application_was_put_together_again_nobody_knows_of_earlier_attempts() {
    let application = application(true);
    assert_eq!(send(&application, 3, true), Became::Served(Prior::Unknown));
    assert_eq!(send(&application, 3, true), answer(3));
    assert_eq!(send(&application, 4, false), SERVED);
}
