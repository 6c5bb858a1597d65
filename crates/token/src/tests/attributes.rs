//! The attribute rules: what templates may say, what comes out, and the codec underneath.

use crate::Attributes;
use ck::{Access, AttributeType as A, KeyType, ObjectClass, Presence, Rv, ValueKind};
use proptest::prelude::*;
use proto::shape::{AttributeAnswer, Room};

use crate::tests::bench::{Bench, Client, DATA, FALSE, P256, TRUE, ulong};

type Owned = Vec<(A, Vec<u8>)>;

/// One good template per kind of object that can be created.
fn good_templates() -> Vec<(ObjectClass, Option<KeyType>, Owned)> {
    let point = hex::decode(
        "0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
         4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    )
    .unwrap();
    let kind = |class: ObjectClass, key_type: Option<KeyType>, values: &[(A, &[u8])]| {
        let mut template = vec![(A::CLASS, ulong(class.0))];
        template.extend(key_type.map(|key_type| (A::KEY_TYPE, ulong(key_type.0))));
        template.extend(values.iter().map(|(id, value)| (*id, value.to_vec())));
        (class, key_type, template)
    };
    let certificate: [(A, &[u8]); 3] = [
        (A::CERTIFICATE_TYPE, &[0; 8]),
        (A::SUBJECT, b"0"),
        (A::VALUE, b"0\x00"),
    ];
    let trust: [(A, &[u8]); 3] = [
        (A::ISSUER, b"0"),
        (A::SERIAL_NUMBER, b"2"),
        (A::HASH_OF_CERTIFICATE, &[7; 20]),
    ];
    // The generator of P-256 is the public key of the private key 1.
    vec![
        kind(ObjectClass::DATA, None, &[(A::VALUE, b"data")]),
        kind(ObjectClass::CERTIFICATE, None, &certificate),
        kind(ObjectClass::TRUST, None, &trust),
        kind(
            ObjectClass::SECRET_KEY,
            Some(KeyType::AES),
            &[(A::VALUE, &[3; 16])],
        ),
        kind(
            ObjectClass::SECRET_KEY,
            Some(KeyType::GENERIC_SECRET),
            &[(A::VALUE, &[3; 20])],
        ),
        kind(
            ObjectClass::SECRET_KEY,
            Some(KeyType::SHA256_HMAC),
            &[(A::VALUE, &[3; 20])],
        ),
        kind(
            ObjectClass::PUBLIC_KEY,
            Some(KeyType::EC),
            &[(A::EC_PARAMS, P256), (A::EC_POINT, &point)],
        ),
        kind(
            ObjectClass::PRIVATE_KEY,
            Some(KeyType::EC),
            &[(A::EC_PARAMS, P256), (A::VALUE, &[1])],
        ),
    ]
}

fn create(client: &Client, session: u64, template: &[(A, Vec<u8>)]) -> Result<u64, Rv> {
    let borrowed: Vec<_> = template
        .iter()
        .map(|(id, value)| (*id, value.as_slice()))
        .collect();
    client.create(session, &borrowed)
}

/// A value that is written as its kind wants it.
fn sample(kind: ValueKind) -> Vec<u8> {
    match kind {
        ValueKind::Bool => FALSE.to_vec(),
        ValueKind::Ulong | ValueKind::Ulongs => ulong(0),
        ValueKind::Date => b"20240229".to_vec(),
        // A template without attributes is their count.
        ValueKind::Template => vec![0; 4],
        ValueKind::BigInteger | ValueKind::Bytes | ValueKind::Text => b"x".to_vec(),
    }
}

