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
        if self.all.pass + self.all.fail + self.all.known == 0 {
            return "Nothing was judged.".to_owned();
        }
        let known = self.all.known - self.attacks.known;
        let known = (known > 0).then(|| words::count(known, "known failure"));
        let broken = self.broken();
        let (conformance, attacks_follow) = match (broken, known) {
            (None, None) => ("Keeps every requirement that was tested".to_owned(), "but"),
            (None, Some(known)) => (
                format!("Keeps every requirement that was tested, save {known}"),
                "and",
            ),
            (Some(broken), None) => (format!("Breaks {broken}"), "and"),
            (Some(broken), Some(known)) => (format!("Breaks {broken} besides {known}"), "and"),
        };
        match self.falls() {
            None => format!("{conformance}."),
            Some(falls) => format!("{conformance}, {attacks_follow} falls to {falls}."),
        }
    }

    /// Returns how good that is.
    #[must_use]
    pub fn grade(&self) -> Grade {
        match self {
            outcome if outcome.must + outcome.attacks.fail > 0 => Grade::Bad,
            outcome if outcome.should + outcome.all.known > 0 => Grade::Fair,
            outcome if outcome.all.pass == 0 => Grade::Fair,
            _ => Grade::Good,
        }
    }

    /// Says what was broken; none if nothing was.
    fn broken(&self) -> Option<String> {
        let musts = || words::count(self.must, "requirement");
        let shoulds = || words::count(self.should, "recommendation");
        match (self.must, self.should) {
            (0, 0) => None,
            (_, 0) => Some(musts()),
            (0, _) => Some(shoulds()),
            _ => Some(format!("{} and {}", musts(), shoulds())),
        }
    }

    /// Says which attacks succeed; none if none does.
    fn falls(&self) -> Option<String> {
        let falls = self.attacks.fail + self.attacks.known;
        let attacks = words::count(falls, "attack");
        match (falls, self.attacks.known) {
            (0, _) => None,
            (_, 0) => Some(attacks),
            (1, 1) => Some(format!("{attacks}, which is known")),
            (all, known) if all == known => Some(format!("{attacks}, all of them known")),
            (_, known) => Some(format!("{attacks}, {known} of them known")),
        }
    }
}

/// How good an outcome is, at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// A requirement is broken, or an attack succeeds, that nobody foretold.
    Bad,
    /// Recommendations are not followed, or what fails was foretold.
    Fair,
    /// Nothing failed.
    Good,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the sentence about so many broken requirements and recommendations, known failures, attacks that succeed
    /// and such that are known to.
    fn check([must, should, known, falls, known_falls]: [usize; 5], sentence: &str) {
        let outcome = Outcome {
            all: Counts {
                pass: 1,
                fail: must + should + falls,
                known: known + known_falls,
                ..Counts::default()
            },
            attacks: Counts {
                fail: falls,
                known: known_falls,
                ..Counts::default()
            },
            must,
            should,
            vectors: Vectors::default(),
        };
        assert_eq!(outcome.sentence(), sentence);
    }

    #[test]
    fn the_sentence_hides_nothing() {
        check([0, 0, 0, 0, 0], "Keeps every requirement that was tested.");
        check(
            [0, 0, 2, 0, 0],
            "Keeps every requirement that was tested, save 2 known failures.",
        );
        check(
            [0, 0, 0, 0, 1],
            "Keeps every requirement that was tested, but falls to 1 attack, which is known.",
        );
        check([0, 1, 0, 0, 0], "Breaks 1 recommendation.");
        check(
            [2, 1, 1, 3, 1],
            "Breaks 2 requirements and 1 recommendation besides 1 known failure, and falls to 4 attacks, 1 of them known.",
        );
    }

    #[test]
    fn nothing_judged_is_nothing_kept() {
        let outcome = Outcome {
            all: Counts {
                skipped: 4,
                ..Counts::default()
            },
            attacks: Counts::default(),
            must: 0,
            should: 0,
            vectors: Vectors::default(),
        };
        assert_eq!(outcome.sentence(), "Nothing was judged.");
        assert_eq!(outcome.grade(), Grade::Fair);
    }
}
