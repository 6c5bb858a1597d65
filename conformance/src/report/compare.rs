//! Several modules beside each other.

use comfy_table::ContentArrangement;
use serde::Serialize;

use super::model::{CaseResult, Level, Report, Verdict};
use super::summary::plain_table;
use super::tally::{self, Counts};
use super::visible;
use super::words::{self, VERDICTS};

/// What stands where a report does not have the case.
pub const ABSENT: &str = "—";

/// Runs of the suite beside each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// What each module is called, no two alike; every list below follows this order.
    pub modules: Vec<String>,
    /// How many cases of each area came out how.
    pub areas: Vec<Area>,
    /// Every case of any of them.
    pub cases: Vec<Case>,
}

/// An area.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Area {
    /// Its name.
    pub area: String,
    /// The counts of each module.
    pub counts: Vec<Counts>,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Case {
    /// Its name.
    pub case: String,
    /// What it asks for.
    pub requirement: String,
    /// Where that is written.
    pub section: String,
    /// How strongly.
    pub level: Level,
    /// The verdict on each module; none where its report does not have the case.
    pub verdicts: Vec<Option<Verdict>>,
    /// Whether two of them differ.
    pub differs: bool,
}

/// Which cases a text shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All of them.
    All,
    /// Those that came out differently.
    Differences,
}

/// Tells whether two modules came out differently; a module that was not asked is like every other.
fn differ(verdicts: &[Option<Verdict>]) -> bool {
    let mut asked = verdicts.iter().flatten();
    asked
        .next()
        .is_some_and(|first| asked.any(|other| other != first))
}

/// Puts reports beside each other.
#[must_use]
pub fn matrix(reports: &[Report]) -> Comparison {
    let reports: Vec<Report> = reports.iter().map(visible::report).collect();
    let areas = tally::areas(&reports);
    Comparison {
        modules: words::titles(&reports),
        areas: areas.iter().map(|area| area_row(area, &reports)).collect(),
        cases: areas
            .iter()
            .flat_map(|area| cases(area, &reports))
            .map(|case| case_row(&case))
            .collect(),
    }
}

/// Returns the cases of an area in the order in which they first come up, each with its result in every report.
pub(super) fn cases<'a>(area: &str, reports: &'a [Report]) -> Vec<Vec<Option<&'a CaseResult>>> {
    let mut cases: Vec<Vec<Option<&CaseResult>>> = Vec::new();
    let mut rows = std::collections::HashMap::new();
    for (column, report) in reports.iter().enumerate() {
        let results = report.results.iter();
        for result in results.filter(|result| result.area() == area) {
            let row = *rows.entry(result.case.as_str()).or_insert_with(|| {
                cases.push(vec![None; reports.len()]);
                cases.len() - 1
            });
            cases[row][column] = Some(result);
        }
    }
    cases
}

fn area_row(area: &str, reports: &[Report]) -> Area {
    let counts = reports.iter();
    Area {
        area: area.to_owned(),
        counts: counts
            .map(|report| Counts::of(tally::of_area(report, area)))
            .collect(),
    }
}

fn case_row(results: &[Option<&CaseResult>]) -> Case {
    let first = results.iter().flatten().next();
    let first = first.expect("a case is there because a report has it");
    let verdicts: Vec<Option<Verdict>> = results
        .iter()
        .map(|result| result.map(|result| result.verdict))
        .collect();
    Case {
        case: first.case.clone(),
        requirement: first.requirement.clone(),
        section: first.section.clone(),
        level: first.level,
        differs: differ(&verdicts),
        verdicts,
    }
}

impl Case {
    /// Tells whether more than one report has it.
    fn is_shared(&self) -> bool {
        self.verdicts.iter().flatten().nth(1).is_some()
    }
}

impl Comparison {
    /// Writes the comparison for a terminal.
    #[must_use]
    pub fn text(&self, show: Show) -> String {
        let cases: Vec<&Case> = self
            .cases
            .iter()
            .filter(|case| show == Show::All || case.differs)
            .collect();
        let mut text = format!("{}\n\n{head}\n", self.area_table(), head = self.head());
        if !cases.is_empty() {
            text.push_str(&format!("\n{}\n", self.case_table(&cases)));
        }
        text
    }

    /// Tells in a line how much the modules differ, and how much of that can be told: a case of one report cannot.
    fn head(&self) -> String {
        let shared = self.cases.iter().filter(|case| case.is_shared()).count();
        let differing = self.cases.iter().filter(|case| case.differs).count();
        let cases = words::count(self.cases.len(), "case");
        let of_them = match shared {
            0 => {
                return format!(
                    "{cases}, none of them in more than one report: there is nothing to compare."
                );
            }
            _ if shared == self.cases.len() => cases,
            _ => format!(
                "{cases}, {} of them in more than one report",
                words::grouped(shared)
            ),
        };
        match differing {
            0 => format!("{of_them}, and no difference between the modules."),
            _ => format!(
                "{of_them}, {} not the same for all modules.",
                words::grouped(differing)
            ),
        }
    }

    /// Writes the comparison for programs.
    ///
    /// # Errors
    /// None that is known: a comparison holds nothing that JSON cannot.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    fn area_table(&self) -> comfy_table::Table {
        let mut table = plain_table();
        table.set_content_arrangement(ContentArrangement::Dynamic);
        let heads = self.modules.iter().map(String::as_str);
        table.set_header(std::iter::once("area").chain(heads));
        for area in &self.areas {
            let counts = area.counts.iter().copied().map(counted);
            table.add_row(std::iter::once(area.area.clone()).chain(counts));
        }
        table
    }

    fn case_table(&self, cases: &[&Case]) -> comfy_table::Table {
        let mut table = plain_table();
        table.set_content_arrangement(ContentArrangement::Dynamic);
        let heads = self.modules.iter().map(String::as_str);
        table.set_header(std::iter::once("case").chain(heads));
        for case in cases {
            let area = case.case.split('.').next().unwrap_or_default();
            let verdicts = case.verdicts.iter().map(|verdict| match verdict {
                Some(verdict) => words::verdict(area, *verdict),
                None => ABSENT,
            });
            table.add_row(std::iter::once(case.case.as_str()).chain(verdicts));
        }
        table
    }
}

/// Writes how many cases came out how, without those that none did.
fn counted(counts: Counts) -> String {
    let parts: Vec<String> = VERDICTS
        .into_iter()
        .filter(|verdict| counts.get(*verdict) > 0)
        .map(|verdict| format!("{} {}", counts.get(verdict), words::column(verdict)))
        .collect();
    match parts.is_empty() {
        true => ABSENT.to_owned(),
        false => parts.join(", "),
    }
}
