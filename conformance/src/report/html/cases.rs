//! Every case, folded by area.

use maud::{Markup, html};

use super::failures::{self, Row};
use super::{Book, Section, parts};
use crate::report::compare;
use crate::report::model::{CaseResult, Verdict};
use crate::report::tally::{self, Counts};
use crate::report::words::{self, VERDICTS};

/// Lays out every case.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    let areas: Vec<(&str, Vec<Row<'_>>)> = book
        .areas
        .iter()
        .map(|area| (*area, compare::cases(area, book.reports)))
        .collect();
    let count: usize = areas.iter().map(|(_, rows)| rows.len()).sum();
    (count > 0).then(|| Section {
        id: "cases",
        title: "All cases",
        count: Some(count),
        body: html! {
            div #filter {}
            @for (area, rows) in &areas { (fold(book, area, rows)) }
        },
    })
}

fn fold(book: &Book<'_>, area: &str, rows: &[Row<'_>]) -> Markup {
    html! {
        details.fold.area id=(parts::anchor("area", area)) {
            summary {
                span.name { (area) } " "
                span.tally {
                    @for report in book.reports { span { (tally(Counts::of(tally::of_area(report, area)))) } }
                }
            }
            (parts::scroll(area, table(book, rows)))
        }
    }
}

/// Writes counts in a row, without those that are nothing.
fn tally(counts: Counts) -> String {
    let parts: Vec<String> = VERDICTS
        .into_iter()
        .filter(|verdict| counts.get(*verdict) > 0)
        .map(|verdict| format!("{} {}", counts.get(verdict), words::column(verdict)))
        .collect();
    parts.join(" · ")
}

fn table(book: &Book<'_>, rows: &[Row<'_>]) -> Markup {
    html! {
        table.list.all {
            thead {
                tr {
                    th scope="col" { "case" }
                    @for title in &book.titles {
                        th scope="col" { @if book.several() { (title) } @else { "outcome" } }
                    }
                }
            }
            tbody { @for row in rows { (line(row)) } }
        }
    }
}

fn line(row: &Row<'_>) -> Markup {
    html! {
        @if let Some(first) = row.iter().flatten().next() {
            tr id=(parts::anchor("case", &first.case)) data-verdicts=(verdicts(row)) {
                th scope="row" {
                    code { (first.case) } " " (parts::level(first.level))
                    p { (first.requirement) " " span.section { (first.section) } }
                }
                @for result in row {
                    td {
                        @match result {
                            Some(result) => (outcome(result)),
                            None => (compare::ABSENT),
                        }
                    }
                }
            }
        }
    }
}

fn outcome(result: &CaseResult) -> Markup {
    html! {
        (failures::linked(result))
        @if result.milliseconds >= 1.0 && result.verdict != Verdict::Skipped {
            " " span.time { (words::measured(result.milliseconds)) " ms" }
        }
        // A failure is told in full where its badge leads.
        @if !result.note.is_empty() && result.verdict != Verdict::Fail { p.note { (result.note) } }
    }
}

/// Writes the verdicts as the filter looks for them.
fn verdicts(row: &Row<'_>) -> String {
    let classes: Vec<&str> = row
        .iter()
        .flatten()
        .map(|result| parts::class(result.verdict))
        .collect();
    classes.join(" ")
}
