//! The forms for machines and for terminals: JSON, JUnit XML, the comparison, the summary.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use conformance::report::compare::{self, Show};
use conformance::report::json::{self, Error};
use conformance::report::model::{Level, Measurement, Report, Verdict};
use conformance::report::{junit, summary};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::sample::{self, CAREFUL, CARELESS};

/// Returns the only result that there is for a case.
fn find<'a>(report: &'a Report, case: &str) -> &'a conformance::report::model::CaseResult {
    let results = report.results.iter();
    let found: Vec<_> = results.filter(|result| result.case == case).collect();
    assert_eq!(found.len(), 1, "{case}");
    found[0]
}

fn first(report: &Report, verdict: Verdict) -> &conformance::report::model::CaseResult {
    let mut results = report.results.iter();
    results.find(|result| result.verdict == verdict).unwrap()
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    fs::write(&path, "what was there before").unwrap();
    let report = sample::report(&CARELESS);
    json::write(&report, &path).unwrap();
    assert_eq!(json::read(&path).unwrap(), report);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside it");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o400, 0o400);
    assert_eq!(mode & 0o111, 0);
}

#[test]
fn a_report_of_another_form_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    // What else stands in it does not matter: the form may have changed altogether.
    fs::write(
        &path,
        r#"{ "format": 7, "suite": "9.1.0", "verdicts": {} }"#,
    )
    .unwrap();
    let error = json::read(&path).unwrap_err();
    assert!(matches!(error, Error::Format { found: 7, .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("run.json has form 7"), "{text}");
    assert!(text.contains("dew-conformance 9.1.0"), "{text}");
}

#[test]
fn what_is_no_report_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    for content in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"format": 1}"#,
        r#"{"format": "1"}"#,
        "\u{0}",
    ] {
        fs::write(&path, content).unwrap();
        let error = json::read(&path).unwrap_err();
        assert!(
            matches!(error, Error::NotReport { .. }),
            "{content:?}: {error:?}"
        );
    }
    let error = json::read(&folder.path().join("none.json")).unwrap_err();
    assert!(matches!(error, Error::Read { .. }), "{error:?}");
}

#[test]
fn a_file_that_is_too_large_is_not_read_to_its_end() {
    let file = tempfile::NamedTempFile::new().unwrap();
    // A hole, which takes no room on the disk.
    file.as_file().set_len(json::MAX_BYTES + 1).unwrap();
    let error = json::read(file.path()).unwrap_err();
    assert!(error.to_string().contains("larger than 256 MiB"), "{error}");
}

#[test]
fn a_number_that_json_cannot_hold_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    let mut report = sample::report(&CAREFUL);
    report.performance.push(Measurement {
        per_second: f64::INFINITY,
        ..report.performance[0].clone()
    });
    let error = json::write(&report, &path).unwrap_err();
    assert!(error.to_string().contains("CKM_RSA_PKCS_PSS"), "{error}");
    assert!(!path.exists());
}

#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    fs::create_dir(&path).unwrap();
    let error = json::write(&sample::report(&CAREFUL), &path).unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// A test case as a CI system reads it.
#[derive(Debug, Default, PartialEq)]
struct Test {
    suite: String,
    name: String,
    /// The element that says it did not pass, its message, its type, its text.
    outcome: Option<(String, String, String, String)>,
}

fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    let value = element.try_get_attribute(name).unwrap();
    value
        .map(|value| {
            value
                .normalized_value(XmlVersion::Implicit1_0)
                .unwrap()
                .into_owned()
        })
        .unwrap_or_default()
}

/// Adds to the text of the outcome that is being read.
fn add(tests: &mut [Test], text: &str) {
    if let Some(outcome) = tests.last_mut().and_then(|test| test.outcome.as_mut()) {
        outcome.3.push_str(text);
    }
}

/// Reads JUnit XML: what all suites say that they count, and the tests.
fn tests(text: &str) -> ([usize; 3], Vec<Test>) {
    let (mut reader, mut tests, mut suite) =
        (Reader::from_str(text), Vec::<Test>::new(), String::new());
    let mut counted = [0; 3];
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return (counted, tests),
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                "testsuite" => {
                    suite = attribute(&element, "name");
                    for (sum, name) in counted.iter_mut().zip(["tests", "failures", "skipped"]) {
                        *sum += attribute(&element, name).parse::<usize>().unwrap();
                    }
                }
                "testcase" => tests.push(Test {
                    suite: suite.clone(),
                    name: attribute(&element, "name"),
                    outcome: None,
                }),
                kind @ ("failure" | "skipped") => {
                    let [message, level] =
                        ["message", "type"].map(|name| attribute(&element, name));
                    tests.last_mut().unwrap().outcome =
                        Some((kind.to_owned(), message, level, String::new()));
                }
                _ => {}
            },
            Event::Text(text) => add(&mut tests, &text),
            Event::GeneralRef(entity) => {
                add(&mut tests, resolve_predefined_entity(&entity).unwrap());
            }
            _ => {}
        }
    }
}

