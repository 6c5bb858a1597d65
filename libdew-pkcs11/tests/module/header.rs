//! The header of what Dew has beyond the standard says what the vocabulary says, and is C and C++.

use std::process::Command;

use ck::{KeyType, MechanismType};

const HEADER: &str = include_str!("../../include/dew_pkcs11.h");
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/include/dew_pkcs11.h");

#[test]
fn every_number_of_dews_own_stands_in_the_header() {
    let numbers = |line: &str| {
        let (name, number) = line.strip_prefix("#define ")?.split_once(" 0x")?;
        let number = u64::from_str_radix(number.strip_suffix("UL")?, 16).ok()?;
        Some((name.to_owned(), number))
    };
    let mut header: Vec<_> = HEADER.lines().filter_map(numbers).collect();
    let types = KeyType::ALL.iter().map(|(id, name)| (*name, id.0));
    let mechanisms = MechanismType::ALL.iter().map(|(id, name)| (*name, id.0));
    let mut ours: Vec<_> = types
        .chain(mechanisms)
        .filter(|(name, _)| name.contains("_DEW_"))
        .map(|(name, number)| (name.to_owned(), number))
        .collect();
    header.sort();
    ours.sort();
    assert!(!ours.is_empty());
    assert_eq!(header, ours);
}

#[test]
fn the_header_is_c_and_cpp() {
    for (compiler, language) in [("cc", "c"), ("c++", "c++")] {
        let status = Command::new(compiler)
            .args([
                "-Wall",
                "-Wextra",
                "-Werror",
                "-fsyntax-only",
                "-include",
                PATH,
            ])
            .args(["-x", language, "/dev/null"])
            .status()
            .unwrap_or_else(|error| panic!("{compiler} cannot be run: {error}"));
        assert!(status.success(), "{compiler}");
    }
}
