//! What a UKey file promises: to its owner, to accidents, and to whoever alters it.

use std::fs;

use proptest::prelude::*;

use super::*;

/// Made by `vectors/make.py` with pyca/cryptography.
const PYTHON: &[u8] = include_bytes!("../../vectors/python.ukey");

fn pin(text: &str) -> Pin {
    Pin::new(&Zeroizing::new(text.to_owned())).unwrap()
}

/// The least that Argon2 may cost, for tests that derive a key many times.
fn cheap() -> KdfCost {
    KdfCost::new(8, 1, 1).unwrap()
}

struct Bench {
    directory: tempfile::TempDir,
    path: PathBuf,
    file: UkeyFile,
}

/// Makes a UKey with the PIN "correct horse" in a directory of its own.
fn bench() -> Bench {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("alice.ukey");
    let pin = pin("correct horse");
    let file = UkeyFile::create_with_cost(&path, "Alice", Role::Custodian, &pin, cheap()).unwrap();
    Bench {
        directory,
        path,
        file,
    }
}

impl Bench {
    /// Writes bytes to another file and reads them as a UKey.
    fn read(&self, bytes: &[u8]) -> Result<UkeyFile, Error> {
        let path = self.directory.path().join("other.ukey");
        replace_private(&path, bytes).unwrap();
        UkeyFile::read(&path)
    }
}

#[test]
fn created_ukey_is_read_opened_and_signs() {
    let bench = bench();
    let file = UkeyFile::read(&bench.path).unwrap();
    assert_eq!(file.label(), "Alice");
    assert_eq!(file.role(), Role::Custodian);
    assert_eq!(file.uuid(), bench.file.uuid());
    assert_eq!(file.certificate_der(), bench.file.certificate_der());
    assert_eq!(file.kdf(), cheap());

    let ukey = file.open(&pin("correct horse")).unwrap();
    let signature = ukey.sign(b"a command").unwrap();
    crate::verify(file.certificate_der(), b"a command", &signature).unwrap();
    assert!(crate::verify(file.certificate_der(), b"another", &signature).is_err());
    assert_eq!(ukey.sealing_public_key(), file.sealing_public_key());
}

#[test]
fn each_ukey_is_its_own() {
    let (one, two) = (bench(), bench());
    assert_ne!(one.file.uuid(), two.file.uuid());
    assert_ne!(one.file.sealing_public_key(), two.file.sealing_public_key());
    assert_ne!(one.file.certificate_der(), two.file.certificate_der());
    assert_eq!(
        one.file.uuid().as_bytes()[14],
        b'4',
        "version 4: {}",
        one.file.uuid()
    );
}

