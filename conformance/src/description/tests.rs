use std::path::Path;

use super::builtin::FILES;
use super::*;
use crate::report::model::{CaseResult, FORMAT, Level, Module, Report, Verdict};

const SMALL: &str = r#"
    name = "Small"
    [module]
    manufacturer = "Small"
    [[known]]
    number = 4
    cases = ["session.open.*"]
    reason = "It is small."
    since = "1.2"
    until = "2.0"
"#;

fn parse(text: &str) -> Result<Description, Error> {
    Description::parse(text, Path::new("small.toml"))
}

fn result(case: &str, verdict: Verdict) -> CaseResult {
    CaseResult {
        case: case.to_owned(),
        requirement: "It does.".to_owned(),
        section: "PKCS#11 3.1 §5.6.1".to_owned(),
        level: Level::Must,
        verdict,
        expected: String::new(),
        got: String::new(),
        note: String::new(),
        calls: Vec::new(),
        vectors: None,
        milliseconds: 0.0,
    }
}

fn report(version: &str, results: Vec<CaseResult>) -> Report {
    Report {
        format: FORMAT,
        suite: "0.1.0".to_owned(),
        started: "2026-01-01T00:00:00Z".to_owned(),
        seconds: 0.0,
        command: String::new(),
        module: Module {
            library_version: version.to_owned(),
            ..Module::default()
        },
        results,
        profiles: Vec::new(),
        performance: Vec::new(),
        differential: None,
    }
}

#[test]
fn every_description_of_ours_is_one() {
    for (name, text) in FILES {
        let parsed = Description::parse(text, Path::new(name));
        assert!(parsed.is_ok(), "{name}: {:?}", parsed.err());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("descriptions");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            FILES.iter().any(|file| file.0 == name),
            "{name} is not carried"
        );
    }
}

#[test]
fn each_module_finds_its_own() {
    let check = |manufacturer: &str, description: &str, path: &str, expected: Option<&str>| {
        let module = Module {
            manufacturer: manufacturer.to_owned(),
            description: description.to_owned(),
            path: path.to_owned(),
            ..Module::default()
        };
        let found = Description::find_for(&module).map(|found| found.name);
        assert_eq!(
            found.as_deref(),
            expected,
            "{manufacturer}, {description}, {path}"
        );
    };
    let softhsm = "/usr/lib/softhsm/libsofthsm2.so";
    check(
        "SoftHSM",
        "Implementation of PKCS11",
        softhsm,
        Some("SoftHSM2"),
    );
    check("Dew", "Dew PKCS#11 module", "libdew.so", Some("Dew"));
    check("", "", "/opt/libkryoptic_pkcs11.so", Some("Kryoptic"));
    check(
        "OpenSC Project",
        "OpenSC smartcard framework",
        "opensc-pkcs11.so",
        Some("OpenSC"),
    );
    check(
        "SafeNet",
        "Chrystoki",
        "libCryptoki2.so",
        Some("Thales Luna"),
    );
    check(
        "",
        "",
        "/opt/cloudhsm/lib/libcloudhsm_pkcs11.so",
        Some("AWS CloudHSM"),
    );
    check("Nobody", "Nothing", "/nowhere/module.so", None);
}

#[test]
fn a_known_failure_is_marked_with_its_reason() {
    let failed = result("session.open.read-write", Verdict::Fail);
    let other = result("session.close.once", Verdict::Fail);
    let mut report = report("1.5", vec![failed, other]);
    let stale = parse(SMALL).unwrap().apply(&mut report);
    assert_eq!(stale, []);
    assert_eq!(report.module.name, "Small");
    assert_eq!(report.results[0].verdict, Verdict::Known);
    assert_eq!(report.results[0].note, "Known departure 4: It is small.");
    assert_eq!(report.results[1].verdict, Verdict::Fail);
}

#[test]
fn a_departure_counts_for_its_versions_only() {
    let check = |version, expected| {
        let failed = result("session.open.read-write", Verdict::Fail);
        let mut report = report(version, vec![failed]);
        parse(SMALL).unwrap().apply(&mut report);
        assert_eq!(report.results[0].verdict, expected, "{version}");
    };
    check("1.1", Verdict::Fail);
    check("1.2", Verdict::Known);
    check("1.19", Verdict::Known);
    check("2.0", Verdict::Fail);
}

#[test]
fn an_entry_whose_cases_all_pass_is_stale() {
    let check = |verdicts: [Verdict; 2], expected: &[&str]| {
        let names = ["session.open.read-write", "session.open.read-only"];
        let results = names
            .iter()
            .zip(verdicts)
            .map(|(name, verdict)| result(name, verdict));
        let mut report = report("1.5", results.collect());
        let stale = parse(SMALL).unwrap().apply(&mut report);
        let passed: Vec<_> = stale.iter().flat_map(|stale| stale.passed.iter()).collect();
        assert_eq!(passed, expected, "{verdicts:?}");
    };
    check(
        [Verdict::Pass, Verdict::Pass],
        &["session.open.read-write", "session.open.read-only"],
    );
    check([Verdict::Pass, Verdict::Fail], &[]);
    check(
        [Verdict::Pass, Verdict::NotApplicable],
        &["session.open.read-write"],
    );
    check([Verdict::Skipped, Verdict::NotApplicable], &[]);
}

#[test]
fn an_entry_of_chance_is_never_stale() {
    let text = SMALL.replace("number = 4", "number = 4\nsometimes = true");
    let check = |verdict, expected| {
        let mut report = report("1.5", vec![result("session.open.read-write", verdict)]);
        assert_eq!(parse(&text).unwrap().apply(&mut report), []);
        assert_eq!(report.results[0].verdict, expected);
    };
    check(Verdict::Pass, Verdict::Pass);
    check(Verdict::Fail, Verdict::Known);
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let check = |from: &str, to: &str, expected: &str| {
        let text = SMALL.replace(from, to);
        assert_ne!(text, SMALL, "{from} is not there");
        let error = parse(&text).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        let said = format!("{error} {}", source.unwrap_or_default());
        assert!(said.contains(expected), "{said}");
    };
    check("name =", "nam =", "unknown field `nam`");
    check(r#""Small""#, r#"" ""#, "`name` is empty");
    check(r#"manufacturer = "Small""#, "", "[module] needs one of");
    check(
        "session.open.*",
        "session.opne.*",
        "no case is named session.opne.*",
    );
    check(r#""1.2""#, r#""1""#, "is not a version");
    check(r#""1.2""#, r#""2.0""#, "only until 2.0");
    check("It is small.", " ", "has no `reason`");
    check(
        "[[known]]",
        "[missing]\nfunctions = [\"C_Sing\"]\n[[known]]",
        "no function C_Sing",
    );
    check(
        "[[known]]",
        "[pin]\nmin = 9\nmax = 8\n[[known]]",
        "`min` of 9",
    );
    let twice = SMALL.split_at(SMALL.find("[[known]]").unwrap()).1;
    check(
        "[[known]]",
        &format!("{twice}[[known]]"),
        "two known departures 4",
    );
}

#[test]
fn a_slot_is_chosen_as_written() {
    let check = |slot: &str, expected: Choice| {
        let text = SMALL.replace("[[known]]", &format!("[token]\nslot = {slot}\n[[known]]"));
        assert_eq!(parse(&text).unwrap().choice(), expected, "{slot}");
    };
    check(r#""first""#, Choice::First);
    check("{ number = 7 }", Choice::Slot(7));
    check(r#"{ label = "mine" }"#, Choice::Label("mine".to_owned()));
}
