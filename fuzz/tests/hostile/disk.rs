//! What reads bytes from the disk: the store, the audit log, UKey files.

use std::io::Write as _;

use audit::{Actor, Chain, Entry, Event, Outcome, Text};
use ck::AttributeType;
use store::Kind;
use store::hierarchy::{PartitionKey, RootKey};
use store::record::{self, Place, RecordKeys};
use store::slot::{Cost, RootSlot, SlotName, SlotSecret};
use token::Attributes;
use ukey::{KdfCost, Pin, Role, UkeyFile};
use zeroize::Zeroizing;

/// Why making a sample cannot fail.
const SOUND: &str = "a sound sample is made";

pub(super) fn audit_entries() -> [Vec<u8>; 2] {
    let event = Event {
        time_ms: 1_700_000_000_000,
        actor: Actor::Administrator {
            certificate: [7; 32],
            role: Text::new("device-admin"),
        },
        agent: Some(Text::new("web-1")),
        partition: Some([1; 16]),
        operation: Text::new("C_GenerateKeyPair"),
        object: Some([2; 16]),
        outcome: Outcome::Failed(Text::new("refused")),
        detail: Some(Text::new("two purposes")),
        signature: None,
    };
    let mut chain = Chain::default();
    [chain.append(&event), chain.append(&event)]
}

pub(super) fn read_audit_entry(bytes: &[u8]) {
    if let Ok(entry) = Entry::decode(bytes) {
        assert_eq!(
            entry.encode(),
            bytes,
            "an entry that is accepted has one form"
        );
    }
}

pub(super) fn sealed_records() -> [Vec<u8>; 1] {
    let place = Place {
        instance: [1; 16],
        partition: [2; 16],
        kind: Kind::PublicObject,
        object: [3; 16],
        version: 4,
        epoch: 5,
    };
    let partition = PartitionKey::generate().expect("the system has random bytes");
    [record::seal(
        &place,
        RecordKeys {
            partition: &partition,
            user: None,
        },
        &[6; 100],
    )
    .expect(SOUND)]
}

pub(super) fn read_sealed_record(bytes: &[u8]) {
    let _ = record::Header::decode(bytes);
}

pub(super) fn root_slots() -> [Vec<u8>; 1] {
    let name = SlotName {
        instance: [1; 16],
        id: [2; 16],
        label: "cellar",
    };
    let cost = Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };
    let root = RootKey::generate().expect("the system has random bytes");
    let slot =
        RootSlot::seal(name, SlotSecret::Passphrase(b"correct horse"), cost, &root).expect(SOUND);
    [slot.encode()]
}

pub(super) fn read_root_slot(bytes: &[u8]) {
    if let Ok(slot) = RootSlot::decode(bytes) {
        assert_eq!(slot.encode(), bytes, "a slot that is accepted has one form");
    }
}

pub(super) fn object_bodies() -> [Vec<u8>; 1] {
    let mut attributes = Attributes::default();
    attributes.set_number(AttributeType::CLASS, 3);
    attributes.set_flag(AttributeType::SENSITIVE, true);
    attributes.set(AttributeType::LABEL, *b"a key");
    attributes.set(AttributeType::VALUE, vec![1; 48]);
    [attributes.encode(9).to_vec()]
}

pub(super) fn read_object_body(bytes: &[u8]) {
    if let Ok((serial, attributes)) = Attributes::decode(bytes) {
        assert_eq!(
            attributes.encode(serial).as_slice(),
            bytes,
            "a body that is accepted has one form"
        );
    }
}

pub(super) fn ukey_files() -> [Vec<u8>; 1] {
    let folder = tempfile::tempdir().expect(SOUND);
    let path = folder.path().join("a.ukey");
    let pin = Pin::new(&Zeroizing::new("correct horse battery".to_owned())).expect(SOUND);
    let cost = KdfCost::new(8, 1, 1).expect(SOUND);
    UkeyFile::create_with_cost(&path, "Alice", Role::DeviceAdmin, &pin, cost).expect(SOUND);
    [std::fs::read(&path).expect(SOUND)]
}

pub(super) fn read_ukey_file(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file is made");
    file.write_all(bytes).expect("a temporary file is written");
    let _ = UkeyFile::read(file.path());
}

/// Samples that no reader takes would leave everything behind the first check untested.
#[test]
fn samples_are_sound() {
    let all =
        |samples: &[Vec<u8>], reads: fn(&[u8]) -> bool| samples.iter().all(|bytes| reads(bytes));
    assert!(all(&audit_entries(), |bytes| Entry::decode(bytes).is_ok()));
    assert!(all(&object_bodies(), |bytes| Attributes::decode(bytes).is_ok()));
    assert!(all(&root_slots(), |bytes| RootSlot::decode(bytes).is_ok()));
    assert!(all(&sealed_records(), |bytes| record::Header::decode(
        bytes
    )
    .is_ok()));
}
