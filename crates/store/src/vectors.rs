//! What another implementation sealed: `vectors/make.py` writes it after the documented layouts.

use crate::hierarchy::{Kek, PartitionKey, Pepper, RootKey, UserKey};
use crate::record::{Place, RecordKeys, open};
use crate::secret::Secret;
use crate::slot::{RootSlot, SlotKind, SlotSecret};
use crate::{Kind, Row};

const INSTANCE: [u8; 16] = [0x11; 16];
const PARTITION: [u8; 16] = [0x22; 16];
const OBJECT: [u8; 16] = [0x33; 16];

fn vector(name: &str) -> Vec<u8> {
    let lines = include_str!("../vectors/sealed.txt").lines();
    let mut named = lines
        .filter_map(|line| line.split_once(' '))
        .filter(|(found, _)| *found == name);
    hex::decode(named.next().expect("the vector is in the file").1).unwrap()
}

fn secret(byte: u8) -> Secret {
    Secret::filled(|bytes| bytes.fill(byte))
}

fn root() -> RootKey {
    RootKey(secret(0xA1))
}

fn partition_key() -> PartitionKey {
    PartitionKey(secret(0xB2))
}

fn user_key() -> UserKey {
    UserKey(secret(0xC3))
}

fn pepper() -> Pepper {
    root().pepper()
}

fn check_record(name: &str, kind: Kind, keys: RecordKeys<'_>, body: &[u8]) {
    let sealed = vector(name);
    let (place, found) = open(&sealed, keys).unwrap();
    let expected = Place {
        instance: INSTANCE,
        partition: PARTITION,
        kind,
        object: OBJECT,
        version: 7,
        epoch: 2,
    };
    assert_eq!(place, expected);
    assert_eq!(found.as_slice(), body);
    let row = Row {
        partition: PARTITION,
        id: OBJECT,
        kind,
        version: 7,
        sealed,
    };
    assert_eq!(row.open(&INSTANCE, keys).unwrap().as_slice(), body);
}

#[test]
fn records_of_another_implementation_open() {
    let (partition, user, system) = (partition_key(), user_key(), root().system_key());
    let public = RecordKeys {
        partition: &partition,
        user: None,
    };
    let private = RecordKeys {
        partition: &partition,
        user: Some(&user),
    };
    let sixty: Vec<u8> = (0..60).collect();
    check_record(
        "public-record",
        Kind::PublicObject,
        public,
        b"a public object",
    );
    check_record("private-record", Kind::PrivateObject, private, &sixty);
    check_record("longer-record", Kind::PublicObject, public, &[0; 61]);
    let system = RecordKeys {
        partition: &system,
        user: None,
    };
    check_record("system-record", Kind::Partition, system, b"a partition");
}

#[test]
fn wraps_of_another_implementation_open() {
    let wrap = root().wrap_key();
    let partition = wrap
        .unwrap_partition_key(&PARTITION, &vector("wrapped-partition-key"))
        .unwrap();
    assert_eq!(partition.0.expose(), &[0xB2; 32]);
    let user = wrap
        .unwrap_user_key(&PARTITION, &vector("wrapped-user-key"))
        .unwrap();
    assert_eq!(user.0.expose(), &[0xC3; 32]);
    let kek = Kek::from_pin_hash(&[0xD4; 32], &pepper(), &PARTITION, 1);
    let user = kek.unwrap(&vector("user-key-under-pin")).unwrap();
    assert_eq!(user.0.expose(), &[0xC3; 32]);
}

#[test]
fn slots_of_another_implementation_open() {
    let slot = RootSlot::decode(&vector("passphrase-slot")).unwrap();
    assert_eq!(
        (slot.kind(), slot.label()),
        (SlotKind::Passphrase, "office")
    );
    assert_eq!((slot.instance(), slot.id()), (INSTANCE, OBJECT));
    assert_eq!(slot.encode(), vector("passphrase-slot"));
    let opened = slot
        .open(SlotSecret::Passphrase(b"correct horse battery"))
        .unwrap();
    assert_eq!(opened.0.expose(), &[0xA1; 32]);
    let slot = RootSlot::decode(&vector("quorum-slot")).unwrap();
    let opened = slot.open(SlotSecret::Quorum(&[0xC3; 32])).unwrap();
    assert_eq!(opened.0.expose(), &[0xA1; 32]);
}
