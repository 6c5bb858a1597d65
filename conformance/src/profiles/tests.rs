//! Tests of the judging, on results that are made up.

use super::*;

/// Results of every case of the suite, all passed.
fn all_passed() -> Vec<CaseResult> {
    let cases = catalogue::cases();
    let pass = |case| CaseResult {
        verdict: Verdict::Pass,
        ..crate::child::empty_result(case)
    };
    cases.iter().map(pass).collect()
}

/// Gives cases another verdict.
fn set(results: &mut [CaseResult], pattern: &str, verdict: Verdict) {
    let mut changed = 0;
    for result in results {
        if matches(pattern, &result.case) {
            result.verdict = verdict;
            changed += 1;
        }
    }
    assert!(changed > 0, "{pattern} names a case");
}

fn named<'a>(profiles: &'a [Profile], name: &str) -> &'a Profile {
    profiles.iter().find(|one| one.name == name).unwrap()
}

/// Returns the verdict on the clause with this number.
fn verdict_on(profile: &Profile, number: &str) -> Verdict {
    let end = format!("({number})");
    let clause = profile
        .clauses
        .iter()
        .find(|one| one.section.ends_with(&end));
    clause.unwrap().verdict
}

#[test]
fn every_pattern_names_a_case() {
    let cases = catalogue::cases();
    for definition in table::PROFILES {
        for pattern in rests_on(definition) {
            let named = cases.iter().any(|case| matches(pattern, &case.id));
            assert!(named, "{}: {pattern} names no case", definition.short);
        }
    }
}

#[test]
fn every_case_of_the_area_is_part_of_a_profile_or_about_all() {
    let patterns: Vec<_> = table::PROFILES.iter().flat_map(rests_on).collect();
    let about_all = [
        "profile.claim.known",
        "profile.claim.logged-in",
        "profile.claim.unchangeable",
    ];
    for case in catalogue::cases()
        .iter()
        .filter(|case| case.area() == "profile")
    {
        let used = patterns.iter().any(|pattern| matches(pattern, &case.id));
        assert!(
            used || about_all.contains(&case.id.as_str()),
            "{} decides nothing",
            case.id
        );
    }
}

#[test]
fn a_module_that_does_everything_meets_every_profile() {
    let profiles = judge(&all_passed(), &[]);
    assert_eq!(profiles.len(), table::PROFILES.len());
    for profile in profiles {
        assert!(profile.met, "{}", profile.name);
        assert!(!profile.claimed, "{}", profile.name);
    }
}

#[test]
fn one_failure_breaks_the_clause_the_profile_and_what_is_built_on_it() {
    let mut results = all_passed();
    set(&mut results, "slot.list.count", Verdict::Fail);
    let profiles = judge(&results, &[]);
    let baseline = named(&profiles, "Baseline Provider");
    assert_eq!(verdict_on(baseline, "5"), Verdict::Fail);
    assert_eq!(verdict_on(baseline, "7"), Verdict::Pass);
    let clause = baseline
        .clauses
        .iter()
        .find(|one| one.verdict == Verdict::Fail);
    assert_eq!(clause.unwrap().cases, ["slot.list.count"]);
    for profile in &profiles {
        assert!(!profile.met, "{}", profile.name);
    }
    assert_eq!(
        verdict_on(named(&profiles, "Extended Provider"), "2"),
        Verdict::Fail
    );
}

#[test]
fn what_an_extended_provider_lacks_leaves_the_baseline_alone() {
    let mut results = all_passed();
    set(&mut results, "login.named", Verdict::NotApplicable);
    let profiles = judge(&results, &[]);
    assert!(named(&profiles, "Baseline Provider").met);
    let extended = named(&profiles, "Extended Provider");
    assert!(!extended.met);
    assert_eq!(verdict_on(extended, "6"), Verdict::NotApplicable);
}

#[test]
fn a_known_failure_meets_nothing() {
    let mut results = all_passed();
    set(&mut results, "mechanism.info.unknown", Verdict::Known);
    let extended = judge(&results, &[]);
    let extended = named(&extended, "Extended Provider");
    assert_eq!(verdict_on(extended, "8"), Verdict::Known);
    assert!(!extended.met);
}

#[test]
fn what_nobody_tried_meets_nothing() {
    let mut results = all_passed();
    set(&mut results, "profile.hkdf-tls.iv", Verdict::Skipped);
    let profiles = judge(&results, &[]);
    let token = named(&profiles, "HKDF TLS Token");
    assert_eq!(verdict_on(token, "7 i"), Verdict::Skipped);
    assert!(!token.met);
}

#[test]
fn one_pass_of_a_family_is_enough_where_the_others_do_not_apply() {
    let mut results = all_passed();
    set(&mut results, "login.named", Verdict::NotApplicable);
    set(&mut results, "login.named.already-logged-in", Verdict::Pass);
    assert!(named(&judge(&results, &[]), "Extended Provider").met);
}

#[test]
fn a_recommendation_that_fails_does_not_break_a_profile() {
    let mut results = all_passed();
    set(&mut results, "slot.list.count", Verdict::Fail);
    let failed = results.iter_mut().find(|one| one.case == "slot.list.count");
    failed.unwrap().level = Level::Should;
    assert!(named(&judge(&results, &[]), "Baseline Provider").met);
}

#[test]
fn the_claim_is_told_apart_from_what_it_claims() {
    let mut results = all_passed();
    set(&mut results, "profile.claim", Verdict::NotApplicable);
    let claims = [cryptoki_sys::CKP_EXTENDED_PROVIDER];
    let profiles = judge(&results, &claims);
    let baseline = named(&profiles, "Baseline Provider");
    assert!(baseline.met && !baseline.claimed);
    let extended = named(&profiles, "Extended Provider");
    assert!(extended.met && extended.claimed);
    assert_eq!(extended.id, "CKP_EXTENDED_PROVIDER");
}

#[test]
fn a_profile_is_judged_only_where_all_of_its_cases_were_chosen() {
    let results: Vec<_> = all_passed()
        .into_iter()
        .filter(|result| result.case != "profile.extended.sequence-1")
        .collect();
    let judged: Vec<_> = judge(&results, &[]).into_iter().map(|one| one.id).collect();
    assert!(judged.contains(&"CKP_BASELINE_PROVIDER".to_owned()));
    assert!(!judged.contains(&"CKP_EXTENDED_PROVIDER".to_owned()));
    assert!(!judged.contains(&"CKP_COMPLETE_PROVIDER".to_owned()));
}

#[test]
fn the_patterns_of_a_profile_choose_its_cases() {
    let patterns = patterns("extended").unwrap();
    let results: Vec<_> = all_passed()
        .into_iter()
        .filter(|result| {
            patterns
                .iter()
                .any(|pattern| matches(pattern, &result.case))
        })
        .collect();
    let judged: Vec<_> = judge(&results, &[])
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(judged, ["Baseline Provider", "Extended Provider"]);
    assert!(super::patterns("none").is_none());
}
