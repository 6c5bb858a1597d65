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
    let falls = failures::rows(book, ATTACK, Verdict::Fail);
    (!rows.is_empty()).then(|| Section {
        id: "attacks",
        title: "Attacks",
        count: Some(rows.len()),
        body: html! {
            p.lead {
                "Known ways to get at keys and plaintexts through calls that are all allowed. A module resists an attack, or "
                "falls to it; where it lacks what the attack needs, the attack is not applicable."
            }
            @if !falls.is_empty() {
                h3 { "Attacks that succeed" }
                @for row in &falls { (failures::failure(book, row)) }
            }
            h3 { "All attacks" }
            (parts::scroll("Attacks", table(book, &rows)))
        },
    })
}

fn table(book: &Book<'_>, rows: &[Row<'_>]) -> Markup {
    html! {
        table.list.stacked {
            (parts::head(book, "attack"))
            tbody { @for row in rows { (line(book, row)) } }
        }
    }
}

fn line(book: &Book<'_>, row: &Row<'_>) -> Markup {
    html! {
        @if let Some(first) = row.iter().flatten().next() {
            tr {
                th scope="row" {
                    code { (first.case) }
                    p { (first.requirement) " " span.section { (first.section) } }
                }
                @for (title, result) in book.titles.iter().zip(row) {
                    td data-module=[parts::named(book, title)] {
                        (failures::outcome(*result))
                    }
                }
            }
        }
    }
}
