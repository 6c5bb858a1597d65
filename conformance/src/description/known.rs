//! Known departures: failures with a reason, which a report shows as such.

use std::fmt;

use serde::Deserialize;

pub use super::version::LibraryVersion;
use crate::catalogue;
use crate::report::model::{CaseResult, Report, Verdict};

/// A departure from the specification that is known and explained.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// What it is called by; unique in its file, and never given to another.
    pub number: u32,
    /// The cases that fail because of it: names or patterns, as `--only` takes them.
    pub cases: Vec<String>,
    /// Why, and what a user should do about it.
    pub reason: String,
    /// The first version of the library that has it.
    #[serde(default)]
    pub since: Option<LibraryVersion>,
    /// The first version of the library that has it no more.
    #[serde(default)]
    pub until: Option<LibraryVersion>,
    /// Whether its cases fail by chance, such as a race: that they pass once says nothing then.
    #[serde(default)]
    pub sometimes: bool,
}

/// A known departure that did not show, though its cases were tried: the entry can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Its number.
    pub number: u32,
    /// The cases that passed.
    pub passed: Vec<String>,
}

impl fmt::Display for Stale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, passed } = self;
        let shown = passed.first().map_or("", String::as_str);
        let more = match passed.len() {
            0 | 1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        write!(
            formatter,
            "known departure {number} does not show any more: {shown}{more} passed"
        )
    }
}

impl Known {
    /// Returns what cannot be, given the names of all cases.
    pub(super) fn fault(&self, cases: &[String]) -> Option<String> {
        let number = self.number;
        if self.reason.trim().is_empty() {
            return Some(format!("known departure {number} has no `reason`"));
        }
        if self.cases.is_empty() {
            return Some(format!("known departure {number} names no case"));
        }
        let nothing = |pattern: &&String| !cases.iter().any(|id| catalogue::matches(pattern, id));
        if let Some(pattern) = self.cases.iter().find(nothing) {
            return Some(format!(
                "known departure {number}: no case is named {pattern}"
            ));
        }
        match (self.since, self.until) {
            (Some(since), Some(until)) if since >= until => Some(format!(
                "known departure {number} is there since {since}, but only until {until}"
            )),
            _ => None,
        }
    }

    fn is_about(&self, result: &CaseResult) -> bool {
        let names = |pattern: &String| catalogue::matches(pattern, &result.case);
        self.cases.iter().any(names)
    }

    /// Tells whether a version of the library has it; one that cannot be read may.
    fn is_in(&self, version: Option<LibraryVersion>) -> bool {
        version.is_none_or(|version| {
            self.since.is_none_or(|since| since <= version)
                && self.until.is_none_or(|until| version < until)
        })
    }
}

/// Marks the failures that are known, and returns the entries that did not show.
pub(super) fn apply(known: &[Known], report: &mut Report) -> Vec<Stale> {
    let version = LibraryVersion::parse(&report.module.library_version);
    let known: Vec<_> = known.iter().filter(|known| known.is_in(version)).collect();
    let stale = known.iter().filter_map(|known| stale(known, report));
    let stale = stale.collect();
    for result in &mut report.results {
        let fits = known.iter().find(|known| known.is_about(result));
        if let (Verdict::Fail, Some(known)) = (result.verdict, fits) {
            mark(result, known);
        }
    }
    stale
}

fn mark(result: &mut CaseResult, known: &Known) {
    result.verdict = Verdict::Known;
    let reason = format!("Known departure {}: {}", known.number, known.reason.trim());
    result.note = match result.note.as_str() {
        "" => reason,
        note => format!("{reason}\n{note}"),
    };
}

/// An entry is stale where some of its cases passed, and none failed; one of chance never is.
fn stale(known: &Known, report: &Report) -> Option<Stale> {
    let of = |verdict: Verdict| {
        let results = report.results.iter();
        results.filter(move |result| result.verdict == verdict && known.is_about(result))
    };
    if known.sometimes || of(Verdict::Fail).next().is_some() {
        return None;
    }
    let passed: Vec<_> = of(Verdict::Pass)
        .map(|result| result.case.clone())
        .collect();
    (!passed.is_empty()).then_some(Stale {
        number: known.number,
        passed,
    })
}
