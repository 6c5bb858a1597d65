//! Every test that the page of pains names is there.

use std::collections::HashSet;

use super::Finding;
use super::sources::Source;

/// The page.
pub(super) const PAGE: &str = "docs/pains.md";

/// Names the rows that rest on nothing, and the tests that do not exist. A name with a dot is a pattern of the conformance suite,
/// whose own tests look for it.
pub(super) fn check(page: &str, sources: &[Source]) -> Vec<Finding> {
    let rust = sources.iter().filter(|source| source.is_rust());
    let tests: HashSet<_> = rust
        .flat_map(|source| source.text.lines().filter_map(test_name))
        .collect();
    let mut findings = Vec::new();
    for (index, row) in page.lines().enumerate() {
        let Some(shown) = shown_by(row) else { continue };
        let line = index + 1;
        if shown.is_empty() {
            findings.push(Finding::new(PAGE, line, "name a test in the last column"));
        }
        let names = shown.iter().filter(|name| !name.contains('.'));
        for name in names.filter(|name| !tests.contains(**name)) {
            let text = format!("no test is called {name}: correct the name");
            findings.push(Finding::new(PAGE, line, text));
        }
    }
    findings
}

/// The names in the last column of a row of a table; none for any other line.
fn shown_by(row: &str) -> Option<Vec<&str>> {
    let cells = row.strip_prefix("| ")?.strip_suffix(" |")?;
    let last = cells.rsplit(" | ").next()?;
    let is_head = last == "Shown by";
    // What stands between two marks is every second piece.
    (!is_head).then(|| last.split('`').skip(1).step_by(2).collect())
}

/// The name of a function, or of a row of a table that makes tests.
fn test_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("async ").unwrap_or(line);
    let name = line.strip_prefix("fn ").unwrap_or(line);
    let end = name.find(|one: char| !(one.is_ascii_alphanumeric() || one == '_'))?;
    let (name, rest) = name.split_at(end);
    let is_test = if line.starts_with("fn ") {
        rest.starts_with("()")
    } else {
        rest.starts_with(" = \"") || rest.starts_with(": ")
    };
    (is_test && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_rows(rows: &str) -> Vec<String> {
        let source = Source {
            path: "a/tests/b.rs".to_owned(),
            text: "#[test]\nfn one() {}\nasync fn zero() {}\n    two = \"way\";\n    three: samples(), read;\n"
                .to_owned(),
        };
        let page = format!("| Pain | Shown by |\n|---|---|\n{rows}\n");
        let findings = check(&page, &[source]);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rows_that_name_tests_are_right() {
        let rows = "| it hurts | `one` `zero` |\n| it does | `two` `three` `area.topic.*` |\n";
        assert!(check_rows(rows).is_empty());
    }

    #[test]
    fn a_test_that_is_not_there_is_named_with_its_line() {
        let found = check_rows("| it hurts | `one` `four` |");
        assert_eq!(
            found,
            ["docs/pains.md:3: no test is called four: correct the name"]
        );
    }

    #[test]
    fn a_row_without_a_test_is_named() {
        let found = check_rows("| it hurts | not at all |");
        assert_eq!(found, ["docs/pains.md:3: name a test in the last column"]);
    }
}
