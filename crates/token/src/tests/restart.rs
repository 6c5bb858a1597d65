//! What is in the store is there again after a restart, under the same handles.

use ck::{AttributeType, Rv};

use crate::tests::bench::{Bench, DATA, TRUE, USER_PIN};

#[test]
fn objects_keep_their_handles_and_values() {
    let mut bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let data = client.create(session, DATA).unwrap();
    let (public, private) = client
        .generate_pair(
            session,
            ck::MechanismType::EC_KEY_PAIR_GEN,
            &[
                (AttributeType::EC_PARAMS, crate::tests::bench::P256),
                (AttributeType::TOKEN, TRUE),
            ],
            &[
                (AttributeType::TOKEN, TRUE),
                (AttributeType::LABEL, b"signer"),
            ],
        )
        .unwrap();
    let point = client
        .get(session, public, AttributeType::EC_POINT)
        .unwrap();
    let name = client
        .get(session, private, AttributeType::UNIQUE_ID)
        .unwrap();
    let signature = client.sign_ecdsa(session, private, &[9; 32]).unwrap();
    bench.restart();

    let client = bench.client();
    let session = client.open();
    assert_eq!(client.find(session, &[]), Ok(vec![data, public]));
    assert_eq!(
        client.get(session, public, AttributeType::EC_POINT),
        Ok(point)
    );
    let ecdsa = Some((ck::MechanismType::ECDSA, ck::Params::None));
    client
        .init(proto::Call::VerifyInit, session, ecdsa, public)
        .unwrap();
    assert_eq!(client.verify(session, &[9; 32], &signature), Ok(()));
    client.login(session, 1, USER_PIN).unwrap();
    assert_eq!(
        client.find(session, &[(AttributeType::LABEL, b"signer")]),
        Ok(vec![private])
    );
    assert_eq!(
        client.get(session, private, AttributeType::UNIQUE_ID),
        Ok(name)
    );
    assert!(client.sign_ecdsa(session, private, &[9; 32]).is_ok());
}

#[test]
fn session_objects_are_gone() {
    let mut bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let key = client.generate_aes(session, &[]).unwrap();
    bench.restart();
    let client = bench.client();
    let session = client.open_user();
    assert_eq!(
        client.get(session, key, AttributeType::CLASS),
        Err(Rv::OBJECT_HANDLE_INVALID)
    );
}

#[test]
fn handles_of_destroyed_objects_are_not_used_again() {
    let mut bench = Bench::compat();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..3 {
        let client = bench.client();
        let session = client.open();
        for _ in 0..20 {
            let object = client.create(session, DATA).unwrap();
            assert!(seen.insert(object), "{object}");
            client.destroy(session, object).unwrap();
            assert_eq!(
                client.destroy(session, object),
                Err(Rv::OBJECT_HANDLE_INVALID)
            );
        }
        bench.restart();
    }
}

#[test]
fn more_objects_than_serial_numbers_are_set_aside_at_once() {
    let mut bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let made: Vec<u64> = (0..1100)
        .map(|_| client.create(session, DATA).unwrap())
        .collect();
    assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    bench.restart();
    let client = bench.client();
    assert_eq!(client.find(client.open(), &[]), Ok(made));
}

#[test]
fn changes_and_destruction_last() {
    let mut bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let (kept, gone) = (
        client.create(session, DATA).unwrap(),
        client.create(session, DATA).unwrap(),
    );
    client
        .set(session, kept, &[(AttributeType::LABEL, b"renamed")])
        .unwrap();
    client
        .set(session, kept, &[(AttributeType::LABEL, b"renamed again")])
        .unwrap();
    client.destroy(session, gone).unwrap();
    bench.restart();
    let client = bench.client();
    let session = client.open();
    assert_eq!(client.find(session, &[]), Ok(vec![kept]));
    assert_eq!(
        client.find(session, &[(AttributeType::LABEL, b"renamed again")]),
        Ok(vec![kept])
    );
    assert_eq!(
        client.find(session, &[(AttributeType::LABEL, b"renamed")]),
        Ok(Vec::new())
    );
}
