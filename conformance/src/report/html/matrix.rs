//! The matrix of areas.

use maud::{Markup, html};

use super::{Book, Section, parts};
use crate::report::compare;
use crate::report::model::Verdict;
use crate::report::tally::{self, Counts};
use crate::report::words::{self, VERDICTS};

/// Lays out how many cases of each area came out how, on each module.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    (!book.areas.is_empty()).then(|| Section {
        id: "areas",
        title: "By area",
        count: None,
        body: parts::scroll("Results by area", table(book)),
    })
}

fn table(book: &Book<'_>) -> Markup {
    html! {
        table.matrix.areas.several[book.several()] {
            (head(book))
            tbody {
                @for area in &book.areas {
                    tr {
                        th scope="row" { a href={ "#" (parts::anchor("area", area)) } { (area) } }
                        @for report in book.reports {
                            (cells(Counts::of(tally::of_area(report, area))))
                        }
                    }
                }
            }
            tfoot {
                tr {
                    th scope="row" { "all" }
                    @for report in book.reports { (cells(Counts::of(&report.results))) }
                }
            }
        }
    }
}

fn head(book: &Book<'_>) -> Markup {
    html! {
        thead {
            @if book.several() {
                tr {
                    td {}
                    @for (title, _) in book.columns() {
                        th.first scope="colgroup" colspan=(VERDICTS.len() + 1) { (title) }
                    }
                }
            }
            tr {
                th scope="col" { "area" }
                @for _ in book.reports {
                    @for (index, verdict) in VERDICTS.into_iter().enumerate() {
                        th.number.first[index == 0] scope="col" { (words::column(verdict)) }
                    }
                    th.bar-cell scope="col" { span.unseen { "share" } }
                }
            }
        }
    }
}

fn cells(counts: Counts) -> Markup {
    html! {
        @for (index, verdict) in VERDICTS.into_iter().enumerate() {
            td class={ "number" (if index == 0 { " first" } else { "" }) (colour(counts, verdict)) } {
                @if counts.total() > 0 { (words::grouped(counts.get(verdict))) } @else { (compare::ABSENT) }
            }
        }
        td.bar-cell { @if counts.total() > 0 { (parts::bar(counts)) } }
    }
}

/// Sets nothing back, so that the eye finds what is there, and failures apart.
fn colour(counts: Counts, verdict: Verdict) -> &'static str {
    match (counts.get(verdict), verdict) {
        (0, _) => " none",
        (_, Verdict::Fail) => " fail",
        (_, Verdict::Known) => " known",
        _ => "",
    }
}