#[test]
fn every_attribute_of_every_class_obeys_its_row() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    for (class, key_type, good) in good_templates() {
        let object = create(&client, session, &good)
            .unwrap_or_else(|rv| panic!("{class} {key_type:?}: {rv}"));
        for row in ck::object_rows(class, key_type).into_iter().flatten() {
            let what = format!("{class} {key_type:?} {}", row.id);
            let given = good.iter().position(|(id, _)| *id == row.id);
            if let (Presence::Required, Some(index)) = (row.create, given) {
                let mut without = good.clone();
                without.remove(index);
                assert_eq!(
                    create(&client, session, &without),
                    Err(Rv::TEMPLATE_INCOMPLETE),
                    "{what}"
                );
            }
            if row.create == Presence::Forbidden {
                let mut with = good.clone();
                with.push((row.id, sample(row.kind)));
                assert_eq!(
                    create(&client, session, &with),
                    Err(Rv::ATTRIBUTE_READ_ONLY),
                    "{what}"
                );
            }
            if matches!(row.kind, ValueKind::Bool | ValueKind::Ulong)
                && row.create != Presence::Forbidden
            {
                let mut with = good.clone();
                with.retain(|(id, _)| *id != row.id);
                with.push((row.id, vec![7, 7]));
                assert_eq!(
                    create(&client, session, &with),
                    Err(Rv::ATTRIBUTE_VALUE_INVALID),
                    "{what}"
                );
            }
            if row.access == Access::Fixed {
                let set = client.set(session, object, &[(row.id, &sample(row.kind))]);
                assert_eq!(set, Err(Rv::ATTRIBUTE_READ_ONLY), "{what}");
            }
            let expected = if row.sensitive {
                Err(Rv::ATTRIBUTE_SENSITIVE)
            } else {
                Ok(())
            };
            assert_eq!(
                client.get(session, object, row.id).map(drop),
                expected,
                "{what}"
            );
        }
    }
}

/// What `C_SetAttributeValue` says to each step of a flag, and to the same step in a copy: from off to on, then from on to off.
fn steps_of(access: Access) -> Option<[[Result<(), Rv>; 2]; 2]> {
    let no = Err(Rv::ATTRIBUTE_READ_ONLY);
    let (set, copied) = match access {
        Access::Free => ([Ok(()), Ok(())], [Ok(()), Ok(())]),
        Access::Raise => ([Ok(()), no], [Ok(()), no]),
        Access::Lower => ([no, Ok(())], [no, Ok(())]),
        Access::OnCopy => ([no, no], [Ok(()), Ok(())]),
        Access::Fixed | Access::SecurityOfficer => ([no, no], [no, no]),
        Access::Erase => return None,
    };
    Some([set, copied])
}

/// Flags that say something of others, so that not every step of theirs is their row's affair.
const BOUND: [A; 7] = [
    // A private object has no public copies, and no copy of a session object is one of the token without a session for it.
    A::PRIVATE,
    // What forbids the change itself.
    A::MODIFIABLE,
    A::COPYABLE,
    // Purposes that undo each other (`policy/changes.rs`).
    A::ENCRYPT,
    A::DECRYPT,
    A::WRAP,
    A::UNWRAP,
];

#[test]
fn every_flag_of_every_class_moves_as_its_row_says() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    for (class, key_type, good) in good_templates() {
        let rows = ck::object_rows(class, key_type);
        let flags = rows.into_iter().flatten().filter(|row| {
            row.kind == ValueKind::Bool
                && row.create != Presence::Forbidden
                && !BOUND.contains(&row.id)
        });
        for row in flags {
            let Some(expected) = steps_of(row.access) else {
                continue;
            };
            for (step, (from, to)) in [(FALSE, TRUE), (TRUE, FALSE)].into_iter().enumerate() {
                let mut template = good.clone();
                template.push((row.id, from.to_vec()));
                let Ok(object) = create(&client, session, &template) else {
                    // Only the security officer makes a trusted object.
                    assert_eq!(row.access, Access::SecurityOfficer, "{class} {}", row.id);
                    continue;
                };
                let what = format!("{class} {key_type:?} {} from {from:?}", row.id);
                let change = [(row.id, to)];
                let copied = client.copy(session, object, &change).map(drop);
                assert_eq!(copied, expected[1][step], "a copy of {what}");
                let set = client.set(session, object, &change);
                assert_eq!(set, expected[0][step], "{what}");
                // To say what is so already changes nothing, where anything may be said at all.
                let value = client.get(session, object, row.id).unwrap();
                let same = client.set(session, object, &[(row.id, &value)]);
                let fixed = matches!(row.access, Access::Fixed);
                assert_eq!(same.is_err(), fixed, "the same of {what}");
            }
        }
    }
}

