//! The OASIS profiles, clause by clause.

use maud::{Markup, html};

use super::{Book, Section, parts};
use crate::report::compare;
use crate::report::model::{Clause, Profile};
use crate::report::words::Standing;

/// Returns the class of a standing, by which it gets its colour.
pub(super) fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "pass",
        Standing::Broken => "fail",
        Standing::Unclaimed => "unclaimed",
        Standing::Unmet => "na",
    }
}

/// Lays out each profile with its clauses.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    let names = names(book);
    (!names.is_empty()).then(|| Section {
        id: "profiles",
        title: "Profiles",
        count: Some(names.len()),
        body: html! {
            p.lead {
                "What OASIS \u{201c}PKCS #11 Profiles\u{201d} asks of a provider. A token claims a profile by an object of "
                "class " code { "CKO_PROFILE" } "; whether it meets one is judged by the cases below."
            }
            @for name in names { (profile(book, name)) }
        },
    })
}

fn names<'a>(book: &Book<'a>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for profile in book.reports.iter().flat_map(|report| &report.profiles) {
        if !names.contains(&profile.name.as_str()) {
            names.push(profile.name.as_str());
        }
    }
    names
}

fn profile(book: &Book<'_>, name: &str) -> Markup {
    let profiles: Vec<Option<&Profile>> = book
        .reports
        .iter()
        .map(|report| report.profiles.iter().find(|profile| profile.name == name))
        .collect();
    let id = profiles
        .iter()
        .flatten()
        .map(|profile| profile.id.as_str())
        .next();
    html! {
        details.fold id=(parts::anchor("profile", name)) {
            summary {
                span.name { (name) } " "
                span.standings {
                    @for (title, profile) in book.titles.iter().zip(&profiles) {
                        (standing(book, title, *profile))
                    }
                }
            }
            @if let Some(id) = id.filter(|id| !id.is_empty()) { p.id { code { "CKA_PROFILE_ID" } " " code { (id) } } }
            (parts::scroll(name, clauses(book, &profiles)))
        }
    }
}

fn standing(book: &Book<'_>, title: &str, profile: Option<&Profile>) -> Markup {
    html! {
        span.one {
            @if book.several() { (title) " " }
            @match profile {
                Some(profile) => span class={ "badge " (class(Standing::of(profile))) } { (Standing::of(profile).words()) },
                None => (compare::ABSENT),
            }
        }
    }
}

fn clauses(book: &Book<'_>, profiles: &[Option<&Profile>]) -> Markup {
    let mut all: Vec<&Clause> = Vec::new();
    for clause in profiles
        .iter()
        .flatten()
        .flat_map(|profile| &profile.clauses)
    {
        if !all.iter().any(|other| same(other, clause)) {
            all.push(clause);
        }
    }
    html! {
        table.list.stacked {
            (parts::head(book, "clause"))
            tbody {
                @for clause in all {
                    tr {
                        th scope="row" {
                            p { (clause.requirement) " " span.section { (clause.section) } }
                            (cases(clause))
                        }
                        @for (title, profile) in book.titles.iter().zip(profiles) {
                            td data-module=[parts::named(book, title)] { (outcome(*profile, clause)) }
                        }
                    }
                }
            }
        }
    }
}

/// Tells whether two reports speak of the same clause.
fn same(one: &Clause, other: &Clause) -> bool {
    one.section == other.section && one.requirement == other.requirement
}

fn cases(clause: &Clause) -> Markup {
    html! {
        @if !clause.cases.is_empty() {
            p.cases {
                @for case in &clause.cases {
                    a href={ "#" (parts::anchor("case", case)) } { code { (case) } } " "
                }
            }
        }
    }
}

fn outcome(profile: Option<&Profile>, clause: &Clause) -> Markup {
    let clauses = profile.map_or(&[][..], |profile| &profile.clauses);
    html! {
        @match clauses.iter().find(|other| same(other, clause)) {
            Some(clause) => (parts::verdict("", clause.verdict)),
            None => (compare::ABSENT),
        }
    }
}
