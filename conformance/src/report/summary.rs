//! What a run says at its end, in a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Table, presets};

use super::model::{CaseResult, Report, Verdict};
use super::tally::{self, Counts, Outcome};
use super::visible;
use super::words::{self, ATTACK, Standing, VERDICTS};

/// Writes the summary of a run.
#[must_use]
pub fn text(report: &Report) -> String {
    let report = &visible::report(report);
    let outcome = Outcome::of(report);
    let parts = [
        failures(report),
        table(report).to_string(),
        lines(report, &outcome),
        verdict(report, &outcome),
    ];
    let parts: Vec<&str> = parts.iter().map(|part| part.trim_end()).collect();
    let mut text = parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    text.push('\n');
    text
}

/// Lays out how many cases of each area came out how.
fn table(report: &Report) -> Table {
    let mut table = plain_table();
    let heads = VERDICTS.map(words::column);
    table.set_header(std::iter::once("area").chain(heads));
    for area in tally::areas([report]) {
        table.add_row(row(area, Counts::of(tally::of_area(report, area))));
    }
    table.add_row(row("all", Counts::of(&report.results)));
    right_aligned(&mut table);
    table
}

/// Makes a table without lines.
pub(super) fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

/// Sets every column but the first to the right, as numbers are.
fn right_aligned(table: &mut Table) {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// Writes a number of cases; none is a dot, so that the eye finds the others.
fn number(count: usize) -> String {
    match count {
        0 => "·".to_owned(),
        count => count.to_string(),
    }
}

fn row(area: &str, counts: Counts) -> Vec<Cell> {
    let numbers = VERDICTS.map(|verdict| Cell::new(number(counts.get(verdict))));
    std::iter::once(Cell::new(area)).chain(numbers).collect()
}

/// Writes a line for each failure, and for each attack that succeeds.
fn failures(report: &Report) -> String {
    let results = report.results.iter();
    let failed: Vec<&CaseResult> = results
        .filter(|result| result.verdict == Verdict::Fail)
        .collect();
    let mut text = String::new();
    for failure in &failed {
        let what = words::verdict(failure.area(), failure.verdict);
        let line = format!(
            "{what:<5} {} [{}, {}] {}",
            failure.case,
            words::level(failure.level),
            failure.section,
            difference(failure)
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if let Some(first) = failed.first() {
        write!(
            text,
            "\nWhat a case asks for and why: dew-conformance explain {}",
            first.case
        )
        .expect("a string takes all text");
    }
    text
}

/// Says what was expected and what came, or else what is asked for.
fn difference(failure: &CaseResult) -> String {
    match (failure.expected.as_str(), failure.got.as_str()) {
        ("", "") if failure.note.is_empty() => failure.requirement.clone(),
        ("", "") => failure.note.clone(),
        (expected, "") => format!("expected {expected}"),
        ("", got) => format!("got {got}"),
        (expected, got) => format!("expected {expected}, got {got}"),
    }
}

/// Writes a line each about profiles, attacks and vectors, where there are any.
fn lines(report: &Report, outcome: &Outcome) -> String {
    let mut text = profiles(report);
    let attacks = outcome.attacks;
    if attacks.total() > 0 {
        let parts = VERDICTS
            .map(|verdict| (words::verdict(ATTACK, verdict), attacks.get(verdict)))
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(word, count)| format!("{word} {count}"));
        line(&mut text, "Attacks", parts.collect());
    }
    let vectors = outcome.vectors;
    let vectors = [
        ("passed", vectors.passed),
        ("failed", vectors.failed),
        ("not applicable", vectors.not_applicable),
    ];
    let parts = vectors.into_iter().filter(|(_, count)| *count > 0);
    let parts = parts.map(|(word, count)| format!("{word} {count}"));
    line(&mut text, "Vectors", parts.collect());
    line(&mut text, "Skipped", skipped(report));
    text
}

/// Says how many cases were skipped for which reason, the most frequent first.
fn skipped(report: &Report) -> Vec<String> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let results = report.results.iter();
    for result in results.filter(|result| result.verdict == Verdict::Skipped) {
        *reasons.entry(result.note.as_str()).or_default() += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let parts = reasons.into_iter().take(REASONS);
    parts
        .map(|(reason, count)| format!("{count}: {reason}"))
        .collect()
}

/// How many reasons for skipped cases are named.
const REASONS: usize = 4;

/// Writes where the module stands with each profile.
fn profiles(report: &Report) -> String {
    let standings = [
        Standing::Met,
        Standing::Broken,
        Standing::Unclaimed,
        Standing::Unmet,
    ];
    let parts = standings.into_iter().filter_map(|standing| {
        let profiles = report.profiles.iter();
        let names: Vec<&str> = profiles
            .filter(|profile| Standing::of(profile) == standing)
            .map(|profile| profile.name.as_str())
            .collect();
        (!names.is_empty()).then(|| format!("{}: {}", standing.words(), names.join(", ")))
    });
    let mut text = String::new();
    line(&mut text, "Profiles", parts.collect());
    text
}

fn line(text: &mut String, head: &str, parts: Vec<String>) {
    if !parts.is_empty() {
        writeln!(text, "{head:<9} {}", parts.join("; ")).expect("a string takes all text");
    }
}

fn verdict(report: &Report, outcome: &Outcome) -> String {
    format!(
        "{}: {} in {}. {}",
        report.module.name,
        words::count(outcome.all.total(), "case"),
        words::duration(report.seconds),
        outcome.sentence()
    )
}
