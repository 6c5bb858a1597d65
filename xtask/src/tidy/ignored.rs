//! A test that does not run says why.

use super::Finding;
use super::sources::Source;

/// Names every test that is ignored without a reason.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    // Put together here so that this file passes.
    let bare = format!("#[{}]", "ignore");
    let rust = sources.iter().filter(|source| source.is_rust());
    let lines =
        rust.flat_map(|source| source.lines().map(move |(line, text)| (source, line, text)));
    lines
        .filter(|(_, _, text)| text.contains(&bare))
        .map(|(source, line, _)| {
            Finding::new(
                &source.path,
                line,
                "say why the test does not run: #[ignore = \"reason\"]",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str) -> Vec<usize> {
        let source = Source {
            path: "a/src/lib.rs".to_owned(),
            text: text.to_owned(),
        };
        check(&[source])
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn a_bare_ignore_is_named_and_one_with_a_reason_is_not() {
        let bare = format!("#[test]\n#[{}]\nfn x() {{}}\n", "ignore");
        assert_eq!(check_text(&bare), [2]);
        let reasoned = "#[test]\n#[ignore = \"needs a TPM\"]\nfn x() {}\n";
        assert!(check_text(reasoned).is_empty());
    }
}
