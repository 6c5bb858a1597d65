//! docs/pains.md rests on cases that exist.

use conformance::catalogue;

const DOCUMENT: &str = include_str!("../../../docs/pains.md");

#[test]
fn every_pattern_in_the_table_of_pains_names_a_case() {
    let cases = catalogue::cases();
    let rows = DOCUMENT.lines().filter(|line| line.starts_with("| "));
    let last = rows.filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    let names = last.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let patterns: Vec<_> = names.filter(|name| name.contains('.')).collect();
    assert!(!patterns.is_empty());
    for pattern in patterns {
        let named = cases
            .iter()
            .any(|case| catalogue::matches(pattern, &case.id));
        assert!(
            named,
            "{pattern} names no case: {}",
            catalogue::advice(pattern)
        );
    }
}
