//! What was judged: the module and its token, in their own words.

use maud::{Markup, html};

use super::{Book, Section, parts};
use crate::report::model::Report;

/// A fact: what it is called, and how it is read.
type Fact = (&'static str, fn(&Report) -> String);

const FACTS: [Fact; 13] = [
    ("Library", |report| report.module.path.clone()),
    ("Manufacturer", |report| report.module.manufacturer.clone()),
    ("Description", |report| report.module.description.clone()),
    ("Library version", |report| {
        report.module.library_version.clone()
    }),
    ("PKCS#11 version", |report| {
        report.module.cryptoki_version.clone()
    }),
    ("Interfaces", |report| report.module.interfaces.join(", ")),
    ("Slot", |report| report.module.slot.to_string()),
    ("Token label", |report| report.module.token.label.clone()),
    ("Token manufacturer", |report| {
        report.module.token.manufacturer.clone()
    }),
    ("Token model", |report| report.module.token.model.clone()),
    ("Token serial number", |report| {
        report.module.token.serial.clone()
    }),
    ("Token flags", |report| report.module.token.flags.join(" ")),
    ("Mechanisms", |report| {
        report.module.mechanisms.len().to_string()
    }),
];

/// Lays out the facts.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    Some(Section {
        id: "module",
        title: "Module and token",
        count: None,
        body: parts::scroll("Module and token", table(book)),
    })
}

fn table(book: &Book<'_>) -> Markup {
    html! {
        table.facts {
            @if book.several() {
                thead { tr { td {} @for title in &book.titles { th scope="col" { (title) } } } }
            }
            tbody {
                @for (name, read) in FACTS {
                    tr {
                        th scope="row" { (name) }
                        @for report in book.reports {
                            td { @if read(report).is_empty() { span.none { "—" } } @else { (read(report)) } }
                        }
                    }
                }
            }
        }
    }
}
