//! Dew's known departures: the document and the description file say the same.

use std::path::Path;

use conformance::description::Description;

use super::{DOCUMENT, below};

/// Returns the numbered entries of the document: the headings `### 7. What the module does otherwise.`
fn explained(document: &str) -> Vec<(u32, String)> {
    below(document, "## Dew's own departures")
        .into_iter()
        .filter_map(|line| line.strip_prefix("### "))
        .map(|heading| {
            let (number, text) = heading.split_once(". ").unwrap();
            (number.parse().unwrap(), text.to_owned())
        })
        .collect()
}

/// Returns the first sentence of a text.
fn first_sentence(text: &str) -> String {
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text[..end].trim().to_owned()
}

#[test]
fn the_document_explains_what_the_description_knows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("descriptions/dew.toml");
    let mut known: Vec<_> = Description::read(&path)
        .unwrap()
        .known
        .iter()
        .map(|known| (known.number, first_sentence(&known.reason)))
        .collect();
    known.sort();
    assert_eq!(explained(DOCUMENT), known);
}

#[test]
fn an_explanation_is_more_than_its_heading() {
    let lines = below(DOCUMENT, "## Dew's own departures");
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("### ") {
            let text = lines[at + 1..]
                .iter()
                .take_while(|line| !line.starts_with("### "));
            assert!(text.map(|line| line.len()).sum::<usize>() > 40, "{line}");
        }
    }
}

#[test]
fn entries_are_read_from_their_headings() {
    let document = "## Dew's own departures\nText.\n### 1. It waits.\nWhy.\n### 12. It hums, 2.0 too.\n## Next\n### 3. No.\n";
    let expected = [(1, "It waits."), (12, "It hums, 2.0 too.")];
    assert_eq!(
        explained(document),
        expected.map(|(number, text)| (number, text.to_owned()))
    );
    assert_eq!(
        first_sentence("It hums, 2.0 too. Turn it off."),
        "It hums, 2.0 too."
    );
}
