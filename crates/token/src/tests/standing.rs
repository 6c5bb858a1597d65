//! What every token has without anybody having made it, and trust objects.

use ck::{AttributeType as A, MechanismType, ObjectClass, Rv};
use proto::shape::{AttributeAnswer, Room};

use crate::tests::bench::{Bench, Client, FALSE, SO_PIN, TRUE, ulong};

fn of_class(client: &Client, session: u64, class: ObjectClass) -> Vec<u64> {
    client
        .find_all(session, &[(A::CLASS, &ulong(class.0))])
        .unwrap()
}

fn feature(client: &Client, session: u64, kind: u64) -> u64 {
    let class = ulong(ObjectClass::HW_FEATURE.0);
    let template: [(A, &[u8]); 2] = [(A::CLASS, &class), (A::HW_FEATURE_TYPE, &ulong(kind))];
    client.find_all(session, &template).unwrap()[0]
}

#[test]
fn profile_objects_are_found_by_all_and_by_everything() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_read_only().unwrap();
    let found = client.find_all(session, &[]).unwrap();
    assert_eq!(found, of_class(&client, session, ObjectClass::PROFILE));
    let ids: Vec<_> = found
        .iter()
        .map(|object| client.get(session, *object, A::PROFILE_ID).unwrap())
        .collect();
    assert_eq!(ids, [ulong(1), ulong(2), ulong(3)]);
    for object in found {
        let get = |id| client.get(session, object, id).unwrap();
        assert_eq!(
            (get(A::TOKEN), get(A::PRIVATE)),
            (TRUE.to_vec(), FALSE.to_vec())
        );
        assert_eq!(get(A::UNIQUE_ID).len(), 36);
    }
}

#[test]
fn mechanisms_and_hardware_are_found_by_their_class_alone() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    assert_eq!(of_class(&client, session, ObjectClass::HW_FEATURE).len(), 2);
    let mechanisms = of_class(&client, session, ObjectClass::MECHANISM);
    assert_eq!(mechanisms.len(), ck::MECHANISMS.len());
    let kind = client
        .get(session, mechanisms[0], A::MECHANISM_TYPE)
        .unwrap();
    assert_eq!(kind, ulong(ck::MECHANISMS[0].id.0));
    let by_type: [(A, &[u8]); 1] = [(A::MECHANISM_TYPE, &ulong(MechanismType::AES_GCM.0))];
    assert_eq!(client.find_all(session, &by_type), Ok(Vec::new()));
    let all = client.find_all(session, &[]).unwrap();
    assert!(mechanisms.iter().all(|object| !all.contains(object)));
    let offered = |bench: &Bench| {
        let client = bench.client();
        let session = client.open();
        let kinds = of_class(&client, session, ObjectClass::MECHANISM);
        let kind = |object| client.get(session, object, A::MECHANISM_TYPE).unwrap();
        kinds.into_iter().map(kind).collect::<Vec<_>>()
    };
    let triple_des = ulong(MechanismType::DES3_CBC.0);
    assert!(offered(&bench).contains(&triple_des));
    assert!(!offered(&Bench::strict()).contains(&triple_des));
    // They lie in no store and so have nothing of what does.
    for id in [A::TOKEN, A::LABEL, A::UNIQUE_ID] {
        let read = client.get(session, mechanisms[0], id);
        assert_eq!(read, Err(Rv::ATTRIBUTE_TYPE_INVALID));
    }
}

#[test]
fn nobody_makes_changes_copies_or_destroys_them() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    for class in [
        ObjectClass::HW_FEATURE,
        ObjectClass::MECHANISM,
        ObjectClass::PROFILE,
        ObjectClass::VALIDATION,
    ] {
        let made = client.create(session, &[(A::CLASS, &ulong(class.0))]);
        assert_eq!(made, Err(Rv::ATTRIBUTE_VALUE_INVALID), "{class}");
        for object in of_class(&client, session, class) {
            let prohibited = Rv::ACTION_PROHIBITED;
            assert_eq!(client.destroy(session, object), Err(prohibited), "{class}");
            assert_eq!(
                client.copy(session, object, &[]),
                Err(prohibited),
                "{class}"
            );
            let set = client.set(session, object, &[(A::LABEL, b"mine")]);
            assert_eq!(set, Err(prohibited), "{class}");
        }
    }
}

