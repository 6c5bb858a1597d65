//! `run`: judges a module.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use cryptoki_sys::CK_SLOT_ID;

use super::output::print;
use crate::child::Probe;
use crate::description::Description;
use crate::performance::Plan;
use crate::profiles;
use crate::report::model::{Level, Report, Verdict};
use crate::report::{file, html, json, junit, summary};
use crate::run::{Progress, Selection};
use crate::target::{Choice, Pin, Target};

#[derive(Args)]
pub(super) struct Options {
    /// The module: a shared library with C_GetFunctionList
    #[arg(long, value_name = "PATH")]
    module: PathBuf,
    /// Use this slot
    #[arg(long, value_name = "N", conflicts_with = "token")]
    slot: Option<CK_SLOT_ID>,
    /// Use the slot whose token has this label; without it, the first slot with an initialised token
    #[arg(long, value_name = "LABEL")]
    token: Option<String>,
    /// A file with the user's PIN
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// A file with the security officer's PIN
    #[arg(long, value_name = "FILE")]
    so_pin_file: Option<PathBuf>,
    /// Run only the cases that this pattern names, such as `session` or `*.twice`
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,
    /// Run only the cases that an OASIS profile rests on, and say whether the module meets it
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(profiles::names()))]
    profile: Option<String>,
    /// Leave out the cases that this pattern names
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<String>,
    /// Allow cases that initialise the token again, change its PINs and destroy its objects
    #[arg(long, requires = "so_pin_file")]
    destructive: bool,
    /// A description file: what to know of the module, and its known departures, which then do not fail the run; `builtin`
    /// takes the one that this program carries for it
    #[arg(long, value_name = "FILE")]
    description: Option<PathBuf>,
    /// What to call the module in the report
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write the report for people: one HTML page that needs nothing else
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the report for machines
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report for a CI system: JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// The seed of everything random
    #[arg(long, value_name = "N", default_value_t = 11)]
    seed: u64,
    /// The folder of the NIST vectors
    #[arg(long, value_name = "DIR")]
    vectors: Option<PathBuf>,
    /// Try every Nth known answer only
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    stride: u16,
    /// How many random calls the robustness cases make
    #[arg(long, value_name = "N", default_value_t = 2000)]
    rounds: u64,
    /// Make the same random calls on this module as well, and report the differences
    #[arg(long, value_name = "PATH")]
    beside: Option<PathBuf>,
    /// The label of the token to use of that module
    #[arg(long, value_name = "LABEL", requires = "beside")]
    beside_token: Option<String>,
    /// A file with the user's PIN of that token
    #[arg(long, value_name = "FILE", requires = "beside")]
    beside_pin_file: Option<PathBuf>,
    /// Measure speed as well, this many seconds for each figure
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "0.5", value_parser = seconds)]
    performance: Option<f64>,
    /// With how many threads to measure
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1, 4], requires = "performance", value_parser = threads)]
    threads: Vec<usize>,
    /// Say nothing while it runs
    #[arg(long, short)]
    quiet: bool,
}