#[test]
fn what_a_class_does_not_have_is_told_from_what_nobody_has() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let with = |id: A| {
        let mut template = DATA.to_vec();
        template.push((id, b"x"));
        client.create(session, &template)
    };
    assert_eq!(with(A::MODULUS), Err(Rv::TEMPLATE_INCONSISTENT));
    assert_eq!(with(A(0x8000_0001)), Err(Rv::ATTRIBUTE_TYPE_INVALID));
    assert_eq!(with(A::LABEL), Err(Rv::TEMPLATE_INCONSISTENT));
    let object = client.create(session, DATA).unwrap();
    assert_eq!(
        client.set(session, object, &[(A::MODULUS, b"x")]),
        Err(Rv::ATTRIBUTE_TYPE_INVALID)
    );
    assert_eq!(
        client.get(session, object, A::MODULUS),
        Err(Rv::ATTRIBUTE_TYPE_INVALID)
    );
}

#[test]
fn classes_and_types_that_the_token_does_not_keep_are_refused() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let create = |class: u64, more: &[(A, &[u8])]| {
        let class = ulong(class);
        let mut template = vec![(A::CLASS, class.as_slice())];
        template.extend_from_slice(more);
        client.create(session, &template)
    };
    assert_eq!(client.create(session, &[]), Err(Rv::TEMPLATE_INCOMPLETE));
    assert_eq!(create(0xce53_4353, &[]), Err(Rv::ATTRIBUTE_VALUE_INVALID));
    assert_eq!(create(4, &[]), Err(Rv::TEMPLATE_INCOMPLETE));
    assert_eq!(
        create(4, &[(A::KEY_TYPE, &ulong(0x12))]),
        Err(Rv::ATTRIBUTE_VALUE_INVALID)
    );
    let wtls: [(A, &[u8]); 3] = [
        (A::CERTIFICATE_TYPE, &ulong(2)),
        (A::SUBJECT, b""),
        (A::VALUE, b""),
    ];
    assert_eq!(create(1, &wtls), Err(Rv::ATTRIBUTE_VALUE_INVALID));
    assert_eq!(
        client.create(session, &[(A::CLASS, &[4])]),
        Err(Rv::ATTRIBUTE_VALUE_INVALID)
    );
}

#[test]
fn imported_keys_are_checked() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    for (_, key_type, good) in good_templates() {
        let spoil = |id: A, value: &[u8]| {
            let mut bad = good.clone();
            bad.retain(|(known, _)| *known != id);
            bad.push((id, value.to_vec()));
            create(&client, session, &bad)
        };
        match (key_type, good[0].1[0]) {
            (Some(KeyType::AES), _) => assert!(spoil(A::VALUE, &[0; 17]).is_err()),
            (Some(KeyType::EC), 2) => {
                assert_eq!(
                    spoil(A::EC_POINT, &[4; 65]),
                    Err(Rv::ATTRIBUTE_VALUE_INVALID)
                );
                let unknown_curve = spoil(A::EC_PARAMS, &[6, 1, 42]);
                assert_eq!(unknown_curve, Err(Rv::CURVE_NOT_SUPPORTED));
            }
            (Some(KeyType::EC), 3) => {
                assert_eq!(
                    spoil(A::VALUE, &[0xff; 32]),
                    Err(Rv::ATTRIBUTE_VALUE_INVALID)
                );
                assert!(spoil(A::VALUE, &[0; 32]).is_err());
            }
            _ => {}
        }
    }
}

