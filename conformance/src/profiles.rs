//! The OASIS profiles: which conditions each has, on which cases they rest, and whether a module meets them.
//!
//! | module | what it is |
//! |---|---|
//! | `table` | the profiles and their conditions |

mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use cryptoki_sys::CK_PROFILE_ID;

use crate::c::names;
use crate::catalogue::{self, matches};
use crate::report::model::{CaseResult, Clause, Level, Profile, Report, Verdict};
use table::{Condition, Definition, Rests};

/// The document whose conditions these are.
const DOCUMENT: &str = "PKCS#11 Profiles 3.2";

/// Returns the names by which `--profile` knows the profiles.
pub(crate) fn names() -> Vec<&'static str> {
    table::PROFILES
        .iter()
        .map(|profile| profile.short)
        .collect()
}

/// Returns the patterns of the cases that a profile rests on, and those of the profiles that it builds on; none without such a
/// profile.
pub(crate) fn patterns(short: &str) -> Option<Vec<String>> {
    let definition = table::find(short)?;
    Some(rests_on(definition).into_iter().map(Into::into).collect())
}

/// Judges every profile whose cases have all been chosen for the run.
///
/// `claimed` is what the token's profile objects say.
pub(crate) fn judge(results: &[CaseResult], claimed: &[CK_PROFILE_ID]) -> Vec<Profile> {
    let tried: BTreeSet<_> = results.iter().map(|result| result.case.as_str()).collect();
    let cases = catalogue::cases();
    let left_out: Vec<_> = cases
        .iter()
        .map(|case| case.id.as_str())
        .filter(|id| !tried.contains(id))
        .collect();
    let chosen = |definition: &&Definition| {
        let patterns = rests_on(definition);
        let rests_on = |id: &&str| patterns.iter().any(|pattern| matches(pattern, id));
        !left_out.iter().any(rests_on)
    };
    table::PROFILES
        .iter()
        .filter(chosen)
        .map(|definition| profile(definition, results, claimed))
        .collect()
}

/// Judges the profiles of a report again, after its verdicts have changed.
pub(crate) fn judge_again(report: &mut Report) {
    let claimed: Vec<_> = table::PROFILES
        .iter()
        .filter(|definition| {
            let claims = |profile: &Profile| profile.name == definition.name && profile.claimed;
            report.profiles.iter().any(claims)
        })
        .map(|definition| definition.id)
        .collect();
    report.profiles = judge(&report.results, &claimed);
}

fn rests_on(definition: &Definition) -> Vec<&'static str> {
    let mut all = Vec::new();
    for condition in definition.conditions {
        match condition.rests {
            Rests::Claim(patterns) | Rests::Cases(patterns) => all.extend(patterns),
            Rests::Profiles(shorts) => {
                let others = shorts.iter().filter_map(|short| table::find(short));
                all.extend(others.flat_map(rests_on));
            }
        }
    }
    all
}

fn profile(definition: &Definition, results: &[CaseResult], claimed: &[CK_PROFILE_ID]) -> Profile {
    let clauses: Vec<_> = definition
        .conditions
        .iter()
        .map(|condition| clause(definition, condition, results))
        .collect();
    Profile {
        name: definition.name.to_owned(),
        id: names::name(names::PROFILES, definition.id),
        claimed: claimed.contains(&definition.id),
        met: meets(definition, results),
        clauses,
    }
}

/// Tells whether every condition of a profile is met: the profile object apart, which is the claim and not its substance.
fn meets(definition: &Definition, results: &[CaseResult]) -> bool {
    definition
        .conditions
        .iter()
        .filter(|condition| !matches!(condition.rests, Rests::Claim(_)))
        .all(|condition| verdict(condition, results).0 == Verdict::Pass)
}

fn clause(definition: &Definition, condition: &Condition, results: &[CaseResult]) -> Clause {
    let (verdict, cases) = verdict(condition, results);
    let number = if condition.number.is_empty() {
        String::new()
    } else {
        format!(" ({})", condition.number)
    };
    Clause {
        section: format!("{DOCUMENT} §{}{number}", definition.section),
        requirement: condition.requirement.to_owned(),
        verdict,
        cases,
    }
}

/// Judges a condition, and names the cases that decide it.
fn verdict(condition: &Condition, results: &[CaseResult]) -> (Verdict, Vec<String>) {
    match condition.rests {
        Rests::Claim(patterns) | Rests::Cases(patterns) => by_cases(patterns, results),
        Rests::Profiles(shorts) => (by_profiles(shorts, results), Vec::new()),
    }
}

/// A condition that is other profiles is met where each of them is.
fn by_profiles(shorts: &[&str], results: &[CaseResult]) -> Verdict {
    let others = shorts.iter().filter_map(|short| table::find(short));
    let conditions = others.flat_map(|other| other.conditions);
    let verdicts = conditions
        .filter(|condition| !matches!(condition.rests, Rests::Claim(_)))
        .map(|condition| verdict(condition, results).0);
    worst(verdicts)
}

/// A condition is met where for each of its patterns a case passed, and no case of what a module must do failed.
fn by_cases(patterns: &[&str], results: &[CaseResult]) -> (Verdict, Vec<String>) {
    let judged: Vec<_> = patterns
        .iter()
        .map(|pattern| by_pattern(pattern, results))
        .collect();
    let verdict = worst(judged.iter().map(|(verdict, _)| *verdict));
    let mut cases = Vec::new();
    for (_, deciding) in judged.into_iter().filter(|(one, _)| *one == verdict) {
        for case in deciding {
            if !cases.contains(&case) {
                cases.push(case);
            }
        }
    }
    (verdict, cases)
}

fn by_pattern(pattern: &str, results: &[CaseResult]) -> (Verdict, Vec<String>) {
    let named: Vec<_> = results
        .iter()
        .filter(|result| matches(pattern, &result.case))
        .collect();
    let of = |verdict: Verdict| {
        let counts = |result: &&&CaseResult| {
            let bad = matches!(verdict, Verdict::Fail | Verdict::Known);
            result.verdict == verdict && !(bad && result.level == Level::Should)
        };
        named
            .iter()
            .filter(counts)
            .map(|result| result.case.clone())
            .collect::<Vec<_>>()
    };
    let order = [
        Verdict::Fail,
        Verdict::Known,
        Verdict::Pass,
        Verdict::Skipped,
        Verdict::NotApplicable,
    ];
    order
        .into_iter()
        .map(|verdict| (verdict, of(verdict)))
        .find(|(_, cases)| !cases.is_empty())
        .unwrap_or((Verdict::Skipped, Vec::new()))
}

/// The verdict that decides among several: what was broken, then what is lacking, then what nobody has tried.
fn worst(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Fail => 4,
        Verdict::Known => 3,
        Verdict::NotApplicable => 2,
        Verdict::Skipped => 1,
        Verdict::Pass => 0,
    };
    verdicts.max_by_key(rank).unwrap_or(Verdict::Skipped)
}
