//! Applications and partitions do not see each other.

use std::collections::BTreeSet;

use crate::Profile;
use ck::{AttributeType, Rv};

use crate::tests::bench::{Bench, DATA, SO_PIN, TRUE, USER_PIN};

#[test]
fn a_slot_out_of_reach_answers_as_one_that_does_not_exist() {
    let bench = Bench::compat();
    let other = bench.add_partition("other", Profile::Compat);
    let client = bench.client_of(&["main"]);
    assert_eq!(client.slots(), [1]);
    for slot in [other, 77] {
        assert_eq!(client.token_info(slot), Err(Rv::SLOT_ID_INVALID));
        assert_eq!(client.open_flags(slot, 6), Err(Rv::SLOT_ID_INVALID));
        assert_eq!(client.init_token(slot, SO_PIN), Err(Rv::SLOT_ID_INVALID));
    }
    assert!(bench.client_of(&[]).slots().is_empty());
}

#[test]
fn a_session_of_another_application_does_not_exist() {
    let bench = Bench::compat();
    let (client, other) = (bench.client(), bench.client());
    let session = other.open_user();
    assert_eq!(client.state(session), Err(Rv::SESSION_HANDLE_INVALID));
    assert_eq!(
        client.close_session(session),
        Err(Rv::SESSION_HANDLE_INVALID)
    );
    assert!(other.state(session).is_ok());
}

#[test]
fn session_objects_are_the_applications_own() {
    let bench = Bench::compat();
    let (client, other) = (bench.client(), bench.client());
    let (here, there) = (client.open_user(), other.open_user());
    let key = client.generate_aes(here, &[]).unwrap();
    assert_eq!(client.find(here, &[]), Ok(vec![key]));
    assert_eq!(other.find(there, &[]), Ok(Vec::new()));
    assert_eq!(
        other.get(there, key, AttributeType::CLASS),
        Err(Rv::OBJECT_HANDLE_INVALID)
    );
    assert_eq!(other.destroy(there, key), Err(Rv::OBJECT_HANDLE_INVALID));
    // Another session of the same application sees it, until its own session closes.
    let second = client.open();
    assert!(client.get(second, key, AttributeType::CLASS).is_ok());
    client.close_session(here).unwrap();
    assert_eq!(
        client.get(second, key, AttributeType::CLASS),
        Err(Rv::OBJECT_HANDLE_INVALID)
    );
}

#[test]
fn objects_of_one_partition_have_no_handle_in_another() {
    let bench = Bench::compat();
    let slot = bench.add_partition("other", Profile::Compat);
    let client = bench.client();
    let here = client.open_user();
    let objects: Vec<u64> = (0..5).map(|_| client.create(here, DATA).unwrap()).collect();
    let there = client.open_flags(slot, 6).unwrap();
    client.login(there, 1, USER_PIN).unwrap();
    client.create(there, DATA).unwrap();
    assert_eq!(client.find(there, &[]).unwrap().len(), 1);
    for object in &objects[1..] {
        let read = client.get(there, *object, AttributeType::CLASS);
        assert_eq!(read, Err(Rv::OBJECT_HANDLE_INVALID));
    }
}

#[test]
fn private_objects_do_not_exist_before_login() {
    let bench = Bench::compat();
    let (client, other) = (bench.client(), bench.client());
    let session = client.open_user();
    let (public, private) = client
        .generate_ec(session, &[(AttributeType::TOKEN, TRUE)])
        .unwrap();
    let there = other.open();
    // The private half is in the HSM's memory now, and still this application cannot tell.
    assert_eq!(
        other.find(there, &[(AttributeType::TOKEN, TRUE)]),
        Ok(Vec::new())
    );
    assert_eq!(
        other.get(there, private, AttributeType::LABEL),
        Err(Rv::OBJECT_HANDLE_INVALID)
    );
    assert_eq!(
        other.copy(there, private, &[]),
        Err(Rv::OBJECT_HANDLE_INVALID)
    );
    assert_eq!(
        other.destroy(there, private),
        Err(Rv::OBJECT_HANDLE_INVALID)
    );
    assert_eq!(
        other.sign_ecdsa(there, private, &[1; 32]),
        Err(Rv::KEY_HANDLE_INVALID)
    );
    assert_eq!(
        other.get(there, public, AttributeType::LABEL),
        Err(Rv::OBJECT_HANDLE_INVALID)
    );
    let mut private_data = DATA.to_vec();
    private_data.push((AttributeType::PRIVATE, TRUE));
    assert_eq!(
        other.create(there, &private_data),
        Err(Rv::USER_NOT_LOGGED_IN)
    );
}

#[test]
fn the_security_officer_sees_no_private_objects() {
    let bench = Bench::compat();
    let (client, officer) = (bench.client(), bench.client());
    let session = client.open_user();
    client
        .generate_ec(session, &[(AttributeType::TOKEN, TRUE)])
        .unwrap();
    let there = officer.open();
    officer.login(there, 0, SO_PIN).unwrap();
    assert_eq!(officer.find(there, &[]), Ok(Vec::new()));
    assert_eq!(
        officer.generate_aes(there, &[]),
        Err(Rv::USER_NOT_LOGGED_IN)
    );
}

#[test]
fn slots_are_not_used_again_and_names_are_unique() {
    let mut bench = Bench::compat();
    let actor = || audit::Actor::System;
    let create = |bench: &Bench, name: &str| {
        bench
            .hsm
            .create_partition(name, Profile::Strict, actor(), None)
            .map(|made| made.slot)
    };
    assert_eq!(create(&bench, "two").unwrap(), 2);
    assert!(create(&bench, "two").is_err());
    assert!(create(&bench, "").is_err());
    bench.hsm.delete_partition("two", actor(), None).unwrap();
    assert!(bench.hsm.delete_partition("two", actor(), None).is_err());
    bench.restart();
    assert_eq!(create(&bench, "two").unwrap(), 3);
    let slots: BTreeSet<u64> = bench
        .hsm
        .partitions()
        .iter()
        .map(|info| info.slot)
        .collect();
    assert_eq!(slots, BTreeSet::from([1, 3]));
}

#[test]
fn deleting_a_partition_ends_its_sessions_and_leaves_nothing() {
    let bench = Bench::compat();
    let rows = |bench: &Bench| store::Store::head(&*bench.store).unwrap().rows;
    let before = rows(&bench);
    bench.add_partition("other", Profile::Compat);
    let client = bench.client_of(&["other"]);
    let session = client.open_user();
    client.create(session, DATA).unwrap();
    bench
        .hsm
        .delete_partition("other", audit::Actor::System, None)
        .unwrap();
    assert_eq!(
        client.get(session, 1, AttributeType::LABEL),
        Err(Rv::SESSION_HANDLE_INVALID)
    );
    assert!(client.slots().is_empty());
    assert_eq!(rows(&bench), before);
    client.close();
}
