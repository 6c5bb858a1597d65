//! Calls whose answers were lost with the HSM: they come again to one that was started anew, and are done once.

use std::sync::Arc;

use ck::{AttributeType, MechanismType, Rv};
use proto::Call;
use proto::attach::OpenSession;
use proto::shape::SessionHandle;

use crate::tests::bench::{Bench, Client, P256, TRUE, USER_PIN, WRONG_PIN};
use crate::{Access, CallId, Prior, Reach};

const AGENT: [u8; 32] = [7; 32];

const TOKEN: (AttributeType, &[u8]) = (AttributeType::TOKEN, TRUE);

/// The same application, in its call of that number.
fn attempt(client: &Client, correlation: u64, again: bool, prior: Prior) -> Client {
    Client {
        attempt: Some((CallId { correlation, again }, prior)),
        ..client.clone()
    }
}

fn first(client: &Client, correlation: u64) -> Client {
    attempt(client, correlation, false, Prior::Unserved)
}

/// As it comes to an HSM that has been started anew since it was sent.
fn repeated(client: &Client, correlation: u64) -> Client {
    attempt(client, correlation, true, Prior::Unknown)
}

/// Starts the HSM anew; the application comes back with its session, and logs in.
fn restart(bench: &mut Bench, client: &Client, session: u64) -> Client {
    let ticket = client.hsm.ticket(&client.application, AGENT).unwrap();
    let slot = client.slots()[0];
    bench.restart();
    let ticket = bench.hsm.read_ticket(&ticket, AGENT).unwrap();
    let access = Access {
        agent: Some("agent-1".to_owned()),
        reach: Reach::All,
    };
    let past = OpenSession {
        handle: session,
        slot,
        flags: 6,
    };
    let client = Client {
        application: bench.hsm.rebuild(access, &ticket, false, &[past]),
        hsm: Arc::clone(&bench.hsm),
        attempt: None,
    };
    client.login(session, 1, USER_PIN).unwrap();
    client
}

/// What the HSM finds that a call has made before.
fn made_before(client: &Client, call: Call, session: u64) -> Result<Option<Vec<u64>>, Rv> {
    let (id, prior) = client.attempt.unwrap();
    let caller = crate::Caller::of_call(&client.hsm, &client.application, id, prior);
    caller
        .made_before(call, SessionHandle(session))
        .map_err(|error| error.rv())
}

fn make_pair(client: &Client, session: u64) -> (u64, u64) {
    let public = [(AttributeType::EC_PARAMS, P256), TOKEN];
    client
        .generate_pair(session, MechanismType::EC_KEY_PAIR_GEN, &public, &[TOKEN])
        .unwrap()
}

#[test]
fn a_key_that_was_made_before_the_restart_is_the_answer() {
    let mut bench = Bench::compat();
    let client = bench.returning_client();
    let session = client.open_user();
    let key = first(&client, 5).generate_aes(session, &[TOKEN]).unwrap();
    let client = restart(&mut bench, &client, session);
    let made = |number| made_before(&repeated(&client, number), Call::GenerateKey, session);
    assert_eq!(made(5), Ok(Some(vec![key])));
    assert_eq!(made(6), Ok(None), "another call has made nothing");
    assert_eq!(client.find(session, &[]), Ok(vec![key]));
}

#[test]
fn a_pair_is_answered_whole_and_in_order_or_not_at_all() {
    let mut bench = Bench::compat();
    let client = bench.returning_client();
    let session = client.open_user();
    let (public, private) = make_pair(&first(&client, 5), session);
    let client = restart(&mut bench, &client, session);
    let made = || made_before(&repeated(&client, 5), Call::GenerateKeyPair, session);
    assert_eq!(made(), Ok(Some(vec![public, private])));
    client.logout(session).unwrap();
    assert_eq!(
        made(),
        Err(Rv::DEVICE_REMOVED),
        "the private key is not in sight, but there"
    );
    client.login(session, 1, USER_PIN).unwrap();
    // A logout ends the handles of private objects.
    let found = client.find(session, &[]).unwrap();
    let private = found.into_iter().find(|key| *key != public).unwrap();
    client.destroy(session, private).unwrap();
    assert_eq!(made(), Err(Rv::DEVICE_REMOVED), "half a pair is no pair");
    client.destroy(session, public).unwrap();
    assert_eq!(made(), Ok(None));
}

#[test]
fn only_a_call_that_may_have_been_served_is_looked_for() {
    let bench = Bench::compat();
    let client = bench.returning_client();
    let session = client.open_user();
    first(&client, 5).generate_aes(session, &[TOKEN]).unwrap();
    for again in [false, true] {
        let same = attempt(&client, 5, again, Prior::Unserved);
        assert_eq!(made_before(&same, Call::GenerateKey, session), Ok(None));
    }
    let other = repeated(&bench.returning_client(), 5);
    let session = other.open();
    assert_eq!(
        made_before(&other, Call::GenerateKey, session),
        Ok(None),
        "another application's calls have other names"
    );
}

#[test]
fn an_object_that_is_gone_was_destroyed_by_the_repeated_call() {
    let mut bench = Bench::compat();
    let client = bench.returning_client();
    let session = client.open_user();
    let key = client.generate_aes(session, &[TOKEN]).unwrap();
    first(&client, 5).destroy(session, key).unwrap();
    let client = restart(&mut bench, &client, session);
    assert_eq!(repeated(&client, 5).destroy(session, key), Ok(()));
    let gone = Err(Rv::OBJECT_HANDLE_INVALID);
    assert_eq!(client.destroy(session, key), gone);
    assert_eq!(first(&client, 6).destroy(session, key), gone);
}

#[test]
fn a_pin_is_not_tried_twice() {
    let mut bench = Bench::compat();
    let client = bench.returning_client();
    let session = client.open_user();
    let client = restart(&mut bench, &client, session);
    client.logout(session).unwrap();
    let hashed = bench.pins_hashed();
    for _ in 0..20 {
        let tried = repeated(&client, 5).login(session, 1, WRONG_PIN);
        assert_eq!(tried, Err(Rv::DEVICE_REMOVED));
    }
    assert_eq!(bench.pins_hashed(), hashed);
    assert_eq!(
        repeated(&client, 6).set_pin(session, USER_PIN, WRONG_PIN),
        Err(Rv::DEVICE_REMOVED)
    );
    assert_eq!(
        client.login(session, 1, USER_PIN),
        Ok(()),
        "nothing was counted"
    );
}
