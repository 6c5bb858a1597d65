//! A file holds one concept: none is longer than a reader's patience.

use super::Finding;
use super::sources::Source;

/// The most lines of a Rust file, tests apart.
const LINES: usize = 700;

/// Files that are one table.
const TABLES: &[&str] = &[
    "crates/ck/src/attribute.rs",
    "crates/ck/src/mechanism.rs",
    "crates/ck/src/mechanism_type.rs",
    "crates/proto/src/calls.rs",
    // A method per row of that.
    "crates/token/src/calls.rs",
];

/// Names every Rust file that is too long.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let files = sources.iter().filter(|source| {
        source.is_rust() && !source.is_test() && !TABLES.contains(&source.path.as_str())
    });
    let long = files.filter(|source| code_lines(&source.text) > LINES);
    long.map(|source| {
        let text = format!(
            "{} lines, at most {LINES}: split it by concept",
            code_lines(&source.text)
        );
        Finding::new(&source.path, 0, text)
    })
    .collect()
}

/// Counts the lines above the tests at the end of the file.
fn code_lines(text: &str) -> usize {
    let above = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    above.lines().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(path: &str, text: &str) -> usize {
        check(&[Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
        .len()
    }

    #[test]
    fn a_file_of_more_lines_than_allowed_is_named() {
        assert_eq!(check_one("hsmd/src/core.rs", &"x\n".repeat(LINES)), 0);
        assert_eq!(check_one("hsmd/src/core.rs", &"x\n".repeat(LINES + 1)), 1);
    }

    #[test]
    fn tests_and_tables_do_not_count() {
        let tested = format!("x\n#[cfg(test)]\nmod tests {{\n{}}}\n", "x\n".repeat(LINES));
        assert_eq!(check_one("hsmd/src/core.rs", &tested), 0);
        let long = "x\n".repeat(LINES + 1);
        assert_eq!(check_one("crates/proto/src/tests.rs", &long), 0);
        assert_eq!(check_one("tests/tests/openssl.rs", &long), 0);
        assert_eq!(check_one("crates/proto/src/calls.rs", &long), 0);
    }
}