#[test]
fn the_clock_tells_the_time() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let clock = feature(&client, session, 2);
    // 1,700,000,000 seconds after the beginning of 1970, as `date -u -d @1700000000` says.
    assert_eq!(
        client.get(session, clock, A::VALUE).unwrap(),
        b"2023111422132000"
    );
    let reset = client.get(session, clock, A::HAS_RESET);
    assert_eq!(reset, Err(Rv::ATTRIBUTE_TYPE_INVALID));
}

#[test]
fn the_counter_grows_with_each_reading_over_restarts_and_initialisations() {
    let mut bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let counter = feature(&client, session, 1);
    let read = |client: &Client, session| {
        let value = client.get(session, counter, A::VALUE).unwrap();
        u64::from_be_bytes(value.try_into().unwrap())
    };
    let mut last = read(&client, session);
    for _ in 0..1500 {
        let next = read(&client, session);
        assert!(next > last, "{next} after {last}");
        last = next;
    }
    let too_small = client.read(session, counter, &[(A::VALUE, Room::Items(7))]);
    assert_eq!(
        too_small,
        (Rv::BUFFER_TOO_SMALL, vec![AttributeAnswer::Unavailable])
    );
    let length = client.read(session, counter, &[(A::VALUE, Room::Query)]);
    assert_eq!(length, (Rv::OK, vec![AttributeAnswer::Length(8)]));
    assert_eq!(
        read(&client, session),
        last + 1,
        "what reads nothing counts nothing"
    );
    client.close();
    bench.restart();
    let client = bench.client();
    client.init_token(1, SO_PIN).unwrap();
    let session = client.open();
    assert!(read(&client, session) > last + 1);
    assert_eq!(
        client.get(session, counter, A::RESET_ON_INIT).unwrap(),
        FALSE
    );
    assert_eq!(client.get(session, counter, A::HAS_RESET).unwrap(), FALSE);
}

#[test]
fn trust_is_kept_for_each_purpose() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let class = ulong(ObjectClass::TRUST.0);
    let good: Vec<(A, &[u8])> = vec![
        (A::CLASS, &class),
        (A::ISSUER, b"issuer"),
        (A::SERIAL_NUMBER, b"\x02\x01\x05"),
        (A::HASH_OF_CERTIFICATE, &[7; 20]),
        (A::TRUST_SERVER_AUTH, &[2, 0, 0, 0, 0, 0, 0, 0]),
    ];
    for missing in 1..4 {
        let mut without = good.clone();
        without.remove(missing);
        assert_eq!(
            client.create(session, &without),
            Err(Rv::TEMPLATE_INCOMPLETE)
        );
    }
    // Distrust needs no hash: a name that nobody is to trust is enough. It does not become trust.
    let mut distrust = good.clone();
    distrust[3..].copy_from_slice(&[
        (A::TRUST_CODE_SIGNING, &[0; 8]),
        (A::TRUST_SERVER_AUTH, &[3, 0, 0, 0, 0, 0, 0, 0]),
    ]);
    let distrusted = client.create(session, &distrust).unwrap();
    let trust = [(A::TRUST_SERVER_AUTH, &[1, 0, 0, 0, 0, 0, 0, 0][..])];
    assert_eq!(
        client.set(session, distrusted, &trust),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
    client.destroy(session, distrusted).unwrap();
    let object = client.create(session, &good).unwrap();
    let get = |id| client.get(session, object, id).unwrap();
    assert_eq!(get(A::TRUST_SERVER_AUTH), ulong(2));
    assert_eq!(get(A::TRUST_CODE_SIGNING), ulong(0));
    assert_eq!(get(A::NAME_HASH_ALGORITHM), ulong(MechanismType::SHA_1.0));
    let set = |value| client.set(session, object, &[(A::TRUST_CLIENT_AUTH, &ulong(value))]);
    assert_eq!(set(3), Ok(()));
    assert_eq!(set(5), Err(Rv::ATTRIBUTE_VALUE_INVALID));
    let other = client.set(session, object, &[(A::ISSUER, b"other")]);
    assert_eq!(other, Err(Rv::ATTRIBUTE_READ_ONLY));
    assert_eq!(of_class(&client, session, ObjectClass::TRUST), [object]);
}
