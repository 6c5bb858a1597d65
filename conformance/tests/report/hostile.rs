//! A report of a module that means harm: in every place where a string can stand, there is one that tries to get out.

use conformance::report::compare::{self, Show};
use conformance::report::model::Report;
use conformance::report::{html, junit, summary};
use serde_json::Value;

use crate::sample::{self, CARELESS};

/// What stands in every place: markup, an attribute's end, an entity, the end of a script, a colour of the terminal, a
/// bell, a null character, a mark of direction, what XML may not hold, and a word that is too long for any line.
pub(crate) const HARM: &str = "<script>window.hostile=1</script>\"'><img src=x onerror=window.hostile=1>&lt;]]>--></style>\
     \u{1b}[31m\u{7}\0\u{202e}\u{ffff}\u{9b}2J\
     wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";

/// Makes the report.
pub(crate) fn report() -> Report {
    let mut value = serde_json::to_value(sample::report(&CARELESS)).unwrap();
    let mut number = 0;
    spoil(&mut value, &mut number);
    serde_json::from_value(value).unwrap()
}

/// Replaces every string but those that are one of a few words; each is another, as a number follows.
fn spoil(value: &mut Value, number: &mut usize) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| spoil(value, number)),
        Value::Object(members) => {
            let members = members.iter_mut();
            for (_, value) in
                members.filter(|(name, _)| !["level", "verdict"].contains(&name.as_str()))
            {
                spoil(value, number);
            }
        }
        Value::String(text) => {
            *number += 1;
            *text = format!("{HARM}{number}");
        }
        _ => {}
    }
}

/// Says whether a text holds a character that acts instead of being shown, a line feed apart.
fn acts(text: &str) -> bool {
    let acts = |character: char| {
        (character.is_control() && character != '\n')
            || ['\u{202e}', '\u{ffff}'].contains(&character)
    };
    text.chars().any(acts)
}

#[test]
fn the_page_holds_no_markup_of_the_module() {
    for reports in [vec![report()], vec![report(), report()]] {
        let page = html::render(&reports);
        assert!(!acts(&page));
        assert_eq!(page.matches("<script").count(), 1, "the page's own");
        assert!(!page.contains("<img"));
        assert_eq!(page.matches("</style>").count(), 1, "the page's own");
        assert!(page.contains("&lt;script&gt;window.hostile=1"));
        assert!(
            page.contains("\\u{1b}[31m"),
            "what was there is written out"
        );
    }
}

#[test]
fn the_terminal_obeys_no_module() {
    let reports = [report(), report()];
    let comparison = compare::matrix(&reports);
    for text in [
        summary::text(&reports[0]),
        comparison.text(Show::All),
        comparison.json().unwrap(),
    ] {
        assert!(text.contains("window.hostile"));
        assert!(!acts(&text));
    }
}

#[test]
fn the_junit_file_is_well_formed_whatever_the_module_says() {
    let text = junit::render(&report());
    assert!(!acts(&text));
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut cases = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(element) | quick_xml::events::Event::Empty(element) => {
                for attribute in element.attributes() {
                    attribute.unwrap();
                }
                cases += usize::from(element.name().as_ref() == "testcase");
            }
            _ => {}
        }
    }
    assert_eq!(cases, report().results.len());
}
