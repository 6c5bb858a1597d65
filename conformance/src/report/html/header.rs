//! The head of the page: what was judged, and what came out.

use maud::{Markup, html};

use super::Book;
use super::parts;
use crate::report::model::Report;
use crate::report::tally::{Grade, Outcome};
use crate::report::words::{self, ATTACK, Standing, VERDICTS};

/// Lays out the head: a card for each module.
pub(super) fn header(book: &Book<'_>) -> Markup {
    html! {
        header.top {
            p.eyebrow { "PKCS#11 conformance report" }
            @if book.several() {
                h1 { (words::count(book.reports.len(), "module")) " beside each other" }
                div.cards {
                    @for (title, report) in book.columns() {
                        article.card { h2 { (title) } (card(report)) }
                    }
                }
            } @else {
                @for (title, report) in book.columns() { h1 { (title) } (card(report)) }
            }
        }
    }
}

fn card(report: &Report) -> Markup {
    let outcome = Outcome::of(report);
    html! {
        p.maker { (maker(report)) }
        p class={ "verdict " (grade(outcome.grade())) } { (outcome.sentence()) }
        (parts::bar(outcome.all))
        dl.totals {
            @for verdict in VERDICTS {
                div class=(parts::class(verdict)) {
                    dt { (words::column(verdict)) }
                    dd { (words::grouped(outcome.all.get(verdict))) }
                }
            }
        }
        (other_counts(&outcome))
        (badges(report))
    }
}

/// Returns the class of a grade, by which it gets its colour.
fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Bad => "bad",
        Grade::Fair => "fair",
        Grade::Good => "good",
    }
}

/// Says who made the module, and which version of what it is.
fn maker(report: &Report) -> String {
    let module = &report.module;
    let version = match module.library_version.as_str() {
        "" => String::new(),
        version => format!("version {version}"),
    };
    let standard = match module.cryptoki_version.as_str() {
        "" => String::new(),
        version => format!("PKCS#11 {version}"),
    };
    let facts = [
        module.manufacturer.clone(),
        version,
        standard,
        words::moment(&report.started),
    ];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    facts.join(" · ")
}

fn other_counts(outcome: &Outcome) -> Markup {
    let attacks = VERDICTS.map(|verdict| {
        (
            words::verdict(ATTACK, verdict),
            outcome.attacks.get(verdict),
        )
    });
    let vectors = outcome.vectors;
    html! {
        @if outcome.attacks.total() > 0 {
            p.line { b { "Attacks" } " " span { (listed(&attacks)) } }
        }
        @if vectors.passed + vectors.failed + vectors.not_applicable > 0 {
            p.line {
                b { "Vectors" } " "
                span { (listed(&[
                    ("passed", vectors.passed),
                    ("failed", vectors.failed),
                    ("not applicable", vectors.not_applicable),
                ])) }
            }
        }
    }
}

/// Writes counts in a row, without those that are nothing.
fn listed(counts: &[(&str, impl Copy + PartialEq + Default + std::fmt::Display)]) -> String {
    let counts = counts
        .iter()
        .filter(|(_, count)| *count != Default::default());
    let counts: Vec<String> = counts
        .map(|(word, count)| format!("{word}\u{a0}{}", words::grouped(count)))
        .collect();
    counts.join(" · ")
}

/// Shows where the module stands with each profile.
fn badges(report: &Report) -> Markup {
    html! {
        @if !report.profiles.is_empty() {
            ul.badges aria-label="OASIS profiles" {
                @for profile in &report.profiles {
                    li class={ "profile " (super::profiles::class(Standing::of(profile))) } {
                        a href={ "#" (parts::anchor("profile", &profile.name)) } {
                            span.name { (profile.name) }
                            span.standing { (Standing::of(profile).words()) }
                        }
                    }
                }
            }
        }
    }
}
