//! The same random calls on two modules, and what they answered differently.

mod explanations;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::random::Step;
use crate::report::model::{Difference, Differential};
use crate::run::play;
use crate::target::Target;

/// Plays the same game on two modules and compares.
///
/// # Errors
/// If one of them cannot be loaded, or does not come to the end of the game.
pub(crate) fn run(target: &Target, other: &Target) -> Result<Differential> {
    let (theirs, steps) = play(other, target.seed, target.rounds)?;
    let (_, ours) = play(target, target.seed, target.rounds)?;
    if ours.len() != steps.len() {
        bail!(
            "the two games have {} and {} calls",
            ours.len(),
            steps.len()
        );
    }
    Ok(compare(theirs.module.name, target.seed, &ours, &steps))
}

/// Compares two games step by step. What depends on something that already went apart is a consequence, and not counted again.
fn compare(other: String, seed: u64, ours: &[Step], theirs: &[Step]) -> Differential {
    let mut apart: BTreeSet<&str> = BTreeSet::new();
    let mut differences: BTreeMap<(String, String, String), Difference> = BTreeMap::new();
    let (mut calls, mut same) = (0, 0);
    for (this, that) in ours.iter().zip(theirs) {
        let consequence = this.uses.iter().any(|thing| apart.contains(thing.as_str()));
        let equal = this.rv == that.rv && this.gave == that.gave;
        for thing in &this.changes {
            if equal && !consequence {
                apart.remove(thing.as_str());
            } else {
                apart.insert(thing);
            }
        }
        if consequence {
            continue;
        }
        calls += 1;
        if equal {
            same += 1;
        } else {
            note(&mut differences, this, that);
        }
    }
    let mut differences: Vec<_> = differences.into_values().collect();
    differences.sort_by_key(|difference| std::cmp::Reverse(difference.count));
    Differential {
        other,
        seed,
        calls,
        same,
        differences,
    }
}

fn note(
    differences: &mut BTreeMap<(String, String, String), Difference>,
    this: &Step,
    that: &Step,
) {
    let answers = (answer(this, that), answer(that, this));
    let key = (this.function.clone(), answers.0.clone(), answers.1.clone());
    let entry = differences.entry(key).or_insert_with(|| Difference {
        function: this.function.clone(),
        explanation: explanations::explain(&this.function, &answers.0, &answers.1).to_owned(),
        this: answers.0,
        other: answers.1,
        count: 0,
        example: this.call.clone(),
    });
    entry.count += 1;
}

/// What a step answered: its code, and what it gave where the codes are equal.
fn answer(step: &Step, beside: &Step) -> String {
    if step.rv == beside.rv {
        format!("{} ({})", step.rv, step.gave)
    } else {
        step.rv.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(rv: &str, uses: &[&str], changes: &[&str]) -> Step {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Step {
            function: "C_Sign".to_owned(),
            call: "a call".to_owned(),
            rv: rv.to_owned(),
            gave: String::new(),
            uses: owned(uses),
            changes: owned(changes),
        }
    }

    #[test]
    fn a_consequence_is_not_counted_again() {
        let ours = [
            step("CKR_OK", &[], &["a"]),
            step("CKR_OK", &["a"], &["b"]),
            step("CKR_OK", &["b"], &[]),
            step("CKR_OK", &[], &["a"]),
            step("CKR_OK", &["a"], &[]),
        ];
        let theirs = [
            step("CKR_HOST_MEMORY", &[], &["a"]),
            step("CKR_X", &["a"], &["b"]),
            step("CKR_X", &["b"], &[]),
            step("CKR_OK", &[], &["a"]),
            step("CKR_Y", &["a"], &[]),
        ];
        let outcome = compare("other".to_owned(), 1, &ours, &theirs);
        assert_eq!((outcome.calls, outcome.same), (3, 1));
        let found: Vec<_> = outcome
            .differences
            .iter()
            .map(|difference| difference.other.as_str())
            .collect();
        assert_eq!(found, ["CKR_HOST_MEMORY", "CKR_Y"]);
    }
}
