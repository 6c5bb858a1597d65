//! Every case, folded by area.

use maud::{Markup, html};

use super::failures::{self, Row};
use super::{Book, Section, parts};
use crate::report::compare;
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
                    @for (title, report) in book.columns() {
                        @let counts = Counts::of(tally::of_area(report, area));
                        @if book.several() { span { (title) ": " (bad(counts)) } } @else { span { (tally(counts)) } }
                    }
                }
            }
            (parts::scroll(area, table(book, rows)))
        }
    }
}

/// Writes what failed, as there is no room for more.
fn bad(counts: Counts) -> String {
    match (counts.fail, counts.known) {
        (0, 0) => "no failure".to_owned(),
        (fail, 0) => format!("{fail} fail"),
        (0, known) => format!("{known} known"),
        (fail, known) => format!("{fail} fail, {known} known"),
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
        table.list.stacked.all {
            (parts::head(book, "case"))
            tbody { @for row in rows { (line(book, row)) } }
        }
    }
}

fn line(book: &Book<'_>, row: &Row<'_>) -> Markup {
    html! {
        @if let Some(first) = row.iter().flatten().next() {
            tr id=(parts::anchor("case", &first.case)) data-verdicts=(verdicts(row)) {
                th scope="row" {
                    code { (first.case) } " " (parts::level(first.level))
                    p { (first.requirement) " " span.section { (first.section) } }
                }
                @for (title, result) in book.titles.iter().zip(row) {
                    td data-module=[parts::named(book, title)] { (failures::outcome(*result)) }
                }
            }
        }
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
