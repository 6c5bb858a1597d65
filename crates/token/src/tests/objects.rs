//! Objects: finding, copying, changing, destroying.

use ck::{AttributeType as A, ObjectClass, Rv};
use proto::shape::{Attribute, ObjectHandle};
use proto::{Call, Handler};

use crate::tests::bench::{Bench, DATA, FALSE, SO_PIN, TRUE, ulong};

#[test]
fn a_search_finds_what_matches_all_of_a_template() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let make = |label: &[u8], id: &[u8]| {
        client
            .generate_aes(session, &[(A::LABEL, label), (A::ID, id)])
            .unwrap()
    };
    let (a1, a2, b1) = (make(b"a", b"1"), make(b"a", b"2"), make(b"b", b"1"));
    let data = client.create(session, DATA).unwrap();
    let find = |template: &[(A, &[u8])]| {
        let mut found = client.find(session, template).unwrap();
        found.sort_unstable();
        found
    };
    assert_eq!(find(&[]), [data, a1, a2, b1]);
    assert_eq!(find(&[(A::LABEL, b"a")]), [a1, a2]);
    assert_eq!(find(&[(A::ID, b"1")]), [a1, b1]);
    assert_eq!(find(&[(A::LABEL, b"a"), (A::ID, b"1")]), [a1]);
    assert_eq!(find(&[(A::CLASS, &ulong(4)), (A::LABEL, b"b")]), [b1]);
    assert_eq!(find(&[(A::CLASS, &ulong(0))]), [data]);
    assert_eq!(find(&[(A::TOKEN, TRUE)]), [data]);
    assert_eq!(find(&[(A::ENCRYPT, TRUE)]), [a1, a2, b1]);
    // What was never set is empty, for finding as for reading.
    assert_eq!(find(&[(A::APPLICATION, b"")]), [data]);
    for nothing in [
        (A::LABEL, b"c".as_slice()),
        (A::MODULUS, b"1"),
        (A(0x8000_0001), b"1"),
    ] {
        assert_eq!(find(&[nothing]), [0; 0], "{}", nothing.0);
    }
}

#[test]
fn a_sensitive_value_cannot_be_found_out_by_searching() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let value: &[u8] = &[0x5a; 16];
    let key = |sensitive| {
        let template: [(A, &[u8]); 5] = [
            (A::CLASS, &ulong(4)),
            (A::KEY_TYPE, &ulong(0x1f)),
            (A::VALUE, value),
            (A::SENSITIVE, sensitive),
            (A::EXTRACTABLE, TRUE),
        ];
        client.create(session, &template).unwrap()
    };
    let open = key(FALSE);
    key(TRUE);
    assert_eq!(client.find(session, &[(A::VALUE, value)]), Ok(vec![open]));
}

#[test]
fn a_search_is_fixed_when_it_starts_and_given_in_portions() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let made: Vec<u64> = (0..5)
        .map(|_| client.create(session, DATA).unwrap())
        .collect();
    let begin = || {
        client.call(Call::FindObjectsInit, session, |caller, session| {
            let class = ulong(ObjectClass::DATA.0);
            let data = Attribute {
                id: A::CLASS,
                value: &class,
            };
            caller.find_objects_init(session, &[data])
        })
    };
    let next = |room| {
        let mut found = Vec::new();
        client
            .call(Call::FindObjects, session, |caller, session| {
                caller.find_objects(session, (room, &mut found))
            })
            .map(|()| found)
    };
    let end = || {
        client.call(Call::FindObjectsFinal, session, |caller, session| {
            caller.find_objects_final(session)
        })
    };
    assert_eq!(
        (next(1), end()),
        (
            Err(Rv::OPERATION_NOT_INITIALIZED),
            Err(Rv::OPERATION_NOT_INITIALIZED)
        )
    );
    begin().unwrap();
    assert_eq!(begin(), Err(Rv::OPERATION_ACTIVE));
    assert_eq!(next(2), Ok(made[..2].to_vec()));
    client.create(session, DATA).unwrap();
    client.destroy(session, made[4]).unwrap();
    assert_eq!(next(0), Ok(Vec::new()));
    assert_eq!(next(100), Ok(made[2..].to_vec()));
    assert_eq!(next(100), Ok(Vec::new()));
    end().unwrap();
}

