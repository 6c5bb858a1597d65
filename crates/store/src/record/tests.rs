use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn place(version: u64) -> Place {
    Place {
        instance: [1; 16],
        partition: [2; 16],
        kind: Kind::PublicObject,
        object: [3; 16],
        version,
        epoch: 1,
    }
}

/// Refuses to let `unwrap_err` print a body: a body has no `Debug` worth having.
fn refusal<T>(outcome: Result<T, SealError>) -> SealError {
    outcome.err().expect("it should have been refused")
}

#[test]
fn each_byte_of_a_record_matters() {
    let key = PartitionKey::generate().unwrap();
    let keys = RecordKeys {
        partition: &key,
        user: None,
    };
    let sealed = seal(&place(1), keys, b"body").unwrap();
    assert_eq!(sealed.len(), HEADER_LEN + 64 + TAG_LEN);
    for position in 0..sealed.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut changed = sealed.clone();
            changed[position] ^= flip;
            assert!(open(&changed, keys).is_err(), "byte {position} ^ {flip:#x}");
        }
    }
}

#[test]
fn each_length_but_its_own_is_refused() {
    let key = PartitionKey::generate().unwrap();
    let keys = RecordKeys {
        partition: &key,
        user: None,
    };
    let mut sealed = seal(&place(1), keys, b"body").unwrap();
    for length in 0..sealed.len() {
        assert!(open(&sealed[..length], keys).is_err(), "cut to {length}");
    }
    sealed.push(0);
    assert!(open(&sealed, keys).is_err());
}

#[test]
fn a_record_opens_under_its_own_keys_only() {
    let [key, other] = [(); 2].map(|()| PartitionKey::generate().unwrap());
    let [user, stranger] = [(); 2].map(|()| UserKey::generate().unwrap());
    let private = Place {
        kind: Kind::PrivateObject,
        ..place(1)
    };
    let keys = RecordKeys {
        partition: &key,
        user: Some(&user),
    };
    let sealed = seal(&private, keys, b"body").unwrap();
    for (partition, user) in [(&other, &user), (&key, &stranger), (&other, &stranger)] {
        let wrong = RecordKeys {
            partition,
            user: Some(user),
        };
        assert!(matches!(
            refusal(open(&sealed, wrong)),
            SealError::Refused { .. }
        ));
    }
    assert_eq!(open(&sealed, keys).unwrap().1.as_slice(), b"body");
}

#[test]
fn the_kind_says_which_keys() {
    let key = PartitionKey::generate().unwrap();
    let user = UserKey::generate().unwrap();
    for kind in Kind::ALL {
        let place = Place { kind, ..place(1) };
        let alone = seal(
            &place,
            RecordKeys {
                partition: &key,
                user: None,
            },
            b"",
        );
        let both = seal(
            &place,
            RecordKeys {
                partition: &key,
                user: Some(&user),
            },
            b"",
        );
        assert_eq!(alone.is_ok(), kind != Kind::PrivateObject);
        assert_eq!(both.is_ok(), kind == Kind::PrivateObject);
    }
}

#[test]
fn a_body_has_a_limit() {
    let key = PartitionKey::generate().unwrap();
    let keys = RecordKeys {
        partition: &key,
        user: None,
    };
    let sealed = seal(&place(1), keys, &vec![7; BODY_MAX]).unwrap();
    assert_eq!(open(&sealed, keys).unwrap().1.len(), BODY_MAX);
    let answer = refusal(seal(&place(1), keys, &vec![7; BODY_MAX + 1]));
    assert!(matches!(
        answer,
        SealError::TooLong {
            limit: BODY_MAX,
            ..
        }
    ));
}

#[test]
fn the_same_body_never_seals_alike() {
    let key = PartitionKey::generate().unwrap();
    let keys = RecordKeys {
        partition: &key,
        user: None,
    };
    let mut salts = HashSet::new();
    let mut bodies = HashSet::new();
    for _ in 0..10_000 {
        let sealed = seal(&place(1), keys, b"body").unwrap();
        assert!(salts.insert(Header::decode(&sealed).unwrap().salt));
        assert!(bodies.insert(sealed[HEADER_LEN..].to_vec()));
    }
}

