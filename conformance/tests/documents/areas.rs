//! The table of areas.

use std::process::Command;

use super::{DOCUMENT, below};

#[test]
fn the_table_has_the_areas_of_the_program() {
    let output = Command::new(env!("CARGO_BIN_EXE_dew-conformance"))
        .arg("list")
        .output()
        .unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    // An area's line is the only one that begins with its name and a colon.
    let headings = listed.lines().filter_map(|line| line.split_once(": "));
    let areas: Vec<_> = headings
        .filter(|(name, _)| name.chars().all(|letter| letter.is_ascii_lowercase()))
        .map(|(name, about)| format!("| `{name}` | {about} |"))
        .collect();
    assert!(areas.len() > 20, "{} areas", areas.len());
    let rows: Vec<_> = below(DOCUMENT, "## Areas")
        .into_iter()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert_eq!(rows, areas);
}