#[test]
fn junit_tells_each_case_as_a_ci_system_reads_it() {
    let report = sample::report(&CARELESS);
    let (counted, tests) = tests(&junit::render(&report));
    let with = |verdicts: &[Verdict]| {
        let results = report.results.iter();
        results
            .filter(|result| verdicts.contains(&result.verdict))
            .count()
    };
    let skipped = [Verdict::Known, Verdict::NotApplicable, Verdict::Skipped];
    assert_eq!(
        counted,
        [report.results.len(), with(&[Verdict::Fail]), with(&skipped)]
    );
    assert_eq!(tests.len(), report.results.len());
    for (test, result) in tests.iter().zip(&report.results) {
        assert_eq!(
            (test.suite.as_str(), &test.name),
            (result.area(), &result.case)
        );
        let outcome = test.outcome.as_ref().map(|outcome| outcome.0.as_str());
        let expected = match result.verdict {
            Verdict::Pass => None,
            Verdict::Fail => Some("failure"),
            _ => Some("skipped"),
        };
        assert_eq!(outcome, expected, "{}", result.case);
    }
}

#[test]
fn junit_tells_all_that_is_known_about_a_failure() {
    let report = sample::report(&CARELESS);
    let (_, tests) = tests(&junit::render(&report));
    let outcome = |case: &str| {
        let test = tests.iter().find(|test| test.name == case).unwrap();
        test.outcome.clone().unwrap()
    };
    let failure = first(&report, Verdict::Fail);
    let (_, message, level, body) = outcome(&failure.case);
    assert_eq!(
        message,
        format!("expected {}, got {}", failure.expected, failure.got)
    );
    assert_eq!(level, "MUST");
    for told in [&failure.requirement, &failure.section, &failure.note]
        .into_iter()
        .chain(&failure.calls)
    {
        assert!(body.contains(told.as_str()), "{told} is not in {body}");
    }
    let known = first(&report, Verdict::Known);
    assert_eq!(outcome(&known.case).1, format!("known: {}", known.note));
    let absent = first(&report, Verdict::NotApplicable);
    assert_eq!(
        outcome(&absent.case).1,
        format!("not applicable: {}", absent.note)
    );
}

/// Two small runs: one case that differs, one that does not, one that each has alone.
fn pair() -> [Report; 2] {
    let mut reports = [sample::report(&CAREFUL), sample::report(&CAREFUL)];
    for report in &mut reports {
        report.results.truncate(3);
        for (result, verdict) in report.results.iter_mut().zip([Verdict::Pass; 3]) {
            result.verdict = verdict;
        }
    }
    reports[1].results[0].verdict = Verdict::Fail;
    reports[1].results[2].case = "attack.its.own".to_owned();
    reports[1].module.library_version = "4.3".to_owned();
    reports
}

#[test]
fn a_comparison_tells_what_differs() {
    let comparison = compare::matrix(&pair());
    assert_eq!(comparison.modules, ["Harbour HSM 4.2", "Harbour HSM 4.3"]);
    let rows: Vec<_> = comparison
        .cases
        .iter()
        .map(|case| (case.case.as_str(), case.verdicts.clone(), case.differs))
        .collect();
    let pass = Some(Verdict::Pass);
    assert_eq!(
        rows,
        [
            (
                "general.initialize.length-first",
                vec![pass, Some(Verdict::Fail)],
                true
            ),
            ("general.initialize.short-buffer", vec![pass, pass], false),
            ("general.initialize.null-argument", vec![pass, None], false),
            ("attack.its.own", vec![None, pass], false),
        ]
    );
    let areas: Vec<_> = comparison
        .areas
        .iter()
        .map(|area| area.area.as_str())
        .collect();
    assert_eq!(areas, ["general", "attack"]);
    assert_eq!(
        (
            comparison.areas[0].counts[1].pass,
            comparison.areas[0].counts[1].fail
        ),
        (1, 1)
    );
}