#[test]
fn the_token_says_where_a_key_came_from() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let get = |object, id| client.get(session, object, id).unwrap();
    let (_, made) = client.generate_ec(session, &[]).unwrap();
    assert_eq!(get(made, A::LOCAL), TRUE);
    assert_eq!(get(made, A::KEY_GEN_MECHANISM), ulong(0x1040));
    assert_eq!(
        (
            get(made, A::ALWAYS_SENSITIVE),
            get(made, A::NEVER_EXTRACTABLE)
        ),
        (TRUE.to_vec(), TRUE.to_vec())
    );
    let weak: [(A, &[u8]); 2] = [(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)];
    let weak = client.generate_aes(session, &weak).unwrap();
    assert_eq!(
        (
            get(weak, A::ALWAYS_SENSITIVE),
            get(weak, A::NEVER_EXTRACTABLE)
        ),
        (FALSE.to_vec(), FALSE.to_vec())
    );
    assert_eq!(get(weak, A::VALUE).len(), 32);
    client.set(session, weak, &[(A::SENSITIVE, TRUE)]).unwrap();
    assert_eq!(get(weak, A::ALWAYS_SENSITIVE), FALSE);
    assert_eq!(
        client.get(session, weak, A::VALUE),
        Err(Rv::ATTRIBUTE_SENSITIVE)
    );
    let (_, _, aes) = good_templates().remove(3);
    let imported = create(&client, session, &aes).unwrap();
    assert_eq!(get(imported, A::LOCAL), FALSE);
    assert_eq!(get(imported, A::KEY_GEN_MECHANISM), ulong(u64::MAX));
    assert_eq!(
        (
            get(imported, A::ALWAYS_SENSITIVE),
            get(imported, A::NEVER_EXTRACTABLE)
        ),
        (FALSE.to_vec(), FALSE.to_vec())
    );
    assert_eq!(get(imported, A::UNIQUE_ID).len(), 36);
    assert_eq!(get(imported, A::VALUE_LEN), ulong(16));
}

/// AES-128 of a block of zeros under a key of zeros begins 66e94b (FIPS 197 by NIST's "KAT AES", GFSbox).
#[test]
fn a_check_value_is_computed_compared_or_left_out() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let with = |check: Option<&[u8]>| {
        let mut template: Vec<(A, &[u8])> = vec![
            (A::CLASS, &[4, 0, 0, 0, 0, 0, 0, 0]),
            (A::KEY_TYPE, &[0x1f, 0, 0, 0, 0, 0, 0, 0]),
            (A::VALUE, &[0; 16]),
        ];
        template.extend(check.map(|check| (A::CHECK_VALUE, check)));
        let key = client.create(session, &template)?;
        client.get(session, key, A::CHECK_VALUE)
    };
    assert_eq!(with(None).unwrap(), [0x66, 0xe9, 0x4b]);
    assert_eq!(with(Some(&[0x66, 0xe9, 0x4b])).unwrap(), [0x66, 0xe9, 0x4b]);
    assert_eq!(with(Some(&[])).unwrap(), [0; 0]);
    assert_eq!(with(Some(&[1, 2, 3])), Err(Rv::ATTRIBUTE_VALUE_INVALID));
}

