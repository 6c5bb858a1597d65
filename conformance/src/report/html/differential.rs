//! What two modules answered differently to the same random calls.

use maud::{Markup, html};

use super::{Book, Section, parts};
use crate::report::model::{Difference, Differential};
use crate::report::words;

/// Lays out the differences of every report that has some.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    let runs: Vec<(&str, &Differential)> = book
        .columns()
        .filter_map(|(title, report)| Some((title, report.differential.as_ref()?)))
        .collect();
    (!runs.is_empty()).then(|| Section {
        id: "differential",
        title: "Differential",
        count: None,
        body: html! { @for (title, run) in &runs { (body(title, run)) } },
    })
}

fn body(title: &str, run: &Differential) -> Markup {
    html! {
        p.lead {
            b { (title) } " and " b { (run.other) } " were given the same "
            (words::grouped(run.calls)) " random calls, which seed " code { (run.seed) } " makes again. To "
            (words::grouped(run.same)) " of them both gave the same answer; "
            (words::grouped(run.calls.saturating_sub(run.same))) " differ, in "
            (words::count(run.differences.len(), "kind")) "."
        }
        @if !run.differences.is_empty() {
            (parts::scroll("Differences", table(title, run)))
        }
    }
}

fn table(title: &str, run: &Differential) -> Markup {
    html! {
        table.list {
            thead {
                tr {
                    th scope="col" { "function" }
                    th scope="col" { (title) }
                    th scope="col" { (run.other) }
                    th.number scope="col" { "times" }
                    th scope="col" { "explanation" }
                }
            }
            tbody { @for difference in &run.differences { (line(difference)) } }
        }
    }
}

fn line(difference: &Difference) -> Markup {
    html! {
        tr {
            th scope="row" { code { (difference.function) } }
            td { code { (difference.this) } }
            td { code { (difference.other) } }
            td.number { (words::grouped(difference.count)) }
            td {
                @if difference.explanation.is_empty() { span.none { "not explained" } } @else { (difference.explanation) }
                @if !difference.example.is_empty() {
                    details.calls { summary { "The first such call" } p { code { (difference.example) } } }
                }
            }
        }
    }
}
