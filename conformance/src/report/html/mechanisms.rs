//! The mechanisms that the slots list.

use maud::{Markup, html};

use super::{Book, Section, parts};
use crate::report::compare;
use crate::report::model::Mechanism;
use crate::report::words;

/// Lays out the mechanisms with their sizes and flags.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    let names = names(book);
    (!names.is_empty()).then(|| Section {
        id: "mechanisms",
        title: "Mechanisms",
        count: Some(names.len()),
        body: html! {
            details.fold {
                summary { span.name { (words::count(names.len(), "mechanism")) } " with key sizes and flags" }
                (parts::scroll("Mechanisms", table(book, &names)))
            }
        },
    })
}

fn names<'a>(book: &Book<'a>) -> Vec<&'a str> {
    let mechanisms = book
        .reports
        .iter()
        .flat_map(|report| &report.module.mechanisms);
    let mut names: Vec<&str> = mechanisms
        .map(|mechanism| mechanism.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn table(book: &Book<'_>, names: &[&str]) -> Markup {
    html! {
        table.list.mechanisms {
            thead {
                tr {
                    th scope="col" { "mechanism" }
                    @for title in &book.titles {
                        th.number scope="col" { @if book.several() { (title) ": " } "key sizes" }
                        th scope="col" { "flags" }
                    }
                }
            }
            tbody {
                @for name in names {
                    tr {
                        th scope="row" { code { (name) } }
                        @for report in book.reports {
                            (cells(report.module.mechanisms.iter().find(|mechanism| mechanism.name == **name)))
                        }
                    }
                }
            }
        }
    }
}

fn cells(mechanism: Option<&Mechanism>) -> Markup {
    html! {
        @match mechanism {
            Some(mechanism) => {
                td.number { (sizes(mechanism)) }
                td.flags { (flags(mechanism)) }
            }
            None => {
                td.number { (compare::ABSENT) }
                td {}
            }
        }
    }
}

fn sizes(mechanism: &Mechanism) -> String {
    match (mechanism.min, mechanism.max) {
        (0, 0) => "—".to_owned(),
        (min, max) if min == max => min.to_string(),
        (min, max) => format!("{min}–{max}"),
    }
}

/// Writes the flags without the front that all of them share.
fn flags(mechanism: &Mechanism) -> String {
    let flags = mechanism.flags.iter();
    let flags: Vec<&str> = flags
        .map(|flag| flag.strip_prefix("CKF_").unwrap_or(flag))
        .collect();
    flags.join(" ")
}
