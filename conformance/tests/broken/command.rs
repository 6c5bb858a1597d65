//! What the program says and answers to whoever calls it.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use conformance::report::json;
use conformance::report::model::{Report, Verdict};

use crate::suite::{Suite, broken, program, soft_hsm};

/// Runs a command; returns its exit code, and what it said to both streams.
fn said(command: &mut Command) -> (Option<i32>, String) {
    let output = command
        .output()
        .expect("the program is built with the test");
    let streams = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&streams).into_owned(),
    )
}

/// Runs a command that has to end with this exit code and say all of this.
fn check(command: &mut Command, code: i32, texts: &[&str]) {
    let (got, said) = said(command);
    assert_eq!(got, Some(code), "{said}");
    for text in texts {
        assert!(said.contains(text), "{text:?} is not in: {said}");
    }
}

/// Runs a command that writes a report, and returns that.
fn report(command: &mut Command) -> Report {
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let path = folder.path().join("report.json");
    let (_, said) = said(command.arg("--json").arg(&path));
    json::read(&path).unwrap_or_else(|error| panic!("no report: {error}: {said}"))
}

#[test]
fn a_module_that_keeps_what_is_tested_ends_with_0_and_one_that_does_not_with_1() {
    let suite = Suite::new();
    let only = ["--only", "general.info.null"];
    check(suite.judge(&broken(), "").args(only), 0, &["general"]);
    let mut command = suite.judge(&broken(), "info-null-accepted");
    let texts = ["general.info.null", "C_GetInfo answers CKR_ARGUMENTS_BAD"];
    check(command.args(only), 1, &texts);
}

#[test]
fn what_cannot_be_judged_ends_with_2_and_says_what_to_do() {
    let suite = Suite::new();
    let nowhere = Path::new("/nowhere/module.so");
    check(
        &mut suite.judge(nowhere, ""),
        2,
        &["there is no file /nowhere/module.so", "--module"],
    );
    let mut typo = suite.judge(&soft_hsm(), "");
    check(
        typo.args(["--only", "sesion.open"]),
        2,
        &["--only sesion.open names no case", "session.open"],
    );
    let mut label = suite.judge(&soft_hsm(), "");
    check(
        label.args(["--token", "another"]),
        2,
        &["no token has the label \"another\"", "broken"],
    );
    let text = suite.pin();
    check(&mut suite.judge(&text, ""), 2, &["cannot load"]);
}

#[test]
fn a_module_that_confuses_the_probe_is_judged_all_the_same() {
    let suite = Suite::new();
    let rules = [
        "list-needs-initialize",
        "slot-count-understated",
        "slot-list-present-empty",
        "token-info-fails",
        "info-fails",
        "mechanism-count-understated",
        "interface-list-nowhere",
    ];
    for rule in rules {
        let mut command = suite.judge(&broken(), rule);
        let report = report(command.args(["--only", "session.open"]));
        let passed = |case: &str| {
            let results = report.results.iter();
            let mut named = results.filter(|result| result.case == case);
            named.any(|result| result.verdict == Verdict::Pass)
        };
        assert!(passed("session.open.serial-required"), "{rule}");
    }
}

#[test]
fn a_failure_names_the_function_that_failed_though_others_were_called_since() {
    let suite = Suite::new();
    let case = "session.open.serial-required";
    let report = report(
        suite
            .judge(&broken(), "session-serial-not-required")
            .args(["--only", case]),
    );
    let failure = &report.results[0];
    assert_eq!(failure.verdict, Verdict::Fail);
    let last = failure.calls.last().expect("a failure has its calls");
    assert!(!last.starts_with("C_OpenSession"), "{last}");
    assert!(failure.expected.starts_with("C_OpenSession answers"));
}

#[test]
fn what_a_module_prints_is_noted_beside_the_verdict() {
    let suite = Suite::new();
    let mut command = suite.judge(&broken(), "prints");
    let report = report(command.args(["--only", "general.info.manufacturer"]));
    let result = &report.results[0];
    assert_eq!(result.verdict, Verdict::Pass);
    assert!(
        result
            .note
            .contains("prints to standard output: broken module")
    );
}

#[test]
fn a_crash_and_a_hang_have_the_calls_that_led_there() {
    let suite = Suite::new();
    for (rule, case, call) in [
        ("crashes", "copy.size.data", "C_GetObjectSize"),
        ("aborts", "sign.no-parts.rsa-pkcs", "C_SignInit"),
    ] {
        let report = report(suite.judge(&broken(), rule).args(["--only", case]));
        let failure = &report.results[0];
        assert_eq!(failure.verdict, Verdict::Fail);
        let last = failure.calls.last().expect("a crash has its calls");
        assert!(last.starts_with(call), "{last}");
        assert!(failure.calls.len() > 1, "{:?}", failure.calls);
    }
}

#[test]
fn an_attack_that_succeeds_is_explained_in_its_result() {
    let suite = Suite::new();
    let mut command = suite.judge(&soft_hsm(), "");
    let report = report(command.args(["--only", "attack.wrap*"]));
    let results = report.results.iter();
    let mut falls = results
        .filter(|result| result.verdict == Verdict::Fail)
        .peekable();
    assert!(falls.peek().is_some(), "SoftHSM2 is known to fall");
    for fall in falls {
        for part in [
            "What the attacker does",
            "What is gained",
            "How a module prevents it",
        ] {
            assert!(fall.note.contains(part), "{}: {}", fall.case, fall.note);
        }
    }
}

#[test]
fn a_pin_may_end_with_the_line_end_of_another_system() {
    let suite = Suite::new();
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let file = folder.path().join("pin");
    let pin = fs::read_to_string(suite.pin()).expect("the file is ours");
    for end in ["\n", "\r\n", "\r"] {
        fs::write(&file, format!("{pin}{end}")).expect("the folder is ours");
        let mut command = suite.judge_without_pin(&soft_hsm(), "");
        command.args(["--only", "digest.no-parts.sha256"]);
        check(command.arg("--pin-file").arg(&file), 0, &["digest     1"]);
    }
}

#[test]
fn cases_that_need_a_pin_are_counted_where_there_is_none() {
    let suite = Suite::new();
    let mut command = suite.judge_without_pin(&soft_hsm(), "");
    let only = ["--only", "digest.no-parts.sha256"];
    check(
        command.args(only),
        // Nothing was judged.
        2,
        &["1: needs the user's PIN: --pin-file"],
    );
}

#[test]
fn a_module_beside_itself_has_no_differences() {
    let suite = Suite::new();
    let mut command = suite.judge(&soft_hsm(), "");
    command.args([
        "--only",
        "general.info.null",
        "--rounds",
        "3000",
        "--beside",
    ]);
    command
        .arg(soft_hsm())
        .arg("--beside-pin-file")
        .arg(suite.pin());
    let differential = report(&mut command).differential.expect("it was asked for");
    assert!(differential.calls > 2000, "{}", differential.calls);
    assert_eq!(differential.same, differential.calls);
    assert_eq!(differential.differences, []);
}

#[test]
fn a_reader_who_stops_early_is_no_failure() {
    let mut listing = program()
        .arg("list")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program is built with the test");
    let mut stdout = listing.stdout.take().expect("it was asked for");
    stdout.read_exact(&mut [0]).expect("there are cases");
    drop(stdout);
    let ended = listing.wait_with_output().expect("it is a child");
    assert!(ended.status.success());
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}
