use std::sync::Arc;

use store::MemoryStore;
use store::hierarchy::RootKey;
use token::{Access, Hsm, Keys, Reach};

use super::*;
use crate::core::env::SystemEnv;

const NAME: [u8; 16] = [1; 16];
const AGENT: [u8; 32] = [2; 32];

fn application() -> Arc<Application> {
    let root = RootKey::generate().unwrap();
    let store = Arc::new(MemoryStore::new().unwrap());
    let hsm = Hsm::open(Arc::new(SystemEnv), Keys::derive([7; 16], &root), store).unwrap();
    hsm.returning_application(Access {
        agent: None,
        reach: Reach::All,
    })
}

/// A roll with one application, entered by request 5.
fn roll() -> (Roll, Claim) {
    let roll = Roll::new(Duration::from_secs(60));
    let (claim, before) = roll.enter(NAME, AGENT, 5, &application());
    assert!(before.is_none() && claim.stands());
    (roll, claim)
}

#[test]
fn a_claim_stands_until_the_application_comes_back_elsewhere() {
    let (roll, first) = roll();
    let (second, _) = roll.take(NAME, &AGENT, 6).unwrap();
    assert!(!first.stands() && second.stands());
    assert!(roll.wait(&first).is_none() && roll.leave(&first).is_none());
    assert!(second.stands(), "whoever has lost it has no say");
    assert!(roll.leave(&second).is_some());
}

#[test]
fn a_request_that_was_overtaken_takes_nothing_away() {
    let (roll, _) = roll();
    let (claim, _) = roll.take(NAME, &AGENT, 9).unwrap();
    for late in [0, 5, 8, 9] {
        assert_eq!(roll.take(NAME, &AGENT, late).err(), Some(Refused::Late));
    }
    assert!(claim.stands());
    assert!(roll.take(NAME, &AGENT, 10).is_ok());
}

#[test]
fn an_application_comes_back_through_its_own_agent_alone() {
    let (roll, claim) = roll();
    let foreign = roll.take(NAME, &[3; 32], 6);
    assert_eq!(foreign.err(), Some(Refused::Unknown));
    let unknown = roll.take([9; 16], &AGENT, 6);
    assert_eq!(unknown.err(), Some(Refused::Unknown));
    assert!(claim.stands());
}

#[test]
fn one_that_is_entered_anew_replaces_the_one_before() {
    let (roll, first) = roll();
    let (second, before) = roll.enter(NAME, AGENT, 1, &application());
    assert!(before.is_some());
    assert!(!first.stands() && second.stands());
}

#[test]
fn one_that_has_stayed_away_too_long_is_struck_out() {
    let roll = Roll::new(Duration::from_nanos(1));
    let (claim, _) = roll.enter(NAME, AGENT, 5, &application());
    assert!(roll.overdue().is_empty(), "it is not away");
    assert!(roll.wait(&claim).is_none());
    while roll.overdue().is_empty() {}
    assert_eq!(roll.take(NAME, &AGENT, 6).err(), Some(Refused::Unknown));
}
