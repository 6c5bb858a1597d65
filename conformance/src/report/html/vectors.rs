//! Known answers, counted by set.

use maud::{Markup, html};

use super::failures::{self, Row};
use super::{Book, Section, parts};
use crate::report::compare;
use crate::report::model::Vectors;
use crate::report::{tally, words};

/// Lays out how many known answers of each set came out how.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    let areas = book.areas.iter();
    let mut rows: Vec<Row<'_>> = areas
        .flat_map(|area| compare::cases(area, book.reports))
        .collect();
    rows.retain(|row| row.iter().flatten().any(|result| result.vectors.is_some()));
    (!rows.is_empty()).then(|| Section {
        id: "vectors",
        title: "Vectors",
        count: Some(rows.len()),
        body: html! {
            p.lead { "Known answers, tried through the module's own functions: the key is imported, the operation run, the result compared." }
            (parts::scroll("Vectors by set", table(book, &rows)))
        },
    })
}

const HEADS: [&str; 3] = ["passed", "failed", "n/a"];

fn table(book: &Book<'_>, rows: &[Row<'_>]) -> Markup {
    html! {
        table.matrix.several[book.several()] {
            thead {
                @if book.several() {
                    tr {
                        td {}
                        @for title in &book.titles {
                            th.first scope="colgroup" colspan=(HEADS.len() + 1) { (title) }
                        }
                    }
                }
                tr {
                    th scope="col" { "set" }
                    @for _ in book.reports {
                        th.first scope="col" { "outcome" }
                        @for head in HEADS { th.number scope="col" { (head) } }
                    }
                }
            }
            tbody { @for row in rows { (line(row)) } }
            tfoot {
                tr {
                    th scope="row" { "all" }
                    @for report in book.reports {
                        td.first {}
                        (numbers(tally::vectors(&report.results)))
                    }
                }
            }
        }
    }
}

fn line(row: &Row<'_>) -> Markup {
    html! {
        @if let Some(first) = row.iter().flatten().next() {
            tr {
                th scope="row" {
                    a href={ "#" (parts::anchor("case", &first.case)) } { code { (first.case) } }
                    p { (first.requirement) }
                }
                @for result in row {
                    td.first {
                        @match result {
                            Some(result) => (failures::linked(result)),
                            None => (compare::ABSENT),
                        }
                    }
                    (numbers(result.and_then(|result| result.vectors).unwrap_or_default()))
                }
            }
        }
    }
}

fn numbers(vectors: Vectors) -> Markup {
    html! {
        td.number.none[vectors.passed == 0] { (words::grouped(vectors.passed)) }
        td.number.none[vectors.failed == 0].fail[vectors.failed > 0] { (words::grouped(vectors.failed)) }
        td.number.none[vectors.not_applicable == 0] { (words::grouped(vectors.not_applicable)) }
    }
}
