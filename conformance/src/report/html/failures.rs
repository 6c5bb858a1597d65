//! What failed, with all that it takes to see it again.

use maud::{Markup, html};

use super::{Book, Section, parts};
use crate::report::compare;
use crate::report::model::{CaseResult, Verdict};
use crate::report::words::{self, ATTACK};

/// A case with its result on every module.
pub(super) type Row<'a> = Vec<Option<&'a CaseResult>>;

/// Lays out the failures; attacks have a section of their own.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    let areas = by_area(book, Verdict::Fail);
    let count = areas.iter().map(|(_, rows)| rows.len()).sum();
    Some(Section {
        id: "failures",
        title: "Failures",
        count: Some(count),
        body: html! {
            @if count == 0 { p { "No case failed." } }
            @for (area, rows) in &areas {
                h3 { (area) }
                @for row in rows { (failure(book, row)) }
            }
        },
    })
}

/// Lays out the failures that the modules' descriptions foretell, each with its reason.
pub(super) fn known(book: &Book<'_>) -> Option<Section> {
    let areas = by_area(book, Verdict::Known);
    let count: usize = areas.iter().map(|(_, rows)| rows.len()).sum();
    (count > 0).then(|| Section {
        id: "known",
        title: "Known failures",
        count: Some(count),
        body: html! {
            p.lead { "These fail as well. The description of the module says so beforehand, with the reason that stands here." }
            @for (area, rows) in &areas {
                h3 { (area) }
                @for row in rows { (foretold(book, row)) }
            }
        },
    })
}

/// Returns the cases that came out so on any module, without attacks.
fn by_area<'a>(book: &Book<'a>, verdict: Verdict) -> Vec<(&'a str, Vec<Row<'a>>)> {
    let areas = book.areas.iter().filter(|area| **area != ATTACK);
    let rows = areas.map(|area| (*area, rows(book, area, verdict)));
    rows.filter(|(_, rows)| !rows.is_empty()).collect()
}

/// Returns the cases of an area that came out so on any module.
pub(super) fn rows<'a>(book: &Book<'a>, area: &str, verdict: Verdict) -> Vec<Row<'a>> {
    let mut rows = compare::cases(area, book.reports);
    rows.retain(|row| row.iter().flatten().any(|result| result.verdict == verdict));
    rows
}

/// Shows a case that failed: on which modules, and how it came out on the others.
pub(super) fn failure(book: &Book<'_>, row: &Row<'_>) -> Markup {
    let Some(first) = with(row, Verdict::Fail) else {
        return html! {};
    };
    html! {
        article.failure id=(parts::anchor("fail", &first.case)) {
            (title(first))
            @for (title, result) in book.titles.iter().zip(row) {
                @if let Some(result) = result.filter(|result| result.verdict == Verdict::Fail) {
                    div.on {
                        @if book.several() { p.who { (title) " " (parts::verdict(result.area(), result.verdict)) } }
                        (parts::difference(result))
                        (parts::calls(result))
                    }
                }
            }
            (others(book, row, Verdict::Fail))
        }
    }
}

fn foretold(book: &Book<'_>, row: &Row<'_>) -> Markup {
    let Some(first) = with(row, Verdict::Known) else {
        return html! {};
    };
    html! {
        article.failure.foretold id=(parts::anchor("known", &first.case)) {
            (title(first))
            @for (title, result) in book.titles.iter().zip(row) {
                @if let Some(result) = result.filter(|result| result.verdict == Verdict::Known) {
                    div.on {
                        @if book.several() { p.who { (title) } }
                        (parts::difference(result))
                        (parts::calls(result))
                    }
                }
            }
            (others(book, row, Verdict::Known))
        }
    }
}

/// Returns the first result that came out so.
fn with<'a>(row: &Row<'a>, verdict: Verdict) -> Option<&'a CaseResult> {
    let mut results = row.iter().flatten();
    results.find(|result| result.verdict == verdict).copied()
}

fn title(result: &CaseResult) -> Markup {
    html! {
        h4 { code { (result.case) } " " (parts::level(result.level)) }
        p.requirement { (result.requirement) " " span.section { (result.section) } }
    }
}

/// Says how the case came out on the modules that this is not about.
fn others(book: &Book<'_>, row: &Row<'_>, verdict: Verdict) -> Markup {
    let others = book.titles.iter().zip(row);
    let others: Vec<_> = others
        .filter(|(_, result)| result.is_none_or(|result| result.verdict != verdict))
        .collect();
    html! {
        @if !others.is_empty() {
            p.others {
                @for (title, result) in others {
                    span {
                        (title) " "
                        @match result {
                            Some(result) => (parts::verdict(result.area(), result.verdict)),
                            None => (compare::ABSENT),
                        }
                    }
                }
            }
        }
    }
}

/// From how many milliseconds on it is told how long a case took.
const SLOW: f64 = 100.0;

/// Shows how a case came out, with what there is to say about it.
pub(super) fn outcome(result: Option<&CaseResult>) -> Markup {
    let Some(result) = result else {
        return html! { (compare::ABSENT) };
    };
    // A failure is told in full where its badge leads.
    let note = (result.verdict != Verdict::Fail && !result.note.is_empty()).then_some(&result.note);
    html! {
        (linked(result))
        @if result.milliseconds >= SLOW { " " span.time { (words::measured(result.milliseconds)) " ms" } }
        @if let Some(note) = note { p.note { (note) } }
    }
}

/// Links a verdict to where it is explained.
pub(super) fn linked(result: &CaseResult) -> Markup {
    let badge = parts::verdict(result.area(), result.verdict);
    let kind = match (result.verdict, result.area() == ATTACK) {
        (Verdict::Fail, _) => "fail",
        (Verdict::Known, false) => "known",
        _ => return badge,
    };
    html! { a.plain href={ "#" (parts::anchor(kind, &result.case)) } { (badge) } }
}
