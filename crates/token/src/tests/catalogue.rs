//! Objects that are opened when they are asked for, and closed when many others are.

use std::sync::Arc;

use ck::{AttributeType as A, ObjectClass, Rv};

use crate::object::Object;
use crate::partition::Partition;
use crate::tests::bench::{Bench, Client, FALSE, TRUE, USER_PIN, ulong};

/// How many objects are there, and how many of them may be open.
const COUNT: u64 = 40;
const ROOM: usize = 8;

fn partition(bench: &Bench) -> Arc<Partition> {
    bench.hsm.partition_named("main").unwrap()
}

fn open(bench: &Bench, handle: u64) -> Arc<Object> {
    let found = partition(bench).object(&bench.hsm.core, handle).unwrap();
    found.unwrap()
}

/// Makes data objects of the token, labelled by numbers.
fn fill(client: &Client, session: u64, private: &[u8]) -> Vec<u64> {
    let class = ulong(ObjectClass::DATA.0);
    let make = |number: u64| {
        let label = number.to_string();
        let template: [(A, &[u8]); 5] = [
            (A::CLASS, &class),
            (A::TOKEN, TRUE),
            (A::PRIVATE, private),
            (A::LABEL, label.as_bytes()),
            (A::VALUE, label.as_bytes()),
        ];
        client.create(session, &template).unwrap()
    };
    (0..COUNT).map(make).collect()
}

#[test]
fn a_few_are_open_and_all_are_there() {
    let bench = Bench::compat();
    partition(&bench).objects.set_room(ROOM);
    let client = bench.client();
    let session = client.open_user();
    let handles = fill(&client, session, FALSE);
    assert!(partition(&bench).objects.open_count() <= ROOM);
    for _ in 0..2 {
        for (number, handle) in (0..COUNT).zip(&handles) {
            let value = client.get(session, *handle, A::VALUE).unwrap();
            assert_eq!(value, number.to_string().as_bytes());
            assert!(partition(&bench).objects.open_count() <= ROOM);
        }
    }
    // By what an entry says, and by what only the object says.
    for by in [A::LABEL, A::VALUE] {
        let found = client.find(session, &[(by, b"7")]);
        assert_eq!(found, Ok(vec![handles[7]]));
    }
}

#[test]
fn one_that_is_held_is_the_one_that_others_get() {
    let bench = Bench::compat();
    partition(&bench).objects.set_room(ROOM);
    let client = bench.client();
    let session = client.open_user();
    let handles = fill(&client, session, FALSE);
    let held = open(&bench, handles[0]);
    for handle in &handles {
        client.get(session, *handle, A::VALUE).unwrap();
    }
    assert!(Arc::ptr_eq(&held, &open(&bench, handles[0])));
}

#[test]
fn a_change_is_seen_after_the_object_was_closed() {
    let bench = Bench::compat();
    partition(&bench).objects.set_room(ROOM);
    let client = bench.client();
    let session = client.open_user();
    let handles = fill(&client, session, FALSE);
    for round in 0..3 {
        let label = format!("changed {round}");
        let change = [(A::LABEL, label.as_bytes())];
        client.set(session, handles[3], &change).unwrap();
        for handle in handles.iter().skip(4) {
            client.get(session, *handle, A::VALUE).unwrap();
        }
        let found = client.find(session, &change);
        assert_eq!(found, Ok(vec![handles[3]]));
        let now = client.get(session, handles[3], A::LABEL);
        assert_eq!(now, Ok(label.into_bytes()));
        assert_eq!(client.find(session, &[(A::LABEL, b"3")]), Ok(vec![]));
    }
    client.destroy(session, handles[3]).unwrap();
    assert_eq!(
        client.find(session, &[(A::LABEL, b"changed 2")]),
        Ok(vec![])
    );
    let gone = client.get(session, handles[3], A::LABEL);
    assert_eq!(gone, Err(Rv::OBJECT_HANDLE_INVALID));
}

#[test]
fn nothing_is_read_before_somebody_asks() {
    let mut bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    fill(&client, session, FALSE);
    fill(&client, session, TRUE);
    client.close();
    drop(client);
    bench.restart();
    let objects = || {
        let partition = partition(&bench);
        (partition.objects.len(), partition.objects.open_count())
    };
    let client = bench.client();
    let session = client.open();
    assert_eq!(objects(), (0, 0));
    assert_eq!(client.find(session, &[(A::LABEL, b"7")]).unwrap().len(), 1);
    let count = usize::try_from(COUNT).unwrap();
    assert_eq!(objects(), (count, 0), "the public ones, none of them open");
    client.login(session, 1, USER_PIN).unwrap();
    assert_eq!(client.find(session, &[(A::LABEL, b"7")]).unwrap().len(), 2);
    assert_eq!(objects(), (2 * count, 0));
}

#[test]
fn private_objects_are_closed_with_the_login_and_found_with_the_next() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let handles = fill(&client, session, TRUE);
    assert_eq!(partition(&bench).objects.open_count(), handles.len());
    client.logout(session).unwrap();
    assert_eq!(partition(&bench).objects.open_count(), 0);
    for wanted in [(A::LABEL, b"7"), (A::VALUE, b"7")] {
        let wanted: (A, &[u8]) = (wanted.0, wanted.1);
        assert_eq!(client.find(session, &[wanted]), Ok(vec![]));
    }
    let inside = handles[7] & ((1 << 48) - 1);
    let closed = partition(&bench).object(&bench.hsm.core, inside).unwrap();
    assert!(closed.is_none());
    client.login(session, 1, USER_PIN).unwrap();
    let found = client.find(session, &[(A::LABEL, b"7")]).unwrap();
    assert_eq!(client.get(session, found[0], A::VALUE), Ok(b"7".to_vec()));
}

#[test]
fn what_is_not_there_is_told_from_what_is_empty() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (data, key) = (ulong(ObjectClass::DATA.0), ulong(ObjectClass::SECRET_KEY.0));
    let aes = ulong(0x1f);
    let of_data: [(A, &[u8]); 3] = [(A::CLASS, &data), (A::TOKEN, TRUE), (A::VALUE, b"x")];
    let of_key: [(A, &[u8]); 4] = [
        (A::CLASS, &key),
        (A::TOKEN, TRUE),
        (A::KEY_TYPE, &aes),
        (A::VALUE, &[7; 16]),
    ];
    let object = client.create(session, &of_data).unwrap();
    let secret = client.create(session, &of_key).unwrap();
    // Data has no CKA_ID; a key has an empty one.
    assert_eq!(client.find(session, &[(A::ID, b"")]), Ok(vec![secret]));
    let both = client.find(session, &[(A::LABEL, b"")]).unwrap();
    assert_eq!(both, vec![object, secret]);
    assert_eq!(client.find(session, &[(A::CLASS, b"abc")]), Ok(vec![]));
    assert_eq!(
        client.find(session, &[(A::KEY_TYPE, &[0xff; 8])]),
        Ok(vec![])
    );
    assert_eq!(client.find(session, &[(A::TOKEN, FALSE)]), Ok(vec![]));
}