#[test]
fn a_copy_differs_in_what_the_template_says() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (_, key) = client
        .generate_ec(session, &[(A::TOKEN, TRUE), (A::LABEL, b"one")])
        .unwrap();
    let copy = client
        .copy(session, key, &[(A::TOKEN, FALSE), (A::LABEL, b"two")])
        .unwrap();
    let get = |object, id| client.get(session, object, id).unwrap();
    assert_eq!(get(copy, A::LABEL), b"two");
    assert_eq!(get(copy, A::TOKEN), FALSE);
    assert_eq!(get(copy, A::LOCAL), TRUE);
    assert_ne!(get(copy, A::UNIQUE_ID), get(key, A::UNIQUE_ID));
    assert!(client.sign_ecdsa(session, copy, &[1; 32]).is_ok());
    client.close_session(session).unwrap();
    let session = client.open_user();
    assert_eq!(client.find(session, &[(A::LABEL, b"two")]), Ok(Vec::new()));
    let kept = client.find(session, &[(A::LABEL, b"one")]).unwrap();
    assert_eq!(kept.len(), 1);
    assert!(client.sign_ecdsa(session, kept[0], &[1; 32]).is_ok());
}

#[test]
fn a_copy_or_a_change_never_weakens_a_key() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let key = client
        .generate_aes(session, &[(A::SENSITIVE, TRUE)])
        .unwrap();
    for weaker in [(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)] {
        assert_eq!(
            client.copy(session, key, &[weaker]),
            Err(Rv::ATTRIBUTE_READ_ONLY)
        );
        assert_eq!(
            client.set(session, key, &[weaker]),
            Err(Rv::ATTRIBUTE_READ_ONLY)
        );
    }
    let public = client.copy(session, key, &[(A::PRIVATE, FALSE)]);
    assert_eq!(public, Err(Rv::TEMPLATE_INCONSISTENT));
    assert_eq!(
        client.copy(session, key, &[(A::VALUE, &[1; 32])]),
        Err(Rv::ATTRIBUTE_READ_ONLY)
    );
}

#[test]
fn flags_of_an_object_forbid_copying_changing_and_destroying() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let with = |flag| {
        let mut template = DATA.to_vec();
        template.push((flag, FALSE));
        client.create(session, &template).unwrap()
    };
    assert_eq!(
        client.copy(session, with(A::COPYABLE), &[]),
        Err(Rv::ACTION_PROHIBITED)
    );
    let fixed = with(A::MODIFIABLE);
    assert_eq!(
        client.set(session, fixed, &[(A::LABEL, b"x")]),
        Err(Rv::ACTION_PROHIBITED)
    );
    assert_eq!(
        client.destroy(session, with(A::DESTROYABLE)),
        Err(Rv::ACTION_PROHIBITED)
    );
    let object = client.create(session, DATA).unwrap();
    client
        .set(session, object, &[(A::COPYABLE, FALSE)])
        .unwrap();
    assert_eq!(
        client.set(session, object, &[(A::COPYABLE, TRUE)]),
        Err(Rv::ATTRIBUTE_READ_ONLY)
    );
}

#[test]
fn a_change_is_whole_or_does_not_happen() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let object = client.create(session, DATA).unwrap();
    let template: [(A, &[u8]); 2] = [(A::LABEL, b"changed"), (A::CLASS, &ulong(1))];
    assert_eq!(
        client.set(session, object, &template),
        Err(Rv::ATTRIBUTE_READ_ONLY)
    );
    assert_eq!(client.get(session, object, A::LABEL).unwrap(), b"notes");
}