#[test]
fn file_of_another_implementation_is_opened() {
    let bench = bench();
    let file = bench.read(PYTHON).unwrap();
    assert_eq!(file.label(), "Zoë");
    assert_eq!(file.role(), Role::Auditor);
    assert_eq!(file.uuid(), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    let ukey = file.open(&pin("correct horse")).unwrap();
    assert_eq!(ukey.sealing_public_key(), file.sealing_public_key());
    let signature = ukey.sign(b"message").unwrap();
    crate::verify(file.certificate_der(), b"message", &signature).unwrap();
}

#[test]
fn wrong_pin_says_both_things_it_can_mean() {
    let bench = bench();
    let error = bench.file.open(&pin("correct horsf")).unwrap_err();
    assert!(matches!(error, Error::WrongPin { .. }), "{error}");
    let expected = format!(
        "the PIN does not open {}: it is wrong, or someone has altered the file; \
         try again, or restore the file from a copy",
        bench.path.display()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn existing_file_and_weak_pin_are_refused() {
    let bench = bench();
    let create = |name: &str, label: &str, text: &str| {
        let path = bench.directory.path().join(name);
        UkeyFile::create_with_cost(&path, label, Role::Operator, &pin(text), cheap()).err()
    };
    let before = fs::read(&bench.path).unwrap();
    assert!(matches!(
        create("alice.ukey", "Eve", "correct horse"),
        Some(Error::File(_))
    ));
    assert_eq!(fs::read(&bench.path).unwrap(), before);
    assert!(matches!(
        create("b.ukey", "Bob", "short"),
        Some(Error::PinTooShort { .. })
    ));
    assert!(matches!(
        create("b.ukey", "Bob", "password"),
        Some(Error::PinGuessable)
    ));
    assert!(matches!(
        create("b.ukey", "", "correct horse"),
        Some(Error::Label)
    ));
    assert!(matches!(
        create("b.ukey", "B\x1b[2Job", "correct horse"),
        Some(Error::Label)
    ));
    assert!(!bench.directory.path().join("b.ukey").exists());
}

#[test]
fn changed_pin_opens_the_same_keys() {
    let mut bench = bench();
    let (old, new) = (pin("correct horse"), pin("battery staple"));
    let key_before = bench.file.open(&old).unwrap().tls_key_der();
    let ciphertext_before = bench.file.contents.ciphertext.clone();

    assert!(matches!(
        bench.file.change_pin(&new, &old),
        Err(Error::WrongPin { .. })
    ));
    assert!(matches!(
        bench.file.change_pin(&old, &pin("12345678")),
        Err(Error::PinGuessable)
    ));
    bench.file.change_pin(&old, &new).unwrap();

    for file in [&bench.file, &UkeyFile::read(&bench.path).unwrap()] {
        assert!(matches!(file.open(&old), Err(Error::WrongPin { .. })));
        assert_eq!(*file.open(&new).unwrap().tls_key_der(), *key_before);
        assert_ne!(file.contents.ciphertext, ciphertext_before);
    }
}

#[test]
fn file_cut_anywhere_is_damaged() {
    let bench = bench();
    let whole = fs::read(&bench.path).unwrap();
    for end in 0..whole.len() {
        let read = Contents::decode(&whole[..end], &bench.path);
        assert!(matches!(read, Err(Error::Damaged { .. })), "cut at {end}");
    }
    let longer = [&whole[..], &[0]].concat();
    assert!(matches!(bench.read(&longer), Err(Error::Damaged { .. })));
    assert!(matches!(bench.read(&[]), Err(Error::Damaged { .. })));
}

#[test]
fn any_flipped_bit_is_seen_without_the_pin() {
    let bench = bench();
    let whole = fs::read(&bench.path).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        match Contents::decode(&bytes, &bench.path) {
            Err(Error::Damaged { .. } | Error::KdfCost { .. } | Error::Version { .. }) => {}
            Err(other) => panic!("bit {bit}: {other}"),
            Ok(_) => panic!("bit {bit} was accepted"),
        }
    }
}

/// Alters the contents as an attacker would, who can compute the sum.
fn altered(bench: &Bench, alter: impl FnOnce(&mut Contents)) -> Result<Ukey, Error> {
    let mut contents = bench.file.contents.clone();
    alter(&mut contents);
    bench.read(&contents.encode())?.open(&pin("correct horse"))
}

#[test]
fn altered_field_with_its_sum_corrected_does_not_open() {
    let bench = bench();
    altered(&bench, |_| ()).unwrap();
    let alterations: [fn(&mut Contents); 9] = [
        |contents| contents.uuid[0] ^= 1,
        |contents| contents.role = Role::DeviceAdmin,
        |contents| contents.label.push('x'),
        |contents| contents.cost = KdfCost::new(16, 1, 1).unwrap(),
        |contents| contents.salt[0] ^= 1,
        |contents| contents.sealing_public[0] ^= 1,
        |contents| contents.certificate[40] ^= 1,
        |contents| contents.nonce[0] ^= 1,
        |contents| contents.ciphertext[0] ^= 1,
    ];
    for (place, alteration) in alterations.into_iter().enumerate() {
        let opened = altered(&bench, alteration);
        assert!(
            matches!(opened, Err(Error::WrongPin { .. })),
            "alteration {place}"
        );
    }
}

#[test]
fn file_that_asks_for_too_much_is_refused_before_it_gets_it() {
    let bench = bench();
    // 64 KiB, two passes, two lanes, as `kdf` stands in the vector; then four TiB.
    let modest = [0x18, 64, 2, 2, 0x50];
    let greedy = [0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 2, 2, 0x50];
    let place = PYTHON
        .windows(modest.len())
        .position(|window| window == modest)
        .unwrap();
    let bytes = [&PYTHON[..place], &greedy, &PYTHON[place + modest.len()..]].concat();
    match bench.read(&bytes) {
        Err(Error::KdfCost {
            field: "memory in KiB",
            value: u32::MAX,
            ..
        }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn newer_version_is_named() {
    let bench = bench();
    let mut bytes = PYTHON.to_vec();
    let place = bytes
        .windows(4)
        .position(|window| window == b"ver\x01")
        .unwrap()
        + 3;
    bytes[place] = 2;
    let read = bench.read(&bytes);
    assert!(
        matches!(
            read,
            Err(Error::Version {
                version: 2,
                known: 1,
                ..
            })
        ),
        "{read:?}"
    );
}

#[test]
fn file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench();
    assert_eq!(
        fs::metadata(&bench.path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&bench.path, fs::Permissions::from_mode(0o644)).unwrap();
    let text = UkeyFile::read(&bench.path).unwrap_err().to_string();
    assert!(text.contains("chmod 600"), "{text}");
}

#[test]
fn nothing_shown_holds_a_secret() {
    let bench = bench();
    let ukey = bench.file.open(&pin("correct horse")).unwrap();
    assert_eq!(format!("{ukey:?}"), "Ukey(..)");
    let shown = format!("{:?}", bench.file);
    assert!(shown.ends_with(", role: Custodian, .. }"), "{shown}");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(Contents::decode(&bytes, Path::new("x")).is_err());
    }

    #[test]
    fn spliced_bytes_are_never_accepted(
        start in 0..PYTHON.len(),
        old in 0..20_usize,
        new in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let end = (start + old).min(PYTHON.len());
        let bytes = [&PYTHON[..start], &new, &PYTHON[end..]].concat();
        prop_assume!(bytes != PYTHON);
        prop_assert!(Contents::decode(&bytes, Path::new("x")).is_err());
    }
}
