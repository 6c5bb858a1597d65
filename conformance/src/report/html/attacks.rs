//! The attacks, and what the module does about each.

use maud::{Markup, html};

use super::failures::{self, Row};
use super::{Book, Section, parts};
use crate::report::compare;
use crate::report::model::Verdict;
use crate::report::words::ATTACK;

/// Lays out the attacks: those that succeed in full, then all of them.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    let rows = compare::cases(ATTACK, book.reports);
    (!rows.is_empty()).then(|| Section {
        id: "attacks",
        title: "Attacks",
        count: Some(rows.len()),
        body: html! {
            p.lead {
                "Known ways to get at keys and plaintexts through calls that are all allowed. A module resists an attack, or "
                "falls to it; where it lacks what the attack needs, the attack is not applicable."
            }
            @for row in failures::rows(book, ATTACK, Verdict::Fail) { (failures::failure(book, &row)) }
            (parts::scroll("Attacks", table(book, &rows)))
        },
    })
}

fn table(book: &Book<'_>, rows: &[Row<'_>]) -> Markup {
    html! {
        table.list {
            thead {
                tr {
                    th scope="col" { "attack" }
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
            tr {
                th scope="row" {
                    code { (first.case) }
                    p { (first.requirement) " " span.section { (first.section) } }
                }
                @for result in row {
                    td {
                        @match result {
                            Some(result) => {
                                (failures::linked(result))
                                @if !result.note.is_empty() { p.note { (result.note) } }
                            }
                            None => (compare::ABSENT),
                        }
                    }
                }
            }
        }
    }
}