#[test]
fn a_read_only_session_keeps_its_hands_off_the_token() {
    let bench = Bench::compat();
    let client = bench.client();
    let object = client.create(client.open(), DATA).unwrap();
    let session = client.open_read_only().unwrap();
    assert_eq!(client.create(session, DATA), Err(Rv::SESSION_READ_ONLY));
    assert_eq!(
        client.set(session, object, &[(A::LABEL, b"x")]),
        Err(Rv::SESSION_READ_ONLY)
    );
    assert_eq!(client.destroy(session, object), Err(Rv::SESSION_READ_ONLY));
    assert_eq!(
        client.copy(session, object, &[]),
        Err(Rv::SESSION_READ_ONLY)
    );
    let copy = client.copy(session, object, &[(A::TOKEN, FALSE)]).unwrap();
    client.set(session, copy, &[(A::LABEL, b"x")]).unwrap();
    client.destroy(session, copy).unwrap();
}

#[test]
fn only_the_security_officer_trusts() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let public: [(A, &[u8]); 3] = [
        (A::EC_PARAMS, crate::tests::bench::P256),
        (A::TOKEN, TRUE),
        (A::PRIVATE, FALSE),
    ];
    let (key, _) = client
        .generate_pair(session, ck::MechanismType::EC_KEY_PAIR_GEN, &public, &[])
        .unwrap();
    assert_eq!(
        client.set(session, key, &[(A::TRUSTED, TRUE)]),
        Err(Rv::ATTRIBUTE_READ_ONLY)
    );
    let trusted = client.generate_aes(session, &[(A::TRUSTED, TRUE)]);
    assert_eq!(trusted, Err(Rv::ATTRIBUTE_READ_ONLY));
    client.logout(session).unwrap();
    client.login(session, 0, SO_PIN).unwrap();
    assert_eq!(client.set(session, key, &[(A::TRUSTED, TRUE)]), Ok(()));
}

#[test]
fn the_size_of_an_object_grows_with_its_value() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let size = |object| {
        let mut size = None;
        client
            .call(Call::GetObjectSize, session, |caller, session| {
                caller.get_object_size(session, ObjectHandle(object), &mut size)
            })
            .map(|()| size.unwrap())
    };
    let small = client.create(session, DATA).unwrap();
    let mut template = DATA.to_vec();
    template[3].1 = &[0; 1000];
    let large = client.create(session, &template).unwrap();
    assert_eq!(size(large).unwrap() - size(small).unwrap(), 1000 - 17);
    assert_eq!(size(999), Err(Rv::OBJECT_HANDLE_INVALID));
}

#[test]
fn changes_of_the_token_are_logged_once_and_session_objects_not() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let before = bench.audit().len();
    client.generate_aes(session, &[]).unwrap();
    let object = client.create(session, DATA).unwrap();
    let _ = client.create(session, &[]);
    client.set(session, object, &[(A::LABEL, b"x")]).unwrap();
    client.copy(session, object, &[]).unwrap();
    client.destroy(session, object).unwrap();
    client.generate_ec(session, &[(A::TOKEN, TRUE)]).unwrap();
    let operations: Vec<_> = bench
        .audit()
        .split_off(before)
        .into_iter()
        .map(|(operation, _)| operation)
        .collect();
    let expected = [
        "C_CreateObject",
        "C_SetAttributeValue",
        "C_CopyObject",
        "C_DestroyObject",
        "C_GenerateKeyPair",
    ];
    assert_eq!(operations, expected);
}

#[test]
fn only_a_private_key_asks_for_the_pin_each_time() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let template = [(A::ALWAYS_AUTHENTICATE, TRUE), (A::PRIVATE, FALSE)];
    let made = client.generate_ec(session, &template);
    assert_eq!(made, Err(Rv::TEMPLATE_INCONSISTENT));
}

#[test]
fn many_threads_change_one_object_one_after_another() {
    let bench = Bench::compat();
    let client = bench.client();
    let object = client.create(client.open(), DATA).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8u8 {
            let client = &client;
            scope.spawn(move || {
                let session = client.open();
                for turn in 0..20u8 {
                    client
                        .set(session, object, &[(A::LABEL, &[thread, turn])])
                        .unwrap();
                }
            });
        }
    });
    let session = client.open();
    let label = client.get(session, object, A::LABEL).unwrap();
    assert_eq!(label[1], 19);
    assert_eq!(
        client.find(session, &[(A::LABEL, &label)]),
        Ok(vec![object])
    );
}
