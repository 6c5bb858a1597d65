//! How many cases came out how.

use serde::Serialize;

use super::model::{CaseResult, Level, Report, Vectors, Verdict};
use super::words::{self, ATTACK};

/// How many of some cases came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Passed.
    pub pass: usize,
    /// Failed.
    pub fail: usize,
    /// Failed as was foretold.
    pub known: usize,
    /// Did not apply.
    pub not_applicable: usize,
    /// Were left out.
    pub skipped: usize,
}

impl Counts {
    /// Counts results.
    pub fn of<'a>(results: impl IntoIterator<Item = &'a CaseResult>) -> Self {
        let mut counts = Self::default();
        for result in results {
            *counts.place(result.verdict) += 1;
        }
        counts
    }

    /// Returns how many came out so.
    #[must_use]
    pub fn get(mut self, verdict: Verdict) -> usize {
        *self.place(verdict)
    }

    /// Returns how many there are.
    #[must_use]
    pub fn total(self) -> usize {
        self.pass + self.fail + self.known + self.not_applicable + self.skipped
    }

    fn place(&mut self, verdict: Verdict) -> &mut usize {
        match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Known => &mut self.known,
            Verdict::NotApplicable => &mut self.not_applicable,
            Verdict::Skipped => &mut self.skipped,
        }
    }
}

/// What a run comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// All cases, attacks among them.
    pub all: Counts,
    /// The attacks.
    pub attacks: Counts,
    /// Requirements that the specification insists on, and that are not kept; attacks apart.
    pub must: usize,
    /// Requirements that it only recommends; attacks apart.
    pub should: usize,
    /// The answers to vectors.
    pub vectors: Vectors,
}

impl Outcome {
    /// Adds up a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let failed = |level| {
            let failures = failures(report);
            failures.filter(|failure| failure.level == level).count()
        };
        Self {
            all: Counts::of(&report.results),
            attacks: Counts::of(of_area(report, ATTACK)),
            must: failed(Level::Must),
            should: failed(Level::Should),
            vectors: vectors(&report.results),
        }
    }

    /// Returns the verdict on the module in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let conformance = match (self.must, self.should) {
            _ if self.all.pass + self.all.fail + self.all.known == 0 => {
                "Nothing was judged".to_owned()
            }
            (0, 0) => "Every requirement that was tested is kept".to_owned(),
            (0, should) => format!(
                "Every MUST that was tested is kept; {} not",
                are(should, "SHOULD")
            ),
            (must, 0) => format!("{} broken", are(must, "MUST")),
            (must, should) => format!(
                "{} and {} are broken",
                words::count(must, "MUST"),
                words::count(should, "SHOULD")
            ),
        };
        match self.attacks.fail {
            0 => format!("{conformance}."),
            falls => format!(
                "{conformance}, and the module falls to {}.",
                words::count(falls, "attack")
            ),
        }
    }
}

/// Writes how many there are, with the verb: `1 MUST is`, `2 MUSTs are`.
fn are(number: usize, thing: &str) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", words::count(number, thing))
}

/// Returns the results of an area, in the order of the catalogue.
pub fn of_area<'a>(report: &'a Report, area: &'a str) -> impl Iterator<Item = &'a CaseResult> {
    let results = report.results.iter();
    results.filter(move |result| result.area() == area)
}

/// Returns what failed, apart from attacks.
pub fn failures(report: &Report) -> impl Iterator<Item = &CaseResult> {
    let results = report.results.iter();
    results.filter(|result| result.verdict == Verdict::Fail && result.area() != ATTACK)
}

/// Adds up the answers to vectors.
pub fn vectors<'a>(results: impl IntoIterator<Item = &'a CaseResult>) -> Vectors {
    let sets = results.into_iter().filter_map(|result| result.vectors);
    sets.fold(Vectors::default(), |sum, set| Vectors {
        passed: sum.passed.saturating_add(set.passed),
        failed: sum.failed.saturating_add(set.failed),
        not_applicable: sum.not_applicable.saturating_add(set.not_applicable),
    })
}

/// Returns the areas of several reports, each once, in the order in which they first come up.
pub fn areas<'a>(reports: impl IntoIterator<Item = &'a Report>) -> Vec<&'a str> {
    let mut areas = Vec::new();
    for result in reports.into_iter().flat_map(|report| &report.results) {
        if !areas.contains(&result.area()) {
            areas.push(result.area());
        }
    }
    areas
}