impl Options {
    /// Runs the suite.
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut target = self.target()?;
        let selection = self.selection()?;
        let mut probe = crate::run::probe(&target)?;
        let description = self.description(&probe)?;
        if self.follow(description.as_ref(), &mut target) {
            probe = crate::run::probe(&target)?;
        }
        let command = std::env::args().collect::<Vec<_>>().join(" ");
        let plan = self.performance.map(|seconds| Plan {
            seconds,
            threads: self.threads.clone(),
        });
        let mut report = crate::run::run(
            &target,
            probe,
            &selection,
            plan.as_ref(),
            &mut Progress::new(self.quiet),
            &command,
        )?;
        describe(description.as_ref(), &mut report)?;
        if let Some(name) = &self.name {
            report.module.name.clone_from(name);
        }
        profiles::judge_again(&mut report);
        self.write(&report)?;
        Ok(code(&report))
    }

    /// Returns which cases to run.
    fn selection(&self) -> Result<Selection> {
        let profile = self.profile.as_deref().and_then(profiles::patterns);
        let selection = Selection {
            only: self.only.clone(),
            profile: profile.unwrap_or_default(),
            skip: self.skip.clone(),
        };
        selection.check()?;
        Ok(selection)
    }

    /// Returns the description that was asked for.
    fn description(&self, probe: &Probe) -> Result<Option<Description>> {
        let Some(path) = &self.description else {
            return Ok(None);
        };
        if path.as_os_str() != "builtin" {
            return Ok(Some(Description::read(path)?));
        }
        let builtin = Description::find_for(&probe.module);
        let name = &probe.module.description;
        let found =
            builtin.with_context(|| format!("this program carries no description of {name}"))?;
        Ok(Some(found))
    }

    /// Does what the description says of slot and time where the command line does not; tells whether the slot may be another now.
    fn follow(&self, description: Option<&Description>, target: &mut Target) -> bool {
        let Some(description) = description else {
            return false;
        };
        target.deadline = description.deadline().unwrap_or_default();
        if self.slot.is_some() || self.token.is_some() || description.choice() == target.choice {
            return false;
        }
        target.choice = description.choice();
        true
    }

    /// Writes the report in every form that was asked for, and its summary.
    fn write(&self, report: &Report) -> Result<()> {
        if let Some(path) = &self.json {
            json::write(report, path)?;
        }
        if let Some(path) = &self.report {
            write(path, &html::render(std::slice::from_ref(report)))?;
        }
        if let Some(path) = &self.junit {
            write(path, &junit::render(report))?;
        }
        print(&summary::text(report))
    }

    fn target(&self) -> Result<Target> {
        there(&self.module)?;
        let choice = match (self.slot, &self.token) {
            (Some(slot), _) => Choice::Slot(slot),
            (None, Some(label)) => Choice::Label(label.clone()),
            (None, None) => Choice::First,
        };
        Ok(Target {
            module: self.module.clone(),
            choice,
            user_pin: self.pin_file.as_deref().map(pin).transpose()?,
            so_pin: self.so_pin_file.as_deref().map(pin).transpose()?,
            destructive: self.destructive,
            deadline: Duration::ZERO,
            seed: self.seed,
            vectors: self.vectors.clone(),
            stride: usize::from(self.stride),
            rounds: self.rounds,
            other: self
                .beside
                .as_deref()
                .map(|module| self.beside(module))
                .transpose()?
                .map(Box::new),
        })
    }

    /// The second module of a differential run.
    fn beside(&self, module: &Path) -> Result<Target> {
        there(module)?;
        Ok(Target {
            module: module.to_owned(),
            choice: self
                .beside_token
                .clone()
                .map_or(Choice::First, Choice::Label),
            user_pin: self.beside_pin_file.as_deref().map(pin).transpose()?,
            so_pin: None,
            destructive: false,
            deadline: Duration::ZERO,
            seed: self.seed,
            vectors: None,
            stride: 1,
            rounds: self.rounds,
            other: None,
        })
    }
}

/// Marks what the description knows; says which of its entries have become stale. Without one the module only gets its name.
fn describe(description: Option<&Description>, report: &mut Report) -> Result<()> {
    let Some(description) = description else {
        if let Some(builtin) = Description::find_for(&report.module) {
            report.module.name = builtin.name;
        }
        return Ok(());
    };
    for stale in description.apply(report) {
        writeln!(io::stderr(), "stale: {stale}").context("cannot write to standard error")?;
    }
    Ok(())
}

/// Requires that a module's file is there. A bare name is looked for by the dynamic linker.
fn there(module: &Path) -> Result<()> {
    let bare = module.components().count() == 1;
    if !bare && !module.exists() {
        bail!(
            "there is no file {}: --module takes the path of the shared library that applications load",
            module.display()
        );
    }
    Ok(())
}

/// Writes a file that appears complete or not at all.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    file::write(path, text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads a PIN: the file's first line.
fn pin(path: &Path) -> Result<Pin> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the PIN in {}", path.display()))?;
    let pin = text.lines().next().unwrap_or_default();
    let pin = pin.trim_end_matches('\r');
    if pin.is_empty() {
        bail!(
            "the first line of {} is empty: it has to be the PIN",
            path.display()
        );
    }
    Ok(Pin::new(pin.to_owned()))
}

/// Reads for how long to measure.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "a number of seconds, such as 0.5".to_owned())?;
    if (0.01..=60.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("between 0.01 and 60".to_owned())
    }
}

/// Reads how many threads measure.
fn threads(text: &str) -> Result<usize, String> {
    let threads: usize = text.parse().map_err(|_| "a number of threads".to_owned())?;
    if (1..=256).contains(&threads) {
        Ok(threads)
    } else {
        Err("between 1 and 256".to_owned())
    }
}

/// Failing what a module must do fails the run; a run that judged nothing says nothing of the module.
fn code(report: &Report) -> ExitCode {
    let failed = |result: &crate::report::model::CaseResult| {
        result.verdict == Verdict::Fail && result.level == Level::Must
    };
    let judged = |result: &crate::report::model::CaseResult| {
        matches!(
            result.verdict,
            Verdict::Pass | Verdict::Fail | Verdict::Known
        )
    };
    match report.results.iter().any(judged) {
        true => ExitCode::from(u8::from(report.results.iter().any(failed))),
        false => ExitCode::from(2),
    }
}
