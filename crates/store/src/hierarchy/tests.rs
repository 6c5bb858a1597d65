use super::*;

const PARTITION: [u8; 16] = [5; 16];

fn refused<T>(outcome: Result<T, SealError>) -> bool {
    matches!(outcome, Err(SealError::Refused { .. }))
}

#[test]
fn a_wrap_opens_for_its_partition_and_key_only() {
    let wrap = RootKey::generate().unwrap().wrap_key();
    let stranger = RootKey::generate().unwrap().wrap_key();
    let key = PartitionKey::generate().unwrap();
    let blob = wrap.wrap_partition_key(&PARTITION, &key).unwrap();
    let opened = wrap.unwrap_partition_key(&PARTITION, &blob).unwrap();
    assert_eq!(opened.0.expose(), key.0.expose());
    assert!(refused(wrap.unwrap_partition_key(&[6; 16], &blob)));
    assert!(refused(stranger.unwrap_partition_key(&PARTITION, &blob)));
    assert!(
        refused(wrap.unwrap_user_key(&PARTITION, &blob)),
        "another kind of key"
    );
}

#[test]
fn each_byte_and_length_of_a_wrap_matters() {
    let wrap = RootKey::generate().unwrap().wrap_key();
    let blob = wrap
        .wrap_partition_key(&PARTITION, &PartitionKey::generate().unwrap())
        .unwrap();
    for position in 0..blob.len() {
        let mut changed = blob.clone();
        changed[position] ^= 1;
        assert!(
            wrap.unwrap_partition_key(&PARTITION, &changed).is_err(),
            "byte {position}"
        );
        assert!(
            wrap.unwrap_partition_key(&PARTITION, &blob[..position])
                .is_err()
        );
    }
}

#[test]
fn wrapping_twice_gives_different_bytes() {
    let wrap = RootKey::generate().unwrap().wrap_key();
    let key = UserKey::generate().unwrap();
    let [one, other] = [(); 2].map(|()| wrap.wrap_user_key(&PARTITION, &key).unwrap());
    assert_ne!(one, other);
}

#[test]
fn a_pin_opens_for_its_user_partition_and_hsm_only() {
    let (root, other_root) = (RootKey::generate().unwrap(), RootKey::generate().unwrap());
    let (pepper, other_pepper) = (root.pepper(), other_root.pepper());
    let key = UserKey::generate().unwrap();
    let kek = Kek::from_pin_hash(&[1; 32], &pepper, &PARTITION, 1);
    let blob = kek.wrap(&key).unwrap();
    assert_eq!(kek.unwrap(&blob).unwrap().0.expose(), key.0.expose());
    let wrong = [
        ("PIN", Kek::from_pin_hash(&[2; 32], &pepper, &PARTITION, 1)),
        (
            "pepper",
            Kek::from_pin_hash(&[1; 32], &other_pepper, &PARTITION, 1),
        ),
        (
            "partition",
            Kek::from_pin_hash(&[1; 32], &pepper, &[6; 16], 1),
        ),
        ("user", Kek::from_pin_hash(&[1; 32], &pepper, &PARTITION, 0)),
    ];
    for (what, kek) in wrong {
        assert!(refused(kek.unwrap(&blob)), "another {what}");
    }
}

#[test]
fn keys_for_different_purposes_differ() {
    let root = RootKey::generate().unwrap();
    let keys = [
        *root.0.expose(),
        *root.meta_key().0.expose(),
        *root.pepper().0.expose(),
        *root.wrap_key().0.expose(),
        *root.system_key().0.expose(),
    ];
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(key));
    }
    assert_eq!(root.meta_key().0.expose(), root.meta_key().0.expose());
}
