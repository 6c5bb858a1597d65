//! The report as JUnit XML, which the pages of CI systems read.
//!
//! A known failure and a case that does not apply are skipped tests with their reason: a CI job is red for what is new.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::model::{CaseResult, Report, Verdict};
use super::tally::{self, Counts};
use super::visible;
use super::words;

/// Writes a report as JUnit XML: a suite for each area, a test for each case.
#[must_use]
pub fn render(report: &Report) -> String {
    let report = visible::report(report);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    document(&mut writer, &report).expect("memory takes all that is written");
    let mut text = writer.into_inner();
    text.push(b'\n');
    String::from_utf8(text).expect("what is written from strings is text")
}

type Xml = Writer<Vec<u8>>;

fn document(writer: &mut Xml, report: &Report) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = Counts::of(&report.results);
    let mut element = writer
        .create_element("testsuites")
        .with_attribute(("name", "dew-conformance"));
    for (name, value) in numbers(counts, report.seconds) {
        element = element.with_attribute((name, value.as_str()));
    }
    element.write_inner_content(|writer| {
        let areas = tally::areas([report]);
        areas
            .into_iter()
            .try_for_each(|area| suite(writer, report, area))
    })?;
    Ok(())
}

/// Returns the attributes that count tests.
fn numbers(counts: Counts, seconds: f64) -> [(&'static str, String); 5] {
    [
        ("tests", counts.total().to_string()),
        ("failures", counts.fail.to_string()),
        ("errors", "0".to_owned()),
        (
            "skipped",
            (counts.total() - counts.pass - counts.fail).to_string(),
        ),
        ("time", time(seconds)),
    ]
}

/// Writes seconds as every reader of the format takes them.
fn time(seconds: f64) -> String {
    match seconds.is_finite() {
        true => format!("{:.3}", seconds.max(0.0)),
        false => "0.000".to_owned(),
    }
}

fn suite(writer: &mut Xml, report: &Report, area: &str) -> io::Result<()> {
    let results = || tally::of_area(report, area);
    let milliseconds: f64 = results().map(|result| result.milliseconds).sum();
    let mut element = writer
        .create_element("testsuite")
        .with_attribute(("name", area))
        .with_attribute(("timestamp", report.started.as_str()));
    for (name, value) in numbers(Counts::of(results()), milliseconds / 1000.0) {
        element = element.with_attribute((name, value.as_str()));
    }
    element.write_inner_content(|writer| {
        properties(writer, report)?;
        results().try_for_each(|result| case(writer, result))
    })?;
    Ok(())
}

fn properties(writer: &mut Xml, report: &Report) -> io::Result<()> {
    let module = &report.module;
    let properties = [
        ("module", &module.name),
        ("library", &module.path),
        ("library version", &module.library_version),
        ("cryptoki version", &module.cryptoki_version),
        ("token", &module.token.label),
        ("command", &report.command),
    ];
    let element = writer.create_element("properties");
    element.write_inner_content(|writer| {
        properties.into_iter().try_for_each(|(name, value)| {
            let property = writer.create_element("property");
            let property = property.with_attribute(("name", name));
            property
                .with_attribute(("value", value.as_str()))
                .write_empty()?;
            Ok(())
        })
    })?;
    Ok(())
}

fn case(writer: &mut Xml, result: &CaseResult) -> io::Result<()> {
    let class = format!("pkcs11.{}", result.area());
    let element = writer
        .create_element("testcase")
        .with_attribute(("name", result.case.as_str()))
        .with_attribute(("classname", class.as_str()))
        .with_attribute(("time", time(result.milliseconds / 1000.0).as_str()));
    match result.verdict {
        Verdict::Pass => element.write_empty()?,
        Verdict::Fail => element.write_inner_content(|writer| failure(writer, result))?,
        Verdict::Known | Verdict::NotApplicable | Verdict::Skipped => {
            element.write_inner_content(|writer| skipped(writer, result))?
        }
    };
    Ok(())
}

fn failure(writer: &mut Xml, result: &CaseResult) -> io::Result<()> {
    writer
        .create_element("failure")
        .with_attribute(("message", message(result).as_str()))
        .with_attribute(("type", words::level(result.level)))
        .write_text_content(BytesText::new(&body(result)))?;
    Ok(())
}

/// Says in a line what went wrong.
fn message(result: &CaseResult) -> String {
    let parts = [
        (words::verdict(result.area(), result.verdict), ""),
        ("expected", result.expected.as_str()),
        ("got", result.got.as_str()),
    ];
    let said = parts[1..].iter().filter(|(_, what)| !what.is_empty());
    let said: Vec<String> = said.map(|(word, what)| format!("{word} {what}")).collect();
    match said.is_empty() {
        true => format!("{}: {}", parts[0].0, result.requirement),
        false => said.join(", "),
    }
}

/// Says all that is known about a failure.
fn body(result: &CaseResult) -> String {
    let lines = [
        ("requirement", &result.requirement),
        ("section", &result.section),
        ("expected", &result.expected),
        ("got", &result.got),
        ("note", &result.note),
    ];
    let lines = lines.into_iter().filter(|(_, what)| !what.is_empty());
    let mut lines: Vec<String> = lines
        .map(|(word, what)| format!("{word}: {what}"))
        .collect();
    if !result.calls.is_empty() {
        lines.push("calls:".to_owned());
        let calls = result.calls.iter().zip(1..);
        lines.extend(calls.map(|(call, number)| format!("{number:>3}. {call}")));
    }
    lines.join("\n")
}

fn skipped(writer: &mut Xml, result: &CaseResult) -> io::Result<()> {
    let word = words::verdict(result.area(), result.verdict);
    let message = match result.note.as_str() {
        "" => word.to_owned(),
        note => format!("{word}: {note}"),
    };
    writer
        .create_element("skipped")
        .with_attribute(("message", message.as_str()))
        .write_empty()?;
    Ok(())
}