#[test]
fn reading_answers_every_attribute_and_names_what_went_wrong() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let key = client
        .generate_aes(session, &[(A::LABEL, b"twelve bytes")])
        .unwrap();
    let (query, room) = (Room::Query, Room::Items(64));
    let value = |bytes: &[u8]| AttributeAnswer::Value(bytes.to_vec());
    use AttributeAnswer::{Length, Unavailable};
    let (rv, answers) = client.read(
        session,
        key,
        &[(A::LABEL, query), (A::LABEL, room), (A::ID, room)],
    );
    assert_eq!(
        (rv, answers),
        (Rv::OK, vec![Length(12), value(b"twelve bytes"), value(b"")])
    );
    let (rv, answers) = client.read(session, key, &[(A::VALUE, query), (A::LABEL, room)]);
    assert_eq!(
        (rv, answers),
        (
            Rv::ATTRIBUTE_SENSITIVE,
            vec![Unavailable, value(b"twelve bytes")]
        )
    );
    let (rv, answers) = client.read(session, key, &[(A::MODULUS, room), (A::LABEL, query)]);
    assert_eq!(
        (rv, answers),
        (Rv::ATTRIBUTE_TYPE_INVALID, vec![Unavailable, Length(12)])
    );
    let (rv, answers) = client.read(
        session,
        key,
        &[(A::LABEL, Room::Items(11)), (A::LABEL, room)],
    );
    assert_eq!(
        (rv, answers),
        (
            Rv::BUFFER_TOO_SMALL,
            vec![Unavailable, value(b"twelve bytes")]
        )
    );
    let (rv, _) = client.read(session, 12_345, &[]);
    assert_eq!(rv, Rv::OBJECT_HANDLE_INVALID);
}

fn sample_attributes() -> Attributes {
    let mut attributes = Attributes::default();
    attributes.set(A::LABEL, *b"label");
    attributes.set_number(A::CLASS, 4);
    attributes.set_flag(A::TOKEN, true);
    attributes
}

fn pairs(attributes: &Attributes) -> Vec<(A, Vec<u8>)> {
    attributes
        .iter()
        .map(|(id, value)| (id, value.to_vec()))
        .collect()
}

#[test]
fn a_body_is_read_back_and_nothing_else_is_accepted() {
    let body = sample_attributes().encode(77);
    let (serial, read) = Attributes::decode(&body).unwrap();
    assert_eq!((serial, pairs(&read)), (77, pairs(&sample_attributes())));
    for cut in 0..body.len() {
        assert!(Attributes::decode(&body[..cut]).is_err(), "{cut}");
    }
    let mut longer = body.to_vec();
    longer.push(0);
    assert!(Attributes::decode(&longer).is_err());
}

#[test]
fn a_body_with_attributes_out_of_order_or_twice_is_refused() {
    // Format, serial number, count, then twice the attribute 1 with an empty value.
    let mut body = vec![1];
    body.extend(5u64.to_le_bytes());
    body.extend(2u32.to_le_bytes());
    for _ in 0..2 {
        body.extend(1u64.to_le_bytes());
        body.extend(0u32.to_le_bytes());
    }
    assert!(matches!(
        Attributes::decode(&body),
        Err(crate::BodyError::Order(A::TOKEN))
    ));
    body[0] = 2;
    assert!(matches!(
        Attributes::decode(&body),
        Err(crate::BodyError::Format(2))
    ));
}

proptest! {
    #[test]
    fn any_attributes_are_read_back(
        serial: u64, values in prop::collection::vec((0u64..64, prop::collection::vec(any::<u8>(), 0..80)), 0..64),
    ) {
        let mut attributes = Attributes::default();
        values.into_iter().for_each(|(id, value)| attributes.set(A(id), value));
        let (read_serial, read) = Attributes::decode(&attributes.encode(serial)).unwrap();
        prop_assert_eq!((read_serial, pairs(&read)), (serial, pairs(&attributes)));
    }

    #[test]
    fn any_bytes_are_read_or_refused_and_only_canonical_ones_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok((serial, attributes)) = Attributes::decode(&bytes) {
            prop_assert_eq!(&*attributes.encode(serial), &bytes);
        }
    }

    #[test]
    fn any_damage_to_a_body_is_refused_or_another_canonical_body(at in 0usize..70, byte: u8) {
        let mut body = sample_attributes().encode(1).to_vec();
        let at = at % body.len();
        body[at] = byte;
        if let Ok((serial, attributes)) = Attributes::decode(&body) {
            prop_assert_eq!(&*attributes.encode(serial), &body);
        }
    }
}
