//! Many threads at once: nothing hangs, and every answer is one that the standard has for it.

use std::thread;

use ck::{AttributeType as A, Rv};

use crate::record::{PartitionRecord, PinRecord, UserId, UserRecord};
use crate::tests::bench::{Bench, Client, DATA, TRUE, USER_PIN};
use proptest::prelude::*;
use proto::admin::Duty;

/// Does one of several things in a session of its own, and tells what came of it.
fn act(client: &Client, choice: u64, key: u64) -> Result<(), Rv> {
    let session = client.open();
    let done = match choice % 8 {
        0 => client.login(session, 1, USER_PIN),
        1 => client.logout(session),
        2 => client.create(session, DATA).map(drop),
        3 => client.find(session, &[(A::LABEL, b"notes")]).map(drop),
        4 => client.sign_ecdsa(session, key, &[1; 32]).map(drop),
        5 => client.copy(session, key, &[(A::TOKEN, &[0])]).map(drop),
        6 => client
            .find(session, &[(A::CLASS, &[0; 8])])
            .and_then(|found| {
                found
                    .first()
                    .map_or(Ok(()), |object| client.destroy(session, *object))
            }),
        _ => client.set(session, key, &[(A::LABEL, &choice.to_le_bytes())]),
    };
    client.close_session(session).and(done)
}

#[test]
fn sessions_logins_and_objects_come_and_go_under_many_threads() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let token = [(A::TOKEN, TRUE)];
    let (_, key) = client.generate_ec(session, &token).unwrap();
    let other = bench.client();
    thread::scope(|scope| {
        for seed in 0..8u64 {
            let client = if seed % 2 == 0 { &client } else { &other };
            scope.spawn(move || {
                let mut state = seed;
                for _ in 0..150 {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695);
                    let expected = [
                        Rv::KEY_HANDLE_INVALID,
                        Rv::OBJECT_HANDLE_INVALID,
                        // The login ends between the two calls of a signature.
                        Rv::OPERATION_NOT_INITIALIZED,
                        // It ends while an object is made.
                        Rv::USER_NOT_LOGGED_IN,
                        Rv::USER_ALREADY_LOGGED_IN,
                    ];
                    if let Err(rv) = act(client, state >> 40, key) {
                        assert!(expected.contains(&rv), "{rv}");
                    }
                }
            });
        }
    });
    drop((client, other));
    let client = bench.client();
    let session = client.open_user();
    assert!(client.sign_ecdsa(session, key, &[1; 32]).is_ok());
}

fn record(name: String, failures: u32, reset: Option<Vec<u8>>) -> PartitionRecord {
    let pin = PinRecord {
        salt: [9; 16],
        wrapped: vec![1; 113],
        failures,
    };
    let user = UserRecord {
        id: UserId([5; 16]),
        name: "alice".to_owned(),
        duty: Duty::CryptoUser,
        pin: pin.clone(),
    };
    PartitionRecord {
        name,
        slot: 3,
        profile: crate::Profile::Strict,
        label: None,
        key: vec![2; 113],
        serials: 1025,
        counter: 2049,
        pins: [Some(pin), None],
        reset,
        users: vec![user],
    }
}

proptest! {
    #[test]
    fn the_record_of_a_partition_is_read_back(
        name in "\\PC{0,60}", failures: u32, reset in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..200)),
    ) {
        let record = record(name, failures, reset);
        let body = record.encode();
        prop_assert_eq!(PartitionRecord::decode(&body).unwrap(), record);
        for cut in 0..body.len() {
            prop_assert!(PartitionRecord::decode(&body[..cut]).is_err());
        }
    }

    #[test]
    fn records_of_earlier_layouts_are_read(name in "\\PC{0,60}", failures: u32) {
        let whole = record(name, failures, None);
        let none = PartitionRecord { users: Vec::new(), ..whole };
        // The second layout ended with the counter, before the count of users; the first before the counter.
        let mut body = none.encode();
        body[0] = 2;
        body.truncate(body.len() - 4);
        prop_assert_eq!(&PartitionRecord::decode(&body).unwrap(), &none);
        body[0] = 1;
        body.truncate(body.len() - 8);
        let counter = 1;
        prop_assert_eq!(PartitionRecord::decode(&body).unwrap(), PartitionRecord { counter, ..none });
    }

    #[test]
    fn any_bytes_are_a_record_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = PartitionRecord::decode(&bytes);
    }
}
