//! How to see all of this again.

use maud::html;

use super::{Book, Section};

/// Lays out the commands.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    Some(Section {
        id: "reproduce",
        title: "How to reproduce",
        count: None,
        body: html! {
            @for (title, report) in book.columns() {
                p { @if book.several() { b { (title) } " was" } @else { "This run was" } " asked for with" }
                pre { code { (report.command) } }
            }
            p {
                "With " code { "--only CASE" } " the same command runs a single case, and "
                code { "dew-conformance explain CASE" } " tells what it asks for and why. The calls that stand under a "
                "failure are those that the suite made, in their order."
            }
        },
    })
}
