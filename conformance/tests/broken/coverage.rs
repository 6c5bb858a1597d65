//! How much of the suite is seen to bite: every case that passes without a rule has to fail under some rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use broken_module::generic_rules;
use conformance::report::model::{CaseResult, Verdict};

use crate::areas::{EVERYTHING, OF_ATTRIBUTES, about};
use crate::exceptions::EXCEPTIONS;
use crate::suite::Suite;
use crate::{AT_ONCE, caught, next};

/// What keeps a run short: some of the known answers, and shorter random games.
const SHORT: &[&str] = &["--stride", "40", "--rounds", "300"];

/// The kinds of rules that leave nothing of a function: what only they make fail is seen to fail, but not for much.
const WHOLE: &[&str] = &["always-fails", "does-nothing"];

/// A rule and the areas that can notice it.
type Plan = (String, BTreeSet<&'static str>);

#[test]
#[ignore = "runs the suite some seven hundred times; `cargo xtask deep` runs it"]
fn every_case_is_seen_to_fail() {
    let suite = Suite::new();
    let results = suite
        .attempt("", &[], SHORT)
        .expect("without a rule the suite runs");
    let passing = results
        .into_iter()
        .filter(|result| result.verdict == Verdict::Pass);
    let passing: BTreeSet<String> = passing.map(|result| result.case).collect();
    let seen = seen_to_fail(&suite, plans(), &passing);
    let never: Vec<&str> = passing
        .iter()
        .map(String::as_str)
        .filter(|case| !seen.contains_key(*case))
        .collect();
    write(&never);
    let unexplained: Vec<_> = never.iter().filter(|case| reason(case).is_none()).collect();
    assert!(
        unexplained.is_empty(),
        "never seen to fail: {unexplained:#?}"
    );
    let stale = EXCEPTIONS
        .iter()
        .filter(|(case, _)| seen.contains_key(*case));
    let stale: Vec<_> = stale.collect();
    assert!(
        stale.is_empty(),
        "seen to fail, so no exceptions: {stale:#?}"
    );
}

/// Returns the rules with the areas that can notice each, those first that leave most of the module as it is.
fn plans() -> Vec<Plan> {
    let named = caught().map(|rule| {
        let areas = rule.cases.iter().filter_map(|case| case.split('.').next());
        (rule.name.to_owned(), areas.collect())
    });
    let generic = generic_rules().map(|rule| {
        let areas = rule.function().map_or(OF_ATTRIBUTES, about);
        (
            rule.to_string(),
            areas.iter().chain(EVERYTHING).copied().collect(),
        )
    });
    let (whole, part): (Vec<Plan>, Vec<Plan>) = generic.partition(|(name, _)| {
        let kind = name.split(':').next().unwrap_or_default();
        WHOLE.contains(&kind)
    });
    part.into_iter().chain(named).chain(whole).collect()
}

/// Returns the cases that are named by rules: another test sees each of them fail.
fn named() -> Seen {
    let named = caught().flat_map(|rule| rule.cases.iter().map(move |case| (case, rule.name)));
    named
        .map(|(case, rule)| ((*case).to_owned(), rule.to_owned()))
        .collect()
}

/// What was found so far: for each case the first rule that it failed under.
type Seen = BTreeMap<String, String>;

/// Runs the plans one after the other, each on the cases that have not failed yet.
fn seen_to_fail(suite: &Suite, plans: Vec<Plan>, passing: &BTreeSet<String>) -> Seen {
    let total = plans.len();
    let waiting = Mutex::new(plans.into_iter().enumerate());
    let seen = Mutex::new(named());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((number, (rule, areas))) = next(&waiting) {
                    let left = left(passing, &areas, &seen.lock().expect("no thread panics"));
                    let failed = failed(suite, &rule, &left);
                    let mut seen = seen.lock().expect("no thread panics");
                    for case in failed.into_iter().filter(|case| passing.contains(case)) {
                        seen.entry(case).or_insert_with(|| rule.clone());
                    }
                    let left = passing
                        .iter()
                        .filter(|case| !seen.contains_key(*case))
                        .count();
                    eprintln!("{number}/{total} {rule}: {left} cases not seen to fail yet");
                }
            });
        }
    });
    seen.into_inner().expect("no thread panics")
}

/// Returns the cases of some areas that have not failed yet.
fn left<'a>(
    passing: &'a BTreeSet<String>,
    areas: &BTreeSet<&'static str>,
    seen: &Seen,
) -> Vec<&'a str> {
    let of_areas = |case: &&String| {
        case.split('.')
            .next()
            .is_some_and(|area| areas.contains(area))
    };
    let cases = passing.iter().filter(of_areas);
    let cases = cases.filter(|case| !seen.contains_key(*case));
    cases.map(String::as_str).collect()
}

/// Returns which of the cases fail under a rule.
fn failed(suite: &Suite, rule: &str, cases: &[&str]) -> Vec<String> {
    if cases.is_empty() {
        return Vec::new();
    }
    // A module that cannot even be loaded fails no case.
    let results = suite.attempt(rule, cases, SHORT).unwrap_or_default();
    let bitten = results.into_iter().filter(bites);
    bitten.map(|result| result.case).collect()
}

/// Tells whether a case failed by what it does itself: one without a call did not come to its beginning, unless it judges what
/// was asked before it began, such as the function lists.
fn bites(result: &CaseResult) -> bool {
    let asked_before = ["general.", "mechanism."];
    let judges = asked_before
        .iter()
        .any(|area| result.case.starts_with(area));
    result.verdict == Verdict::Fail && (judges || !result.calls.is_empty())
}

fn reason(case: &str) -> Option<&'static str> {
    let mut exceptions = EXCEPTIONS.iter();
    exceptions
        .find(|(name, _)| *name == case)
        .map(|(_, reason)| *reason)
}

/// Writes the list to target/conformance/never-failed.txt.
fn write(never: &[&str]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("conformance");
    fs::create_dir_all(&folder).expect("the target folder is ours");
    let line = |case: &&str| match reason(case) {
        Some(reason) => format!("{case}: {reason}\n"),
        None => format!("{case}\n"),
    };
    let text: String = never.iter().map(line).collect();
    fs::write(folder.join("never-failed.txt"), text).expect("the target folder is ours");
}