#[test]
fn a_row_opens_in_its_own_place_only() {
    let key = PartitionKey::generate().unwrap();
    let keys = RecordKeys {
        partition: &key,
        user: None,
    };
    let row = crate::Row::seal(&place(4), keys, b"body").unwrap();
    assert_eq!(row.open(&[1; 16], keys).unwrap().as_slice(), b"body");
    let moved = [
        crate::Row {
            partition: [9; 16],
            ..row.clone()
        },
        crate::Row {
            id: [9; 16],
            ..row.clone()
        },
        crate::Row {
            kind: Kind::Other,
            ..row.clone()
        },
        crate::Row {
            version: 5,
            ..row.clone()
        },
    ];
    for row in moved {
        assert!(matches!(
            refusal(row.open(&[1; 16], keys)),
            SealError::Misplaced { .. }
        ));
    }
    assert!(matches!(
        refusal(row.open(&[9; 16], keys)),
        SealError::Misplaced { .. }
    ));
}

#[test]
fn errors_name_the_place_and_no_secret() {
    let [key, other] = [(); 2].map(|()| PartitionKey::generate().unwrap());
    let sealed = seal(
        &place(4),
        RecordKeys {
            partition: &key,
            user: None,
        },
        b"secret body",
    )
    .unwrap();
    let answer = refusal(open(
        &sealed,
        RecordKeys {
            partition: &other,
            user: None,
        },
    ));
    let place = "partition 02020202020202020202020202020202, \
                 public object 03030303030303030303030303030303, version 4";
    assert_eq!(
        answer.to_string(),
        format!(
            "the record of {place} does not open: the key, PIN or passphrase is wrong, \
             or its bytes were changed"
        )
    );
}

prop_compose! {
    fn any_place()(
        instance in any::<[u8; 16]>(),
        partition in any::<[u8; 16]>(),
        kind in proptest::sample::select(Kind::ALL.to_vec()),
        object in any::<[u8; 16]>(),
        version in any::<u64>(),
        epoch in any::<u64>(),
    ) -> Place {
        Place { instance, partition, kind, object, version, epoch }
    }
}

proptest! {
    #[test]
    fn every_body_opens_as_it_was_sealed(
        place in any_place(),
        body in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let (key, user) = (PartitionKey::generate().unwrap(), UserKey::generate().unwrap());
        let user = place.kind.needs_user_key().then_some(&user);
        let keys = RecordKeys { partition: &key, user };
        let sealed = seal(&place, keys, &body).unwrap();
        prop_assert!((sealed.len() - HEADER_LEN - TAG_LEN).is_multiple_of(64));
        let (found, opened) = open(&sealed, keys).unwrap();
        prop_assert_eq!(found, place);
        prop_assert_eq!(opened.as_slice(), &body);
    }

    #[test]
    fn swapped_headers_are_refused(one in any_place(), other in any_place()) {
        let (one, other) =
            (Place { kind: Kind::Other, ..one }, Place { kind: Kind::Other, ..other });
        prop_assume!(one != other);
        let key = PartitionKey::generate().unwrap();
        let keys = RecordKeys { partition: &key, user: None };
        let (first, second) = (seal(&one, keys, b"1").unwrap(), seal(&other, keys, b"2").unwrap());
        for cut in [PLACE_LEN, PLACE_LEN + SALT_LEN, HEADER_LEN] {
            prop_assert!(open(&[&first[..cut], &second[cut..]].concat(), keys).is_err());
            prop_assert!(open(&[&second[..cut], &first[cut..]].concat(), keys).is_err());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic_the_decoder(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..400),
        ours in any::<bool>(),
    ) {
        if ours && bytes.len() >= 6 {
            bytes[..6].copy_from_slice(b"HSMR\x01\x01");
        }
        let _ = Header::decode(&bytes);
    }
}
