use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use super::*;

/// The least Argon2id accepts: these tests are about slots, not about patience.
const CHEAP: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

fn name(label: &str) -> SlotName<'_> {
    SlotName {
        instance: [1; 16],
        id: [2; 16],
        label,
    }
}

fn same(one: &RootKey, other: &RootKey) -> bool {
    one.0.expose() == other.0.expose()
}

struct KeyFile {
    folder: tempfile::TempDir,
}

impl KeyFile {
    fn new() -> Self {
        let file = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        create_key_file(&file.path()).unwrap();
        file
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("root.key")
    }
}

#[test]
fn several_slots_open_the_same_root_key() {
    let root = RootKey::generate().unwrap();
    let (file, quorum) = (KeyFile::new(), [9; 32]);
    let path = file.path();
    let secrets = [
        SlotSecret::Passphrase(b"a long passphrase"),
        SlotSecret::KeyFile(&path),
        SlotSecret::Quorum(&quorum),
    ];
    for secret in secrets {
        let slot = RootSlot::seal(name("one"), secret, CHEAP, &root).unwrap();
        let read = RootSlot::decode(&slot.encode()).unwrap();
        assert_eq!(read, slot);
        assert_eq!(read.kind(), secret.kind());
        assert!(same(&read.open(secret).unwrap(), &root));
    }
}

#[test]
fn a_wrong_secret_is_refused() {
    let root = RootKey::generate().unwrap();
    let (file, other) = (KeyFile::new(), KeyFile::new());
    let (path, other_path) = (file.path(), other.path());
    let cases = [
        (
            SlotSecret::Passphrase(b"right"),
            SlotSecret::Passphrase(b"wrong"),
        ),
        (SlotSecret::KeyFile(&path), SlotSecret::KeyFile(&other_path)),
        (SlotSecret::Quorum(&[1; 32]), SlotSecret::Quorum(&[2; 32])),
        (SlotSecret::Passphrase(b"right"), SlotSecret::KeyFile(&path)),
    ];
    for (right, wrong) in cases {
        let slot = RootSlot::seal(name("one"), right, CHEAP, &root).unwrap();
        assert!(matches!(slot.open(wrong), Err(SealError::Refused { .. })));
    }
}

#[test]
fn each_byte_and_length_of_a_slot_matters() {
    let root = RootKey::generate().unwrap();
    let secret = SlotSecret::Passphrase(b"right");
    let bytes = RootSlot::seal(name("office"), secret, CHEAP, &root)
        .unwrap()
        .encode();
    for position in 0..bytes.len() {
        for flip in [0x01, 0x40] {
            let mut changed = bytes.clone();
            changed[position] ^= flip;
            let opened = RootSlot::decode(&changed).and_then(|slot| slot.open(secret));
            assert!(opened.is_err(), "byte {position} ^ {flip:#x}");
        }
        assert!(
            RootSlot::decode(&bytes[..position]).is_err(),
            "cut to {position}"
        );
    }
}

#[test]
fn a_slot_cannot_ask_for_any_cost() {
    let root = RootKey::generate().unwrap();
    let secret = SlotSecret::Passphrase(b"right");
    for cost in [
        Cost {
            memory_kib: u32::MAX,
            ..CHEAP
        },
        Cost {
            passes: 17,
            ..CHEAP
        },
        Cost {
            lanes: 5,
            memory_kib: 1_024,
            ..CHEAP
        },
        Cost {
            memory_kib: 7,
            ..CHEAP
        },
        Cost { passes: 0, ..CHEAP },
        Cost { lanes: 0, ..CHEAP },
    ] {
        let answer = RootSlot::seal(name("one"), secret, cost, &root);
        assert!(matches!(answer, Err(SealError::Cost { .. })), "{cost:?}");
    }
}

#[test]
fn a_label_has_a_limit() {
    let root = RootKey::generate().unwrap();
    let label = "x".repeat(LABEL_MAX + 1);
    let seal = |label| RootSlot::seal(name(label), SlotSecret::Quorum(&[1; 32]), CHEAP, &root);
    assert!(matches!(seal(&label), Err(SealError::TooLong { .. })));
    assert_eq!(seal(&label[1..]).unwrap().label(), &label[1..]);
}

#[test]
fn a_key_file_is_private_and_never_overwritten() {
    let file = KeyFile::new();
    let metadata = fs::metadata(file.path()).unwrap();
    assert_eq!(
        (metadata.len(), metadata.permissions().mode() & 0o777),
        (32, 0o600)
    );
    let before = fs::read(file.path()).unwrap();
    assert_ne!(before, [0; 32]);
    assert!(create_key_file(&file.path()).is_err());
    assert_eq!(fs::read(file.path()).unwrap(), before);
}

#[test]
fn a_key_file_that_is_not_private_or_whole_is_refused() {
    let root = RootKey::generate().unwrap();
    let check = |spoil: fn(&KeyFile), says: &str| {
        let file = KeyFile::new();
        let path = file.path();
        let slot = RootSlot::seal(name("one"), SlotSecret::KeyFile(&path), CHEAP, &root).unwrap();
        spoil(&file);
        let message = slot
            .open(SlotSecret::KeyFile(&path))
            .err()
            .expect("refused")
            .to_string();
        assert!(
            message.contains(says) && message.contains("root.key"),
            "{message}"
        );
    };
    check(|file| set_mode(file, 0o640), "can be reached by others");
    check(|file| set_mode(file, 0o602), "can be reached by others");
    check(
        |file| fs::write(file.path(), [0; 31]).unwrap(),
        "does not hold 32 bytes",
    );
    check(
        |file| fs::write(file.path(), [0; 33]).unwrap(),
        "does not hold 32 bytes",
    );
    check(
        |file| fs::remove_file(file.path()).unwrap(),
        "cannot be opened",
    );
    check(
        |file| {
            fs::rename(file.path(), file.folder.path().join("real")).unwrap();
            symlink("real", file.path()).unwrap();
        },
        "cannot be opened",
    );
    check(
        |file| {
            fs::remove_file(file.path()).unwrap();
            fs::create_dir(file.path()).unwrap();
        },
        "is not a regular file",
    );
}

fn set_mode(file: &KeyFile, mode: u32) {
    fs::set_permissions(file.path(), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_slot_is_a_row_of_the_system_partition() {
    let root = RootKey::generate().unwrap();
    let slot = RootSlot::seal(name("one"), SlotSecret::Quorum(&[1; 32]), CHEAP, &root).unwrap();
    let row = slot.to_row();
    assert_eq!((row.partition, row.id, row.version), ([0; 16], [2; 16], 1));
    assert_eq!(row.kind, Kind::RootSlot);
    assert_eq!(RootSlot::decode(&row.sealed).unwrap(), slot);
}
