//! Tickets: nobody but the HSM writes or reads one, and what a login needs to come back with it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ck::AttributeType;
use proto::attach::OpenSession;

use crate::tests::bench::{Bench, Client, TRUE, USER_PIN};
use crate::{Access, Profile, Reach};

const AGENT: [u8; 32] = [7; 32];

/// The states of a session (PKCS#11 3.2, 5.6.4).
const PUBLIC: u64 = 2;
const USER: u64 = 3;

fn ticket(client: &Client) -> Vec<u8> {
    client.hsm.ticket(&client.application, AGENT).unwrap()
}

/// An application that was logged in and comes back a day later to an HSM that was started anew, `meanwhile` having passed.
fn come_back(profile: Profile, wanted: bool, meanwhile: impl FnOnce(&mut Bench)) -> u64 {
    let mut bench = Bench::new(profile);
    let client = bench.returning_client();
    let session = client.open_user();
    client
        .generate_aes(session, &[(AttributeType::TOKEN, TRUE)])
        .unwrap();
    let past = OpenSession {
        handle: session,
        slot: client.slots()[0],
        flags: 6,
    };
    let ticket = ticket(&client);
    bench.env.days.fetch_add(1, Ordering::SeqCst);
    bench.restart();
    meanwhile(&mut bench);
    let ticket = bench.hsm.read_ticket(&ticket, AGENT).unwrap();
    let access = Access {
        agent: Some("agent-1".to_owned()),
        reach: Reach::All,
    };
    let client = Client {
        application: bench.hsm.rebuild(access, &ticket, wanted, &[past]),
        hsm: Arc::clone(&bench.hsm),
        attempt: None,
    };
    assert_eq!(client.application.name(), Some(ticket.name()));
    client.state(session).unwrap()
}

#[test]
fn the_users_login_comes_back_in_compat_alone() {
    assert_eq!(come_back(Profile::Compat, true, |_| {}), USER);
    assert_eq!(come_back(Profile::Strict, true, |_| {}), PUBLIC);
}

#[test]
fn a_login_that_is_not_wanted_any_more_stays_away() {
    assert_eq!(come_back(Profile::Compat, false, |_| {}), PUBLIC);
}

#[test]
fn a_login_does_not_outlive_its_pin() {
    let state = come_back(Profile::Compat, true, |bench| {
        let client = bench.client();
        let session = client.open_user();
        client.set_pin(session, USER_PIN, b"another-pin-1").unwrap();
    });
    assert_eq!(state, PUBLIC);
}

#[test]
fn a_login_comes_back_soon_after_the_start_or_never() {
    let state = come_back(Profile::Compat, true, |bench| {
        bench.env.days.fetch_add(1, Ordering::SeqCst);
    });
    assert_eq!(state, PUBLIC);
}

#[test]
fn a_login_is_not_older_than_a_day() {
    let state = come_back(Profile::Compat, true, |bench| {
        bench.env.days.fetch_add(1, Ordering::SeqCst);
        bench.restart();
    });
    assert_eq!(state, PUBLIC);
}

#[test]
fn a_ticket_is_good_for_its_agent_and_its_hsm() {
    let bench = Bench::compat();
    let client = bench.returning_client();
    client.open_user();
    let ticket = ticket(&client);
    assert!(bench.hsm.read_ticket(&ticket, AGENT).is_some());
    assert!(bench.hsm.read_ticket(&ticket, [8; 32]).is_none());
    assert!(Bench::compat().hsm.read_ticket(&ticket, AGENT).is_none());
}

#[test]
fn a_ticket_with_a_fault_anywhere_is_none() {
    let bench = Bench::compat();
    let client = bench.returning_client();
    client.open_user();
    let good = ticket(&client);
    for place in 0..good.len() {
        let mut bad = good.clone();
        bad[place] ^= 1;
        assert!(bench.hsm.read_ticket(&bad, AGENT).is_none(), "byte {place}");
        assert!(
            bench.hsm.read_ticket(&good[..place], AGENT).is_none(),
            "{place} bytes"
        );
    }
}

#[test]
fn a_ticket_shows_nothing_of_what_it_tells() {
    let bench = Bench::compat();
    let client = bench.returning_client();
    client.open_user();
    let (one, other) = (ticket(&client), ticket(&client));
    let name = client.application.name().unwrap();
    for sealed in [&one, &other] {
        assert!(!sealed.windows(16).any(|bytes| bytes == name));
        assert!(!sealed.windows(32).any(|bytes| bytes == AGENT));
    }
    assert_ne!(one, other, "the same words are sealed anew each time");
}

#[test]
fn an_application_that_never_comes_back_gets_none() {
    let bench = Bench::compat();
    assert!(ticket(&bench.client()).is_empty());
}
