//! `run`: judges a module.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use cryptoki_sys::CK_SLOT_ID;

use crate::report::model::{Level, Report, Verdict};
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
    /// Leave out the cases that this pattern names
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<String>,
    /// Allow cases that initialise the token again, change its PINs and destroy its objects
    #[arg(long, requires = "so_pin_file")]
    destructive: bool,
    /// Write the report for machines
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
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
    /// Say nothing while it runs
    #[arg(long, short)]
    quiet: bool,
}

impl Options {
    /// Runs the suite.
    pub(super) fn run(self) -> Result<ExitCode> {
        let target = self.target()?;
        let selection = Selection {
            only: self.only.clone(),
            skip: self.skip.clone(),
        };
        let command = std::env::args().collect::<Vec<_>>().join(" ");
        let report = crate::run::run(
            &target,
            &selection,
            &mut Progress::new(self.quiet),
            &command,
        )?;
        if let Some(path) = &self.json {
            let text = serde_json::to_vec_pretty(&report)?;
            fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(code(&report))
    }

    fn target(&self) -> Result<Target> {
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
            seed: self.seed,
            vectors: self.vectors.clone(),
            stride: usize::from(self.stride),
            rounds: self.rounds,
            other: None,
        })
    }
}

/// Reads a PIN: the file's first line.
fn pin(path: &Path) -> Result<Pin> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the PIN in {}", path.display()))?;
    Ok(Pin::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Failing what a module must do fails the run.
fn code(report: &Report) -> ExitCode {
    let failed = |result: &crate::report::model::CaseResult| {
        result.verdict == Verdict::Fail && result.level == Level::Must
    };
    ExitCode::from(u8::from(report.results.iter().any(failed)))
}
