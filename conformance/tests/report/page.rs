//! What the page says.

use conformance::report::html;
use conformance::report::model::{Report, Verdict};

use crate::sample::{self, CAREFUL, CARELESS};

/// Returns what stands between a tag that begins so and the next end of that element, as plain text.
fn within(page: &str, tag: &str) -> String {
    let begin = page.find(tag).unwrap_or_else(|| panic!("{tag} is missing"));
    let name = tag[1..].split(' ').next().unwrap();
    let end = page[begin..].find(&format!("</{name}>")).unwrap();
    plain(&page[begin..begin + end])
}

/// Takes out the tags, and what the template writes for special characters.
fn plain(markup: &str) -> String {
    let mut text = String::new();
    for piece in markup.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        text.push(' ');
    }
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    for (entity, character) in entities {
        text = text.replace(entity, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn failures(report: &Report) -> impl Iterator<Item = &conformance::report::model::CaseResult> {
    report
        .results
        .iter()
        .filter(|result| result.verdict == Verdict::Fail)
}

#[test]
fn a_failure_is_told_with_all_that_is_known() {
    let report = sample::report(&CARELESS);
    let page = html::render(std::slice::from_ref(&report));
    assert!(failures(&report).count() > 20);
    for failure in failures(&report) {
        let told = within(
            &page,
            &format!("<article class=\"failure\" id=\"fail-{}\"", failure.case),
        );
        let words = [
            &failure.requirement,
            &failure.section,
            &failure.expected,
            &failure.got,
            &failure.note,
        ];
        for words in words.into_iter().chain(&failure.calls) {
            assert!(told.contains(words.as_str()), "{words} is not in {told}");
        }
    }
}

#[test]
fn one_call_is_one_call() {
    let mut report = sample::report(&CARELESS);
    let failed =
        |result: &&mut conformance::report::model::CaseResult| result.verdict == Verdict::Fail;
    report
        .results
        .iter_mut()
        .find(failed)
        .unwrap()
        .calls
        .truncate(1);
    let page = html::render(&[report]);
    assert_eq!(page.matches(">The call that leads there<").count(), 1);
    assert!(page.contains(">The 6 calls that lead there<"));
}

#[test]
fn the_matrix_counts_each_area() {
    let page = html::render(&[sample::report(&CAREFUL), sample::report(&CARELESS)]);
    let matrix = within(&page, "<table class=\"matrix areas several\"");
    // As the generator makes them: pass, fail, known, not applicable, skipped, of one module and of the other.
    assert!(matrix.contains("pin 26 1 0 2 1 26 1 0 2 1"), "{matrix}");
    assert!(matrix.contains("attack 35 1 0 3 1 34 2 0 3 1"), "{matrix}");
}

#[test]
fn modules_beside_each_other_are_told_apart() {
    let page = html::render(&[sample::report(&CAREFUL), sample::report(&CARELESS)]);
    let told = within(
        &page,
        "<article class=\"failure\" id=\"fail-attack.oracle.short-buffer\"",
    );
    assert!(told.contains("Harbour HSM falls"), "{told}");
    assert!(told.ends_with("Paper Token resists"), "{told}");
}

#[test]
fn a_case_that_one_report_lacks_is_a_dash() {
    let mut reports = [sample::report(&CAREFUL), sample::report(&CARELESS)];
    reports[1].results.remove(0);
    let page = html::render(&reports);
    let row = within(&page, "<tr id=\"case-general.initialize.length-first\"");
    assert!(row.ends_with("pass —"), "{row}");
    reports[1].results.retain(|result| result.area() != "pin");
    let matrix = within(
        &html::render(&reports),
        "<table class=\"matrix areas several\"",
    );
    assert!(matrix.contains("pin 26 1 0 2 1 — — — — —"), "{matrix}");
}

#[test]
fn the_head_tells_where_the_module_stands() {
    let page = html::render(&[sample::report(&CARELESS)]);
    let head = within(&page, "<header class=\"top\"");
    for told in [
        "Paper Token",
        "Stationery Ltd · version 2.6 · PKCS#11 3.1 · 4 March 2026, 05:06 UTC",
        "Breaks 23 requirements and 3 recommendations besides 10 known failures, and falls to 2 attacks.",
        "Baseline Provider met",
        "Extended Provider claimed, not met",
        "Public Certificates Token not met, not claimed",
    ] {
        assert!(head.contains(told), "{told} is not in {head}");
    }
}

#[test]
fn sections_without_content_are_left_out() {
    let mut report = sample::report(&CAREFUL);
    report.profiles.clear();
    report.performance.clear();
    report.differential = None;
    report.module.mechanisms.clear();
    report
        .results
        .retain(|result| result.verdict == Verdict::Pass && result.area() == "session");
    let page = html::render(&[report]);
    for section in [
        "profiles",
        "performance",
        "differential",
        "mechanisms",
        "attacks",
        "vectors",
        "known",
    ] {
        assert!(
            !page.contains(&format!("<section id=\"{section}\"")),
            "{section}"
        );
        assert!(!page.contains(&format!("href=\"#{section}\"")), "{section}");
    }
    assert!(page.contains("No case failed."));
}

#[test]
fn the_page_asks_for_nothing_from_outside() {
    let page = html::render(&[sample::report(&CAREFUL)]);
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    // The name space of the icon's SVG is no address that is asked for.
    let page = page.replace("http://www.w3.org/2000/svg", "");
    for outside in ["http:", "https:", " src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}
