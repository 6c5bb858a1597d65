//! Every case bites: under a module that breaks a rule, the cases that name the rule fail, and without the break they do not.

mod areas;
mod command;
mod coverage;
mod exceptions;
mod suite;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

use broken_module::{Rule, rules};
use conformance::report::model::Verdict;

use suite::Suite;

/// How many runs go on beside each other; most of a run is waiting for processes.
const AT_ONCE: usize = 4;

/// The fewest rules that must be caught.
const FEWEST: usize = 270;

/// What a case came to, and why.
type Verdicts = BTreeMap<String, (Verdict, String)>;

#[test]
fn without_a_rule_the_named_cases_do_not_fail() {
    let mut named: Vec<&str> = caught().flat_map(|rule| rule.cases).copied().collect();
    named.sort_unstable();
    named.dedup();
    let verdicts = Suite::new().run("", &named);
    let others: Vec<_> = named
        .iter()
        .filter(|case| {
            let verdict = verdicts.get(**case).map(|(verdict, _)| *verdict);
            // What SoftHSM2 does not claim, a rule may claim for it.
            !matches!(verdict, Some(Verdict::NotApplicable | Verdict::Pass))
        })
        .map(|case| format!("{case}: {:?}", verdicts.get(*case)))
        .collect();
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[test]
fn under_a_rule_the_cases_that_name_it_fail() {
    let suite = Suite::new();
    let waiting = Mutex::new(caught());
    let complaints = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(rule) = next(&waiting) {
                    let verdicts = suite.run(rule.name, rule.cases);
                    let escaped = rule.cases.iter();
                    let escaped =
                        escaped.filter_map(|case| complaint(&verdicts, case, Verdict::Fail));
                    let lines = escaped.map(|line| format!("{}: {line}", rule.name));
                    complaints.lock().expect("no thread panics").extend(lines);
                }
            });
        }
    });
    let complaints = complaints.into_inner().expect("no thread panics");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn enough_rules_are_caught() {
    assert!(caught().count() >= FEWEST);
}

/// Returns the rules that cases name.
fn caught() -> impl Iterator<Item = &'static Rule> {
    rules().filter(|rule| !rule.cases.is_empty())
}

fn next<T: Iterator>(waiting: &Mutex<T>) -> Option<T::Item> {
    waiting.lock().expect("no thread panics").next()
}

/// Says what is wrong where a case came to another verdict.
fn complaint(verdicts: &Verdicts, case: &str, expected: Verdict) -> Option<String> {
    match verdicts.get(case) {
        Some((verdict, _)) if *verdict == expected => None,
        Some((verdict, why)) => Some(format!(
            "{case}: {verdict:?} instead of {expected:?}: {why}"
        )),
        None => Some(format!("{case}: there is no such case")),
    }
}
