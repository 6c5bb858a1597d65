//! Small pieces that several sections use.

use maud::{Markup, html};

use super::Book;
use crate::report::model::{CaseResult, Level, Verdict};
use crate::report::tally::Counts;
use crate::report::words::{self, VERDICTS};

/// Returns the class of a verdict, by which it gets its colour.
pub(super) fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Known => "known",
        Verdict::NotApplicable => "na",
        Verdict::Skipped => "skipped",
    }
}

/// Shows a verdict as a word on its colour.
pub(super) fn verdict(area: &str, verdict: Verdict) -> Markup {
    html! { span class={ "badge " (class(verdict)) } { (words::verdict(area, verdict)) } }
}

/// Shows how strongly something is asked for.
pub(super) fn level(level: Level) -> Markup {
    html! {
        span.level.must[level == Level::Must] { (words::level(level)) }
    }
}

/// Draws counts as parts of a whole; the numbers stand beside it in words.
pub(super) fn bar(counts: Counts) -> Markup {
    let total = counts.total();
    let mut drawn = 0;
    let parts = VERDICTS.map(|verdict| {
        let start = drawn;
        drawn += counts.get(verdict);
        (verdict, start, counts.get(verdict))
    });
    html! {
        svg.bar viewBox={ "0 0 " (total.max(1)) " 1" } preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            @for (verdict, start, count) in parts {
                @if count > 0 {
                    rect class={ "fill-" (class(verdict)) } x=(start) y="0" width=(count) height="1" {}
                }
            }
        }
    }
}

/// Lays out the head of a table whose rows are told in words, with a column for each module.
pub(super) fn head(book: &Book<'_>, what: &str) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { (what) }
                @for title in &book.titles {
                    th scope="col" { @if book.several() { (title) } @else { "outcome" } }
                }
            }
        }
    }
}

/// Returns the name to put before a cell where there is no room for columns.
pub(super) fn named<'a>(book: &Book<'_>, title: &'a str) -> Option<&'a str> {
    book.several().then_some(title)
}

/// Makes an anchor of a name.
pub(super) fn anchor(kind: &str, name: &str) -> String {
    let safe = name.chars().map(|character| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => character,
        _ => '-',
    });
    std::iter::once(kind)
        .map(str::to_owned)
        .chain(["-".to_owned(), safe.collect()])
        .collect()
}

/// Shows the calls that lead to a failure.
pub(super) fn calls(result: &CaseResult) -> Markup {
    html! {
        @if !result.calls.is_empty() {
            details.calls {
                summary {
                    @match result.calls.len() {
                        1 => "The call that leads there",
                        calls => { "The " (words::grouped(calls)) " calls that lead there" }
                    }
                }
                ol { @for call in &result.calls { li { code { (call) } } } }
            }
        }
    }
}

/// Shows what was expected, what came, and what there is to say about it.
pub(super) fn difference(result: &CaseResult) -> Markup {
    html! {
        @if !result.expected.is_empty() || !result.got.is_empty() {
            dl.difference {
                @if !result.expected.is_empty() { dt { "Expected" } dd { (result.expected) } }
                @if !result.got.is_empty() { dt { "Got" } dd.got { (result.got) } }
            }
        }
        @if !result.note.is_empty() { p.note { (result.note) } }
    }
}

/// Wraps a table that may be wider than a phone, so that it scrolls and the page does not.
pub(super) fn scroll(label: &str, table: Markup) -> Markup {
    html! { div.scroll role="region" aria-label=(label) tabindex="0" { (table) } }
}