#[test]
fn a_comparison_shows_differences_or_all() {
    let comparison = compare::matrix(&pair());
    let line = |text: &str, case: &str| {
        let line = text
            .lines()
            .find(|line| line.split_whitespace().next() == Some(case));
        line.map(|line| {
            line.split_whitespace()
                .skip(1)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
    };
    let differences = comparison.text(Show::Differences);
    assert_eq!(
        line(&differences, "general.initialize.length-first").unwrap(),
        ["pass", "fail"]
    );
    // A module that was not asked differs from none.
    assert_eq!(line(&differences, "general.initialize.null-argument"), None);
    assert_eq!(line(&differences, "general.initialize.short-buffer"), None);
    let head = "4 cases, 2 of them in more than one report, 1 not the same for all modules.";
    assert!(differences.contains(head), "{differences}");
    let all = comparison.text(Show::All);
    assert_eq!(
        line(&all, "general.initialize.null-argument").unwrap(),
        ["pass", "—"]
    );
    assert_eq!(line(&all, "attack.its.own").unwrap(), ["—", "resists"]);
    assert_eq!(
        line(&all, "general.initialize.short-buffer").unwrap(),
        ["pass", "pass"]
    );
}

#[test]
fn a_comparison_tells_how_much_it_compared() {
    let head = |reports: &[Report]| {
        let text = compare::matrix(reports).text(Show::Differences);
        text.lines().last().unwrap_or_default().to_owned()
    };
    let [mut one, mut other] = pair();
    other.results = one.results.clone();
    assert_eq!(
        head(&[one.clone(), other.clone()]),
        "3 cases, and no difference between the modules."
    );
    other.results[0].case = "attack.its.own".to_owned();
    assert_eq!(
        head(&[one.clone(), other.clone()]),
        "4 cases, 2 of them in more than one report, and no difference between the modules."
    );
    one.results.truncate(1);
    other.results.truncate(1);
    assert_eq!(
        head(&[one, other]),
        "2 cases, none of them in more than one report: there is nothing to compare."
    );
}

#[test]
fn a_comparison_is_json_for_programs() {
    let json: serde_json::Value =
        serde_json::from_str(&compare::matrix(&pair()).json().unwrap()).unwrap();
    assert_eq!(
        json["cases"][0]["verdicts"],
        serde_json::json!(["pass", "fail"])
    );
    assert_eq!(
        json["cases"][3]["verdicts"],
        serde_json::json!([null, "pass"])
    );
    assert_eq!(json["areas"][0]["counts"][0]["not-applicable"], 0);
}

#[test]
fn two_runs_of_one_module_have_two_titles() {
    let reports = vec![sample::report(&CAREFUL); 2];
    assert_eq!(
        compare::matrix(&reports).modules,
        ["Harbour HSM 4.2 #1", "Harbour HSM 4.2 #2"]
    );
}

#[test]
fn the_summary_tells_what_came_out() {
    let report = sample::report(&CARELESS);
    let text = summary::text(&report);
    let all = text
        .lines()
        .find(|line| line.trim_start().starts_with("all "))
        .unwrap();
    let numbers: Vec<usize> = all
        .split_whitespace()
        .skip(1)
        .map(|number| number.parse().unwrap())
        .collect();
    let count = |verdict| {
        report
            .results
            .iter()
            .filter(|result| result.verdict == verdict)
            .count()
    };
    let expected = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Known,
        Verdict::NotApplicable,
        Verdict::Skipped,
    ];
    assert_eq!(numbers, expected.map(count));
    let failures = report
        .results
        .iter()
        .filter(|result| result.verdict == Verdict::Fail);
    for failure in failures {
        let line = text
            .lines()
            .find(|line| line.contains(&format!(" {} [", failure.case)))
            .unwrap();
        for told in [&failure.section, &failure.expected, &failure.got] {
            assert!(line.contains(told.as_str()), "{line}");
        }
        assert_eq!(
            line.starts_with("falls"),
            failure.area() == "attack",
            "{line}"
        );
    }
    assert!(text.contains("dew-conformance explain general.initialize.not-logged-in"));
    assert!(text.contains("met: Baseline Provider; claimed, not met: Extended Provider;"));
    assert!(text.contains("Attacks   resists 34; falls 2; not applicable 3; skipped 1"));
    assert!(text.ends_with("Breaks 23 requirements and 3 recommendations besides 10 known failures, and falls to 2 attacks.\n"));
}

#[test]
fn the_summary_of_a_run_without_failures_is_short() {
    let mut report = sample::report(&CAREFUL);
    report
        .results
        .retain(|result| result.verdict == Verdict::Pass);
    assert_eq!(
        find(&report, "general.getinfo.padding").level,
        Level::Should
    );
    let text = summary::text(&report);
    assert!(text.trim_start().starts_with("area"), "{text}");
    assert!(!text.contains("explain"), "{text}");
    assert!(text.ends_with("Keeps every requirement that was tested.\n"));
}
